"""`python -m tests.isolation --operations 10000`: mixed traffic over two organizations, 0 wrong.

With --defects the guards are then taken out, one at a time; each time the traffic must find wrong
answers. Ends `isolation: ok (...)` with exit status 0, or `isolation: failed (why)` with 1.
"""

import argparse
import json
import os
import random
import sys
from typing import Any
from uuid import uuid4

import psycopg

import tests.servers  # noqa: F401  starts servers when none are named


def main() -> int:
    """Run the traffic and report."""
    options = _arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.isolation.settings"
    os.environ["DATABASE_POOL"] = "true"
    name = f"isolation_{uuid4().hex[:12]}"
    # the canaries are bare tables without rights of their own: one role does everything
    base = os.environ.pop("DATABASE_OWNER_URL", "") or os.environ["DATABASE_URL"]
    with psycopg.connect(base, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        os.environ["DATABASE_URL"] = f"{base.rsplit('/', 1)[0]}/{name}"
        try:
            report = _run(options)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    return _judge(report)


def _judge(report: dict[str, Any]) -> int:
    missed = [name for name, wrong in report["defects"].items() if not wrong]
    figures = f"{report['operations']} operations, {report['wrong']} wrong"
    caught = f"{len(report['defects']) - len(missed)} of {len(report['defects'])} defects caught"
    if report["wrong"] or missed:
        sys.stdout.write(f"isolation: failed ({figures}, {caught}; missed: {missed})\n")
        return 1
    sys.stdout.write(f"isolation: ok ({figures}, {caught})\n")
    return 0


def _run(options: argparse.Namespace) -> dict[str, Any]:
    import django  # noqa: PLC0415  the environment is ready only now

    django.setup()
    from tests.isolation.defects import DEFECTS  # noqa: PLC0415  same
    from tests.isolation.run import run  # noqa: PLC0415  same

    random.seed(options.seed)
    return run(operations=options.operations, defects=list(DEFECTS) if options.defects else ())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.isolation", description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--defects", action="store_true", help="take guards out as well")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
