"""The one password of the sample's people: set, or random for each data directory."""

import os
import secrets
from pathlib import Path

FILE_NAME = "sample-password"
VARIABLE = "PRS_SAMPLE_PASSWORD"


def sample_password(*, data_dir: Path) -> str:
    """Return the password; a random one is made and kept readable by its owner alone."""
    return find_password(data_dir=data_dir) or _make_password(data_dir / FILE_NAME)


def find_password(*, data_dir: Path) -> str | None:
    """Return the password that is set or was made before, else None."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return chosen
    kept = data_dir / FILE_NAME
    return kept.read_text(encoding="utf-8").strip() if kept.exists() else None


def _make_password(path: Path) -> str:
    password = secrets.token_urlsafe(12)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{password}\n")
    return password
