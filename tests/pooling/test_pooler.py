"""Behind a pooler that lends sessions per transaction: right where announced, else refused."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from config.embedded import throwaway
from config.stack.procfile import CHECKOUT
from tests.pooling.pgbouncer import find_pgbouncer, pooler

PROGRAM = find_pgbouncer() or ""

needs_pgbouncer = pytest.mark.skipif(
    not PROGRAM, reason="pgbouncer is not installed: apt-get install pgbouncer, or make pgbouncer"
)
pytestmark = [needs_pgbouncer, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    """A database with two schemas, and its addresses: through a pooler, and for the owner."""
    with throwaway(valkey=False) as running:
        owner = running.services.database_owner_url
        with pooler(PROGRAM, running.services.database_url) as (through,):
            with psycopg.connect(owner, autocommit=True) as session:
                session.execute("CREATE SCHEMA extensions")
                for name in ("t_aaaaaaaaaaaa", "t_bbbbbbbbbbbb"):
                    session.execute(f"CREATE SCHEMA {name}".encode())
                    session.execute(f"CREATE TABLE {name}.canary (owner text)".encode())
                    session.execute(f"INSERT INTO {name}.canary SELECT '{name}'".encode())
                    session.execute(f"GRANT ALL ON SCHEMA {name} TO prs_app".encode())
                    session.execute(f"GRANT ALL ON {name}.canary TO prs_app".encode())
            yield {
                "DATABASE_URL": through,
                "DATABASE_OWNER_URL": owner,
                "REDIS_URL": "redis://127.0.0.1:1/0",
            }


def tell(urls: dict[str, str], task: str, **environment: str) -> Any:
    """Return what a process of its own answers to a task of tests.pooling.tasks."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.pooling.tasks", task],
        cwd=CHECKOUT,
        env={
            **os.environ,
            **urls,
            "TENANCY_POOLING": "transaction",
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "SECRET_KEY": uuid4().hex * 2,
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return json.loads(result.stdout)


def test_each_statement_finds_its_schema(urls: dict[str, str]) -> None:
    found = tell(urls, "read_and_write")
    assert found == {"wrong": 0, "reads": 1_600}


def test_a_path_holds_for_its_transaction_and_no_longer(urls: dict[str, str]) -> None:
    found = tell(urls, "watch_paths")
    assert found == {
        "nested in one transaction": ["t_aaaaaaaaaaaa", "t_bbbbbbbbbbbb", "t_aaaaaaaaaaaa"],
        "after a savepoint was rolled back": ["t_bbbbbbbbbbbb", "t_aaaaaaaaaaaa"],
        "after a rollback by hand": ["t_aaaaaaaaaaaa", "t_bbbbbbbbbbbb", "t_bbbbbbbbbbbb"],
        "after an error": "t_aaaaaaaaaaaa",
        "limits": ["30s", "10s"],
        "left on the server": '"$user", public',
        "counted": 3,
    }


@pytest.mark.parametrize(
    "task",
    [
        *("lock_session", "listen", "listen_composed", "make_many", "copy_rows", "stream_rows"),
        *("set_session", "set_after_comment", "set_by_function"),
    ],
)
def test_what_needs_a_session_is_refused(urls: dict[str, str], task: str) -> None:
    assert "TENANCY_POOLING=transaction" in tell(urls, task)


def test_large_results_need_no_cursor_on_the_server(urls: dict[str, str]) -> None:
    assert tell(urls, "iterate") == ["t_aaaaaaaaaaaa"]


def test_the_owner_goes_past_the_pooler(urls: dict[str, str]) -> None:
    assert tell(urls, "owner_session") == {"is_direct": True, "lock": True}


def test_the_owner_is_out_of_reach_without_an_address(urls: dict[str, str]) -> None:
    assert "DATABASE_OWNER_URL must be set" in tell(urls, "owner_out", DATABASE_OWNER_URL="")


class TestAPoolerThatIsNotAnnounced:
    def test_is_refused_at_the_start(self, urls: dict[str, str]) -> None:
        said = tell(urls, "look", TENANCY_POOLING="session")
        assert "is a pooler that lends sessions per transaction" in said
        assert "TENANCY_POOLING=transaction" in said

    def test_is_refused_by_the_first_connection(self, urls: dict[str, str]) -> None:
        assert "is a pooler" in tell(urls, "connect", TENANCY_POOLING="session")

    def test_is_refused_as_the_owners_address(self, urls: dict[str, str]) -> None:
        through = urls["DATABASE_URL"]
        said = tell(urls, "connect_owner", DATABASE_OWNER_URL=through)
        assert "is a pooler" in said

    def test_is_none_when_the_server_itself_answers(self, urls: dict[str, str]) -> None:
        owner = urls["DATABASE_OWNER_URL"]
        assert tell(urls, "look", TENANCY_POOLING="session", DATABASE_URL=owner) == ""

    def test_is_no_matter_when_the_server_is_away(self, urls: dict[str, str]) -> None:
        nowhere = "postgres://nobody:x@127.0.0.1:1/none"
        assert tell(urls, "look", TENANCY_POOLING="session", DATABASE_URL=nowhere) == ""


def test_a_web_process_holds_no_more_sessions_than_its_pool(urls: dict[str, str]) -> None:
    owner = urls["DATABASE_OWNER_URL"]
    found = tell(
        urls,
        "crowd",
        TENANCY_POOLING="session",
        DATABASE_URL=owner,
        DATABASE_POOL="true",
        DATABASE_POOL_SIZE="3",
    )
    assert found["answers"] == 24 * 5
    assert 1 < found["sessions"] <= 3
