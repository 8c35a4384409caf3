"""Data directories and programs for the tests of the embedded servers."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.embedded.processes import end_process
from tests.house.programs import Program, server_processes, start_program


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Yield a directory that an unprivileged account can reach; end the servers left in it."""
    # pytest's own directories are closed to the account that root's servers run under
    parent = Path(tempfile.mkdtemp(prefix="prs-house-", dir="/tmp")).resolve()
    parent.chmod(0o711)
    yield parent / "data"
    for process in server_processes(parent):
        end_process(process, signals=[], patience_s=10)
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def starter(data_dir: Path) -> Iterator[Callable[[], Program]]:
    """Yield a function that starts programs on the data directory; kill those left over."""
    programs: list[Program] = []

    def start() -> Program:
        programs.append(start_program(data_dir))
        return programs[-1]

    yield start
    for program in programs:
        if program.process.poll() is None:
            program.process.kill()
            program.process.communicate()
