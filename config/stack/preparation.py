"""What must be done before the processes serve: the schema and the static files."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from config.env import ConfigurationError
from config.stack.procfile import CHECKOUT, manage

_SOURCES = ("config", "shared_apps", "tenant_apps")


def migrate(*, env: Mapping[str, str]) -> None:
    """Bring the platform's and all organizations' tables up to date.

    Raises: ConfigurationError.
    """
    run_command("migrate", "--noinput", env=env)


def collect_static_files(*, data_dir: Path, env: Mapping[str, str]) -> bool:
    """Collect the static files unless nothing has changed; return whether it was done.

    Raises: ConfigurationError.
    """
    note = data_dir / "static-files-of"
    state = _fingerprint()
    if note.exists() and note.read_text(encoding="utf-8") == state:
        return False
    run_command("collectstatic", "--noinput", env=env)
    note.write_text(state, encoding="utf-8")
    return True


def run_command(*arguments: str, env: Mapping[str, str]) -> str:
    """Run a manage.py command and return what it printed.

    Raises: ConfigurationError.
    """
    result = manage(*arguments, env=env)
    if result.returncode != 0:
        raise ConfigurationError(
            f"manage.py {arguments[0]} ended with status {result.returncode}; its words are above"
        )
    return result.stdout


def _fingerprint() -> str:
    digest = sha256((CHECKOUT / "requirements" / "test.txt").read_bytes())
    for path in _static_files():
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _static_files() -> Iterator[Path]:
    for source in _SOURCES:
        yield from sorted(
            path for path in (CHECKOUT / source).glob("**/static/**/*") if path.is_file()
        )
