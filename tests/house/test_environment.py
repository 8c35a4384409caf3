"""What a program finds in its environment before Django is set up."""

import os
import stat
from pathlib import Path

import pytest

from config.embedded.environment import ensure_environment, load_dotenv
from config.embedded.files import read_or_create_secret
from config.embedded.throwaway import remove_abandoned, throwaway
from config.env import ConfigurationError
from tests.house.programs import run_python, server_processes

KILLED = """
import os
from config.embedded import throwaway
servers = throwaway(postgres=False)
print(servers.__enter__().data_dir, flush=True)
os._exit(0)
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what the functions under test write into the environment."""
    monkeypatch.setattr(os, "environ", dict(os.environ))


class TestEnsureEnvironment:
    def test_starts_nothing_when_the_variables_are_set(self, tmp_path: Path) -> None:
        os.environ |= {"DATABASE_URL": "postgres://h/d", "REDIS_URL": "redis://h", "DEBUG": "false"}
        os.environ.pop("SECRET_KEY", None)
        ensure_environment(tmp_path / "data")
        assert not (tmp_path / "data").exists()
        assert "SECRET_KEY" not in os.environ
        assert os.environ["PRS_DATA_DIR"] == str(tmp_path / "data")

    def test_takes_a_variable_in_a_file_for_set(self, tmp_path: Path) -> None:
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"DATABASE_URL_FILE": "/run/secrets/database", "REDIS_URL": "redis://h"}
        ensure_environment(tmp_path / "data")
        assert "DATABASE_URL" not in os.environ

    def test_wants_the_applications_address_where_the_owners_is_set(self, tmp_path: Path) -> None:
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"DATABASE_OWNER_URL": "postgres://h/d", "REDIS_URL": "redis://h"}
        with pytest.raises(ConfigurationError, match="DATABASE_URL must be set where"):
            ensure_environment(tmp_path / "data")
        assert not (tmp_path / "data").exists()

    def test_keeps_one_secret_key_in_a_private_file(self, tmp_path: Path) -> None:
        os.environ |= {"DATABASE_URL": "postgres://h/d", "REDIS_URL": "redis://h", "DEBUG": "true"}
        keys = set()
        for _ in range(2):
            os.environ.pop("SECRET_KEY", None)
            ensure_environment(tmp_path)
            keys.add(os.environ["SECRET_KEY"])
        assert len(keys) == 1
        assert len(keys.pop()) >= 50
        assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


class TestLoadDotenv:
    def test_reads_values_and_never_overrides(self, tmp_path: Path) -> None:
        os.environ["KEPT"] = "mine"
        (tmp_path / ".env").write_text(
            "# a comment\n\nKEPT=theirs\nPLAIN=a=b\nexport QUOTED='x y'\nEMPTY=\n"
        )
        load_dotenv(tmp_path / ".env")
        found = [os.environ[name] for name in ("KEPT", "PLAIN", "QUOTED", "EMPTY")]
        assert found == ["mine", "a=b", "x y", ""]

    def test_names_the_line_that_it_cannot_read(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("GOOD=1\nnonsense\n")
        with pytest.raises(ConfigurationError, match=r"^\.env line 2 must read NAME=VALUE\.$"):
            load_dotenv(tmp_path / ".env")

    def test_needs_no_file(self, tmp_path: Path) -> None:
        load_dotenv(tmp_path / "absent")


class TestSecrets:
    def test_first_writer_wins(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("the first\n")
        assert read_or_create_secret(tmp_path / "secret") == "the first"
        assert [path.name for path in tmp_path.iterdir()] == ["secret"]


class TestThrowaway:
    def test_leaves_nothing_behind(self) -> None:
        with throwaway(postgres=False) as services:
            data_dir = services.data_dir
            assert len(server_processes(data_dir)) == 1
        assert not data_dir.exists()
        assert server_processes(data_dir) == []

    def test_of_a_killed_program_is_removed_by_the_next(self) -> None:
        abandoned = Path(run_python(KILLED).strip())
        assert len(server_processes(abandoned)) == 1
        with throwaway(postgres=False) as services:
            assert server_processes(abandoned) == []
            assert not abandoned.exists()
            remove_abandoned(services.data_dir.parent)
            assert services.data_dir.exists()
