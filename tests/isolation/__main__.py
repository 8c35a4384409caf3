"""`make isolation`: mixed traffic over two organizations, 0 wrong; then guards are taken out.

The traffic runs in processes of its own, each with its own database; the guards are shared out
among them. Each missing guard must make the traffic that it guards go wrong. Ends
`isolation: ok (...)` with exit status 0, or `isolation: failed (why)` with 1.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import tests.servers  # noqa: F401  starts servers when none are named


@dataclass
class Findings:
    """What all parts of a run found together; `caught` says for each defect what was wrong."""

    operations: int = 0
    wrong: int = 0
    by_edge: Counter[str] = field(default_factory=Counter)
    caught: dict[str, dict[str, int]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def add(self, report: dict[str, Any]) -> None:
        """Add the report of one process."""
        self.operations += report["operations"]
        self.wrong += report["wrong"]
        self.by_edge.update(report["by_edge"])
        self.broken += [f"{edge}: {n} wrong" for edge, n in report["wrong_by_edge"].items()]
        self.caught.update(report["defects"])


def main() -> int:
    """Run all parts and judge what they found."""
    options = _arguments()
    findings = Findings()
    with ThreadPoolExecutor(options.processes) as pool:
        for report in pool.map(lambda n: _engine(n, options), range(options.processes)):
            if report is None:
                findings.broken.append("a process of the traffic broke off")
            else:
                findings.add(report)
    return _judge(findings)


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


def _judge(findings: Findings) -> int:
    missed = [name for name, wrong in findings.caught.items() if not wrong]
    print(_listed("edges", findings.by_edge.items()))
    for reason in findings.broken:
        print(f"  {reason}")
    figures = f"{findings.operations} operations, {findings.wrong} wrong"
    caught = f"{len(findings.caught) - len(missed)} of {len(findings.caught)} defects caught"
    if findings.wrong or missed or findings.broken:
        print(f"isolation: failed ({figures}, {caught}; missed: {missed})")
        return 1
    print(f"isolation: ok ({figures}, {caught})")
    return 0


def _listed(what: str, counts: Iterable[tuple[str, int]]) -> str:
    return f"  {what}: " + ", ".join(f"{name} {count:,}" for name, count in sorted(counts))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.isolation", description=__doc__)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--defects", action="store_true", help="take guards out as well")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
