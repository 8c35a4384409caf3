"""`make run` and the stack under a program's control, as far as they need no product."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.embedded.processes import is_alive, wait_until
from config.env import ConfigurationError
from config.stack.preparation import run_command
from config.stack.procfile import SERVING, end_leftovers, process_environment, read_command

CHECKOUT = Path(__file__).resolve().parents[2]
_SUPERVISOR = """
import subprocess, sys
from config.stack.procfile import process_environment
child = subprocess.Popen(
    ["sleep", "60"], stdout=subprocess.DEVNULL, env=process_environment({}), start_new_session=True
)
print(child.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def supervised() -> Iterator[tuple[subprocess.Popen[str], psutil.Process]]:
    """Yield a supervisor and the process that it has started."""
    supervisor = subprocess.Popen(
        [sys.executable, "-c", _SUPERVISOR],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert supervisor.stdout is not None
    child = psutil.Process(int(supervisor.stdout.readline()))
    yield supervisor, child
    supervisor.kill()
    supervisor.communicate()
    if is_alive(child):
        child.kill()


class TestEndLeftovers:
    def test_spares_what_is_supervised(
        self, supervised: tuple[subprocess.Popen[str], psutil.Process]
    ) -> None:
        end_leftovers()
        time.sleep(0.1)
        assert is_alive(supervised[1])

    def test_ends_what_a_killed_supervisor_left(
        self, supervised: tuple[subprocess.Popen[str], psutil.Process]
    ) -> None:
        supervisor, child = supervised
        supervisor.kill()
        supervisor.wait()
        end_leftovers()
        assert wait_until(lambda: not is_alive(child), timeout_s=5)


class TestServe:
    def test_names_a_taken_port(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            result = subprocess.run(
                [sys.executable, "-m", "config.stack", "run"],
                cwd=CHECKOUT,
                env=os.environ | {"PORT": str(port), "PRS_DATA_DIR": str(tmp_path)},
                capture_output=True,
                text=True,
                check=False,
            )
        assert result.returncode == 2
        assert result.stderr == (
            f"run: failed (PORT {port} is taken by another program; "
            f"choose one: PORT={port + 1} make run)\n"
        )


class TestProcfile:
    @pytest.mark.parametrize("name", SERVING)
    def test_has_a_command_that_exists(self, name: str) -> None:
        program = read_command(name).split()[0]
        assert (Path(sys.executable).parent / program).exists()

    def test_puts_this_interpreter_first(self) -> None:
        path = process_environment({})["PATH"].split(os.pathsep)
        assert path[0] == str(Path(sys.executable).parent)


class TestRunCommand:
    def test_names_the_command_that_failed(self) -> None:
        with pytest.raises(
            ConfigurationError, match=r"^manage\.py no_such_thing ended with status"
        ):
            run_command("no_such_thing", env=process_environment({}))
