"""`make run`: set everything up, then serve until Ctrl-C or SIGTERM."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from honcho.manager import Manager

from config.catalogs import compile_stale
from config.embedded import ensure_environment
from config.env import ConfigurationError, env_int
from config.stack.preparation import collect_static_files, migrate, run_command
from config.stack.procfile import (
    CHECKOUT,
    SERVING,
    end_leftovers,
    process_environment,
    read_command,
)

# honcho's own statuses for Ctrl-C and SIGTERM
_ASKED_TO_STOP = (130, 143)


def serve() -> int:
    """Set up what is missing, start web, worker and beat, and serve; return the exit status.

    Raises: ConfigurationError.
    """
    port = _choose_port()
    ensure_environment(base_domain=f"localhost:{port}")
    os.environ.setdefault("BASE_DOMAIN", f"localhost:{port}")
    env = process_environment({"PORT": str(port)})
    _prepare(env)
    sign_ins = run_command("create_sample_organizations", "--print-sign-ins", env=env)
    _say(f"serving on http://{os.environ['BASE_DOMAIN']}, stop with Ctrl-C\n{sign_ins.rstrip()}")
    return _supervise(env)


def _choose_port() -> int:
    port = env_int("PORT", default=8000, minimum=1, maximum=65535)
    end_leftovers()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("HOST") or "127.0.0.1", port))
        except OSError:
            raise ConfigurationError(
                f"PORT {port} is taken by another program; choose one: PORT={port + 1} make run"
            ) from None
    return port


def _prepare(env: dict[str, str]) -> None:
    data_dir = Path(os.environ["PRS_DATA_DIR"])
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _step("updating the tables", lambda: migrate(env=env))
    _step("compiling translations", compile_stale)
    _step("collecting static files", lambda: collect_static_files(data_dir=data_dir, env=env))
    _say("creating the sample organizations and their history (a few minutes on a first start)")
    _step(
        "creating the sample organizations",
        lambda: run_command("create_sample_organizations", env=env),
    )


def _step(words: str, act: Callable[[], object]) -> None:
    started = time.monotonic()
    act()
    _say(f"{words}: done in {time.monotonic() - started:.1f} s")


def _say(text: str) -> None:
    print(f"run: {text}", flush=True)  # noqa: T201 (the program's own words)


def _supervise(env: dict[str, str]) -> int:
    manager = Manager()
    for name in SERVING:
        manager.add_process(name, f"exec {read_command(name)}", env=env, cwd=str(CHECKOUT))
    signal.signal(signal.SIGHUP, _treat_as_terminate)
    manager.loop()
    if manager.returncode in _ASKED_TO_STOP:
        _say("ok (stopped)")
        return 0
    _say(
        f"failed (a process ended by itself with status {manager.returncode}; its words are above)"
    )
    return 1


def _treat_as_terminate(_number: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
