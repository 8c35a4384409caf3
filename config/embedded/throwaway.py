"""Servers in a temporary directory: fast, forgetful, gone at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.lifecycle import RunningServices, is_abandoned, running, stop_servers
from config.embedded.places import is_reachable, unprivileged_account

_PREFIX = "prs-throwaway-"


@contextmanager
def throwaway(*, postgres: bool = True, valkey: bool = True) -> Iterator[RunningServices]:
    """Use servers of your own that may lose their data, and remove them afterwards.

    Also removes what killed programs have left. Raises: ConfigurationError.
    """
    parent = _temporary_parent()
    remove_abandoned(parent)
    data_dir = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    try:
        with running(data_dir, durable=False, postgres=postgres, valkey=valkey) as services:
            yield services
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


def remove_abandoned(parent: Path) -> None:
    """Stop and remove the throwaway servers below `parent` whose programs were killed."""
    for data_dir in parent.glob(f"{_PREFIX}*"):
        if data_dir.stat().st_uid == os.geteuid() and is_abandoned(data_dir):
            stop_servers(data_dir)
            shutil.rmtree(data_dir, ignore_errors=True)


def _temporary_parent() -> Path:
    usual = Path(tempfile.gettempdir()).resolve()
    account = unprivileged_account() if os.geteuid() == 0 else None
    candidates = [usual, Path("/tmp"), Path("/var/tmp")]  # noqa: S108 (mkdtemp makes it private)
    return next((path for path in candidates if not account or is_reachable(path, account)), usual)
