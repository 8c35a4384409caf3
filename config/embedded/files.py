"""Small files below the data directory: secrets, remembered ports, exclusive locks."""

import fcntl
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile


def read_or_create_secret(path: Path, *, length_bytes: int = 32) -> str:
    """Return the secret in the file; the first caller makes it up, readable to the owner alone."""
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as draft:
            draft.write(secrets.token_urlsafe(length_bytes))
            draft.flush()
            # a link appears whole or not at all, and never replaces what another program wrote
            _link_unless_there(Path(draft.name), path)
    return path.read_text(encoding="utf-8").strip()


def choose_port(path: Path) -> int:
    """Return the port that the file remembers if it is free, otherwise a free one; remember it."""
    port = remembered_port(path)
    if port is None or not _is_free(port):
        port = free_port()
        path.write_text(f"{port}\n", encoding="utf-8")
    return port


def remembered_port(path: Path) -> int | None:
    """Return the port in the file, or None when there is none."""
    try:
        return int(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the file's lock; wait for whoever holds it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _link_unless_there(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
