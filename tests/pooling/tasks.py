"""`python -m tests.pooling.tasks TASK`: does one thing to the database, prints JSON."""

import json
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

django.setup()

from django.conf import settings  # noqa: E402  after django.setup()
from django.db import DatabaseError, connection, connections, transaction  # noqa: E402  same
from django.test.utils import CaptureQueriesContext  # noqa: E402  same

from shared_apps.tenancy.backend.pooling import (  # noqa: E402  same
    SessionStateRefused,
    look_for_pooler,
)
from shared_apps.tenancy.context import use_platform, use_schema  # noqa: E402  same
from shared_apps.tenancy.rights.roles import OwnerOutOfReach, as_owner  # noqa: E402  same

LEFT, RIGHT = "t_aaaaaaaaaaaa", "t_bbbbbbbbbbbb"
THREADS, TURNS = 16, 50


def ask(statement: str, *values: int | str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def whose() -> str:
    return str(ask("SELECT owner FROM canary"))


def in_threads(work: Callable[[int], Any], count: int) -> list[Any]:
    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def read_and_write() -> dict[str, int]:
    """Read in and out of transactions, by many threads over few server sessions."""

    def work(number: int) -> int:
        wrong = 0
        for turn in range(TURNS):
            mine = (LEFT, RIGHT)[(number + turn) % 2]
            with use_schema(mine):
                wrong += whose() != mine
                with transaction.atomic():
                    ask("UPDATE canary SET owner = owner RETURNING owner")
                    wrong += whose() != mine
        return wrong

    return {"wrong": sum(in_threads(work, THREADS)), "reads": THREADS * TURNS * 2}


def watch_paths() -> dict[str, Any]:
    return {**_within(), **_around()}


def _within() -> dict[str, Any]:
    found: dict[str, Any] = {}
    with use_schema(LEFT), transaction.atomic():
        seen = [whose()]
        with use_schema(RIGHT):
            seen.append(whose())
        found["nested in one transaction"] = [*seen, whose()]
    with use_schema(LEFT), transaction.atomic():
        point = transaction.savepoint()
        with use_schema(RIGHT):
            seen = [whose()]
        transaction.savepoint_rollback(point)
        found["after a savepoint was rolled back"] = [*seen, whose()]
    with use_schema(LEFT), transaction.atomic():
        seen = [whose()]
        ask("SAVEPOINT by_hand")
        with use_schema(RIGHT):
            seen.append(whose())
            ask("ROLLBACK TO SAVEPOINT by_hand")
            found["after a rollback by hand"] = [*seen, whose()]
    return found


def _around() -> dict[str, Any]:
    found: dict[str, Any] = {}
    with use_schema(LEFT):
        try:
            with transaction.atomic():
                ask("SELECT no_such_column FROM canary")
        except DatabaseError:
            found["after an error"] = whose()
        with transaction.atomic():
            found["limits"] = [ask("SHOW statement_timeout"), ask("SHOW lock_timeout")]
        with CaptureQueriesContext(connection) as sent:
            for _ in range(3):
                whose()
        found["counted"] = len(sent)
    with psycopg.connect(**_params(), autocommit=True) as stranger:
        row = stranger.execute("SHOW search_path").fetchone()
    found["left on the server"] = row[0] if row else ""
    return found


def _params() -> dict[str, Any]:
    wanted = ("host", "port", "user", "password", "dbname")
    return {name: connection.get_connection_params()[name] for name in wanted}


def lock_session() -> str:
    return refused(lambda: ask("SELECT pg_advisory_lock(1)"))


def listen() -> str:
    return refused(lambda: ask("LISTEN channel"))


def set_session() -> str:
    return refused(lambda: ask("SET statement_timeout = 0"))


def listen_composed() -> str:
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("LISTEN {}").format(sql.Identifier("channel")))

    return refused(act)


def set_after_comment() -> str:
    return refused(lambda: ask("/* for a while */ -- only\n SET statement_timeout = 0"))


def set_by_function() -> str:
    return refused(lambda: ask("SELECT set_config('lock_timeout', '0', false)"))


def make_many() -> str:
    def many() -> None:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO canary VALUES (%s)", [["a"], ["b"]])

    return refused(many)


def copy_rows() -> str:
    def copy() -> None:
        with connection.cursor() as cursor:
            cursor.copy("COPY canary TO STDOUT")

    return refused(copy)


def stream_rows() -> str:
    def stream() -> None:
        with connection.cursor() as cursor:
            cursor.stream("SELECT owner FROM canary")

    return refused(stream)


def refused(act: Callable[[], Any]) -> str:
    with use_schema(LEFT):
        try:
            act()
        except SessionStateRefused as refusal:
            return str(refusal)
    return ""


def iterate() -> list[str]:
    """Read as QuerySet.iterator() does."""
    with use_schema(LEFT), transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT owner FROM canary")
        return [owner for (owner,) in cursor.fetchall()]


def owner_session() -> dict[str, bool]:
    with as_owner(), use_platform():
        process = ask("SELECT pg_backend_pid()")
        ask("SELECT pg_advisory_lock(1)")
        pgconn = connections["default"].connection.pgconn
        return {"is_direct": process == pgconn.backend_pid, "lock": _holds_lock()}


def _holds_lock() -> bool:
    return bool(ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))


def owner_out() -> str:
    try:
        with as_owner():
            return ""
    except OwnerOutOfReach as refusal:
        return str(refusal)


def look() -> str:
    return misconfigured(look_for_pooler)


def connect() -> str:
    with use_platform():
        return misconfigured(lambda: ask("SELECT 1"))


def connect_owner() -> str:
    with as_owner(), use_platform():
        return misconfigured(lambda: ask("SELECT 1"))


def misconfigured(act: Callable[[], Any]) -> str:
    try:
        act()
    except ImproperlyConfigured as refusal:
        return str(refusal)
    return ""


def crowd() -> dict[str, int]:
    """Work in many threads as a web process does, and count its sessions meanwhile."""
    most, over = 0, threading.Event()

    def watch() -> None:
        nonlocal most
        statement = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user"
            " AND pid <> pg_backend_pid()"
        )
        with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as session:
            while not over.wait(0.01):
                row = session.execute(statement).fetchone()
                most = max(most, int(row[0]) if row else 0)

    def work(_number: int) -> int:
        with use_schema(LEFT):
            for _ in range(5):
                ask("SELECT pg_sleep(0.02)")
                connection.close()  # as at the end of a request
        return 5

    watcher = threading.Thread(target=watch)
    watcher.start()
    answers = sum(in_threads(work, 24))
    over.set()
    watcher.join()
    return {"answers": answers, "sessions": most}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(globals()[sys.argv[1]]()))
