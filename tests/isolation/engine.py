"""`python -m tests.isolation.engine`: one process of an isolation run, with its own database.

Says on stderr what it does and writes its report, as JSON, to stdout.
"""

import argparse
import json
import os
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg

import tests.servers  # noqa: F401  starts servers when none are named
from tests.addresses import owner_url, urls_of


def main() -> int:
    """Run the traffic and report."""
    options = _arguments()
    with _database(f"isolation_{uuid4().hex[:12]}"):
        report = _run(options)
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


@contextmanager
def _database(name: str) -> Iterator[None]:
    """Make an empty database and name it, and the run, in the environment; drop it at the end."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.isolation.settings",
        "DATABASE_POOL": "true",
        "ISOLATION_RUN": name,
    }
    if os.environ.get("TENANCY_POOLING") != "transaction":
        # the canaries are bare tables without rights of their own: one role does everything
        os.environ["DATABASE_URL"] = owner_url()
        os.environ.pop("DATABASE_OWNER_URL", None)
    urls = urls_of(name)
    with psycopg.connect(owner_url(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        os.environ.update(urls)
        try:
            yield
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _run(options: argparse.Namespace) -> dict[str, Any]:
    import django  # noqa: PLC0415  the environment is ready only now

    django.setup()
    from django.conf import settings  # noqa: PLC0415  same

    from tests.isolation.defects import DEFECTS  # noqa: PLC0415  same
    from tests.isolation.run import run  # noqa: PLC0415  same

    number, of = (int(part) for part in options.defects.split("/"))
    names = list(DEFECTS)[number::of] if of else []
    random.seed(options.seed)
    try:
        return run(operations=options.operations, defects=names, say=_say)
    finally:
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def _say(line: str) -> None:
    sys.stderr.write(f"  {line}\n")
    sys.stderr.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.isolation.engine", description=__doc__)
    parser.add_argument("--operations", type=int, required=True)
    parser.add_argument(
        "--defects", default="0/0", metavar="I/N", help="take out every Nth guard, from the Ith"
    )
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
