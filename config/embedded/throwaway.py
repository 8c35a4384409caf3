"""Servers in a temporary directory: fast, forgetful, gone at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from config.embedded.lifecycle import RunningServices, is_abandoned, running, stop_servers
from config.embedded.places import is_reachable, unprivileged_account

_PREFIX = "prs-throwaway-"
_MEMORY = Path("/dev/shm")  # noqa: S108 (mkdtemp makes it private)
# a suite needs a tenth of it; a small machine needs its memory for other things
_ROOM = 6 * 1024**3


@contextmanager
def throwaway(
    *, postgres: bool = True, valkey: bool = True, in_memory: bool = False
) -> Iterator[RunningServices]:
    """Use servers of your own that may lose their data, and remove them afterwards.

    `in_memory` keeps the data in main memory where there is plenty: schemas are made in half the
    time. Also removes what killed programs have left. Raises: ConfigurationError.
    """
    parent = _temporary_parent(in_memory=in_memory and _has_room(_MEMORY))
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


def _has_room(memory: Path) -> bool:
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        return False
    return min(shutil.disk_usage(memory).free, psutil.virtual_memory().available) >= _ROOM


def _temporary_parent(*, in_memory: bool) -> Path:
    usual = Path(tempfile.gettempdir()).resolve()
    account = unprivileged_account() if os.geteuid() == 0 else None
    candidates = [usual, Path("/tmp"), Path("/var/tmp")]  # noqa: S108 (mkdtemp makes it private)
    if in_memory:
        candidates.insert(0, _MEMORY)
    return next((path for path in candidates if not account or is_reachable(path, account)), usual)
