"""The product's part of `make isolation`: its routes, and a working day's keys in Redis."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.isolation.findings import Findings
from tests.isolation.reporting import VARIABLE, reports_in

TESTS = ("tests/isolation/test_routes.py", "tests/isolation/test_redis_keys.py")
SHOWN = 4000


def ask_product(findings: Findings) -> None:
    """Ask every route of the product for objects of others; then take its guards out."""
    print("  the product: every route, every id, every role", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report"
        ended = _run("pytest", "-q", "-p", "no:randomly", *TESTS, **{VARIABLE: str(path)})
        for report in reports_in(path):
            findings.add_answers(report)
            for name, wrong in report["caught"].items():
                print(f"  {name}: {wrong[0][:160] if wrong else 'NOT NOTICED'}")
    if ended.returncode:
        findings.broken.append(f"the product's tests failed:\n{ended.stdout[-SHOWN:]}")


def play_day(findings: Findings) -> None:
    """Play the demo's working day; every key that it touches must name its organization."""
    print("  a working day: every key in Redis", flush=True)
    ended = _run("tests.isolation.day")
    if ended.returncode:
        output = ended.stdout[-SHOWN:] + ended.stderr[-SHOWN:]
        findings.broken.append(f"the working day failed:\n{output}")
        return
    found = json.loads(ended.stdout.splitlines()[-1])
    strangers = found["strangers"]
    findings.wrong += len(strangers)
    findings.broken += [f"a key without an organization: {key}" for key in strangers]
    print(
        f"  {found['commands']:,} commands touched {found['keys']:,} keys and channels: "
        f"{found['of_organizations']:,} name their organization, {len(strangers)} unknown"
    )


def _run(module: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
