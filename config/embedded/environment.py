"""What every program does before Django is set up: make the environment complete."""

import atexit
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from config.embedded.files import read_or_create_secret
from config.embedded.lifecycle import RunningServices, start
from config.env import ConfigurationError, env_bool

_CHECKOUT = Path(__file__).resolve().parents[2]
_SECRET_KEY_BYTES = 48


def ensure_environment(data_dir: Path | None = None, *, base_domain: str | None = None) -> None:
    """Read .env, then provide the addresses of the servers and SECRET_KEY where they are unset.

    With servers of our own, whoever serves says at which `base_domain`; commands that run beside it
    then name the same addresses, unless BASE_DOMAIN says another.

    The servers are started, or joined when another program runs them, and stop with the last
    program. With the variables set, as in a child process, nothing is started.

    Raises: ConfigurationError.
    """
    load_dotenv(_CHECKOUT / ".env")
    directory = _resolve_data_dir(data_dir)
    os.environ["PRS_DATA_DIR"] = str(directory)
    needs_database, needs_redis = not _is_set("DATABASE_URL"), not _is_set("REDIS_URL")
    if needs_database and _is_set("DATABASE_OWNER_URL"):
        raise ConfigurationError("DATABASE_URL must be set where DATABASE_OWNER_URL is.")
    if needs_database or needs_redis:
        _provide_servers(directory, needs_database=needs_database, needs_redis=needs_redis)
    if needs_database:
        _agree_on_base_domain(directory / "base_domain", base_domain)
    if not _is_set("SECRET_KEY") and env_bool("DEBUG", default=True):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ["SECRET_KEY"] = read_or_create_secret(
            directory / "secret_key", length_bytes=_SECRET_KEY_BYTES
        )


def _agree_on_base_domain(noted: Path, base_domain: str | None) -> None:
    if base_domain is not None:
        os.environ.setdefault("BASE_DOMAIN", base_domain)
        noted.write_text(os.environ["BASE_DOMAIN"], encoding="utf-8")
    elif noted.is_file():
        os.environ.setdefault("BASE_DOMAIN", noted.read_text(encoding="utf-8").strip())


def load_dotenv(path: Path) -> None:
    """Read KEY=VALUE lines into the environment; what is set already stays.

    Raises: ConfigurationError.
    """
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, separator, value = text.partition("=")
        if not separator or not name.strip().isidentifier():
            raise ConfigurationError(f"{path.name} line {number} must read NAME=VALUE.")
        os.environ.setdefault(name.strip(), _unquote(value.strip()))


def _unquote(value: str) -> str:
    is_quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name, "").strip() or os.environ.get(f"{name}_FILE", "").strip())


def _resolve_data_dir(data_dir: Path | None) -> Path:
    chosen = data_dir or Path(os.environ.get("PRS_DATA_DIR", "").strip() or _CHECKOUT / ".prs")
    return chosen.expanduser().resolve()


def _provide_servers(directory: Path, *, needs_database: bool, needs_redis: bool) -> None:
    running = start(directory, postgres=needs_database, valkey=needs_redis)
    atexit.register(running.stop)
    _leave_on_signals()
    if needs_database:
        os.environ["DATABASE_URL"] = running.services.database_url
        os.environ["DATABASE_OWNER_URL"] = running.services.database_owner_url
    if needs_redis:
        os.environ["REDIS_URL"] = running.services.redis_url
    _announce(running)


def _announce(running: RunningServices) -> None:
    if running.started:
        titles = " and ".join(running.started)
        sys.stderr.write(f"prs: started {titles} on 127.0.0.1, data in {running.data_dir}\n")


def _leave_on_signals() -> None:
    # by default these end a program without its exit functions, and the servers would stay
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit_in_order)


def _exit_in_order(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
