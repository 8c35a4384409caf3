"""`make isolation`: mixed traffic over two organizations, 0 wrong; then guards are taken out.

The traffic runs in processes of its own, each with its own database; the guards are shared out
among them. Each missing guard must make the traffic that it guards go wrong. With --product every
route is asked for objects of others, and a working day is played with an eye on the keys in Redis.
Ends `isolation: ok (...)` with exit status 0, or `isolation: failed (why)` with 1.
"""

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import tests.servers  # noqa: F401  starts servers when none are named
from tests.isolation.findings import Findings
from tests.isolation.product import ask_product, play_day


def main() -> int:
    """Run all parts and judge what they found."""
    options = _arguments()
    findings = Findings()
    with ThreadPoolExecutor(options.processes) as pool:
        for report in pool.map(lambda n: _engine(n, options), range(options.processes)):
            if report is None:
                findings.broken.append("a process of the traffic broke off")
            else:
                findings.add_traffic(report)
    if options.product:
        ask_product(findings)
        play_day(findings)
    return findings.judge()


def _engine(number: int, options: argparse.Namespace) -> dict[str, Any] | None:
    """Run one process of the traffic; return its report, None when it broke off."""
    of = options.processes
    command = [sys.executable, "-m", "tests.isolation.engine"]
    command += ["--operations", str(options.operations // of), "--seed", str(options.seed + number)]
    command += ["--defects", f"{number}/{of}" if options.defects else "0/0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr or ():
            print(f"  [{number + 1}]{line.rstrip()}", flush=True)
        out = process.stdout.read() if process.stdout else ""
    report: dict[str, Any] | None = json.loads(out) if process.returncode == 0 else None
    return report


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.isolation", description=__doc__)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--defects", action="store_true", help="take guards out as well")
    parser.add_argument("--product", action="store_true", help="ask routes, play a day as well")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
