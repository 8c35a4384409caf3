"""`python -m tests.pooling.stock`: stock django-tenants at DATABASE_URL; prints what it got wrong.

Threads read and write two schemas' canaries, which say whose they are. Prints JSON.
"""

import argparse
import json
import os
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
from django.conf import settings

from config.env import parse_database_url

CANARIES = ("stock_left", "stock_right")
THREADS = 16


def main() -> int:
    """Run the traffic and print its counts."""
    parser = argparse.ArgumentParser(prog="python -m tests.pooling.stock", description=__doc__)
    parser.add_argument("--operations", type=int, default=2_000)
    options = parser.parse_args()
    _configure()
    _prepare()
    with ThreadPoolExecutor(THREADS) as pool:
        parts = pool.map(_work, [options.operations // THREADS] * THREADS)
        counts = sum(parts, Counter[str]())
    sys.stdout.write(json.dumps({"operations": options.operations, **counts}) + "\n")
    return 0


def _configure() -> None:
    database: dict[str, Any] = {
        "ENGINE": "django_tenants.postgresql_backend",
        **parse_database_url(os.environ["DATABASE_URL"]),
    }
    settings.configure(
        DATABASES={"default": database}, INSTALLED_APPS=["django.contrib.contenttypes"], USE_TZ=True
    )
    django.setup()


def _prepare() -> None:
    from django.db import connection  # noqa: PLC0415  after the settings

    with connection.cursor() as cursor:
        for name in CANARIES:
            cursor.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")
            cursor.execute(f"CREATE TABLE {name}.canary (owner text)")
            cursor.execute(f"INSERT INTO {name}.canary VALUES ('{name}')")  # noqa: S608  our own name


def _work(operations: int) -> Counter[str]:
    from django.db import DatabaseError, connection, transaction  # noqa: PLC0415  same

    counts: Counter[str] = Counter()
    for number in range(operations):
        mine = random.choice(CANARIES)
        connection.set_schema(mine)  # type: ignore[attr-defined]  # django-tenants'
        try:
            if number % 2:
                with transaction.atomic():
                    owner = _read(connection)
            else:
                owner = _read(connection)
            counts["wrong"] += owner != mine
        except DatabaseError:
            counts["failed"] += 1
    connection.close()
    return counts


def _read(connection: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT owner FROM canary")
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())
