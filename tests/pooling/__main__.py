"""`python -m tests.pooling`: mixed traffic through a real PgBouncer, and stock settings beside it.

Installs pgbouncer from Debian's packages where it is missing and one is root. Ends
`pgbouncer: ok (10000 operations, 0 wrong; stock settings: N of M wrong)` with exit status 0, or
`pgbouncer: failed (why)` with 1; 2 where there is no PgBouncer.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from config.embedded import throwaway
from config.env import ConfigurationError
from config.stack.procfile import CHECKOUT
from tests.pooling.pgbouncer import install_pgbouncer, pooler

STOCK_OPERATIONS = 2_000


def main() -> int:
    """Run both and judge them."""
    parser = argparse.ArgumentParser(prog="python -m tests.pooling", description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000)
    options = parser.parse_args()
    try:
        program = install_pgbouncer()
        ours, stock = run(program, operations=options.operations)
    except ConfigurationError as error:
        print(f"pgbouncer: failed ({error})")
        return 2
    return judge(ours, stock)


def run(program: str, *, operations: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the report of our traffic and that of stock django-tenants, through one pooler.

    Raises: ConfigurationError.
    """
    with throwaway() as running:
        services = running.services
        with pooler(program, services.database_owner_url) as (through,):
            urls = {
                "DATABASE_URL": through,
                "DATABASE_OWNER_URL": services.database_owner_url,
                "REDIS_URL": services.redis_url,
                "TENANCY_POOLING": "transaction",
            }
            traffic = ("--operations", str(operations), "--defects", "0/0")
            ours = _child("tests.isolation.engine", *traffic, env=urls)
            stock = _child("tests.pooling.stock", "--operations", str(STOCK_OPERATIONS), env=urls)
    return ours, stock


def judge(ours: Mapping[str, Any], stock: Mapping[str, Any]) -> int:
    """Print one line and return the exit status that matches it."""
    figures = (
        f"{ours['operations']} operations, {ours['wrong']} wrong; "
        f"stock settings: {stock['wrong']} of {stock['operations']} wrong"
    )
    if ours["wrong"] or not stock["wrong"]:
        print(f"pgbouncer: failed ({figures}; {ours['wrong_by_edge']})")
        return 1
    print(f"pgbouncer: ok ({figures})")
    return 0


def _child(module: str, *arguments: str, env: Mapping[str, str]) -> dict[str, Any]:
    result = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "SECRET_KEY": "for-the-pooler-alone-and-long-enough-to-be-taken", **env},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise ConfigurationError(f"{module} ended with status {result.returncode}")
    report: dict[str, Any] = json.loads(result.stdout.strip().rpartition("\n")[2])
    return report


if __name__ == "__main__":
    sys.exit(main())
