"""The whole product with throwaway data, under a program's control."""

import os
import secrets
import subprocess
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Self

from config.embedded import throwaway
from config.embedded.files import free_port
from config.embedded.processes import wait_until
from config.env import ConfigurationError
from config.stack.preparation import collect_static_files, migrate, run_command
from config.stack.procfile import (
    CHECKOUT,
    SERVING,
    end_leftovers,
    process_environment,
    read_command,
)

_PATIENCE_S = 10.0


@dataclass
class Stack:
    """Web, worker and beat on a free port, with servers and data that vanish at the end.

    Use it in a with block. `settings` are environment variables for all processes.
    """

    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default=0, init=False)
    data_dir: Path = field(default_factory=Path, init=False)
    env: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, init=False)
    _resources: ExitStack = field(default_factory=ExitStack, init=False, repr=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The platform's address; `*.localhost` does not resolve everywhere, so send a Host."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_domain(self) -> str:
        """The platform's host and port; an organization's are its slug, a dot, and these."""
        return f"localhost:{self.port}"

    def start(self) -> None:
        """Start the servers, prepare the database and start the processes.

        Raises: ConfigurationError.
        """
        end_leftovers()
        try:
            self._start_servers()
            migrate(env=self.env)
            collect_static_files(data_dir=self.data_dir, env=self.env)
            for name in SERVING:
                self._start_process(name)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what was started, in good order, then by force. A second call does nothing."""
        for process in self._processes.values():
            process.send_signal(SIGTERM)
        for name in list(self._processes):
            self._end_process(name, patience_s=_PATIENCE_S)
        self._resources.close()

    def wait_ready(self, *, timeout_s: float = 60.0) -> None:
        """Wait until the web process reports that it can work.

        Raises: ConfigurationError, with the end of its log.
        """
        web = self._processes["web"]
        wait_until(lambda: self._is_ready() or web.poll() is not None, timeout_s=timeout_s)
        if not self._is_ready():
            raise ConfigurationError(
                f"the web process is not ready: {self.read_log('web')[-2000:]}"
            )

    def manage(self, *arguments: str) -> str:
        """Run a manage.py command on the stack's data and return what it printed.

        Raises: ConfigurationError.
        """
        return run_command(*arguments, env=self.env)

    def kill_worker(self) -> None:
        """Kill the worker and its children at once, as a crash would."""
        self._end_process("worker", patience_s=0)

    def restart_worker(self) -> None:
        """Start the worker again, after killing the one that still runs."""
        if "worker" in self._processes:
            self.kill_worker()
        self._start_process("worker")

    def read_log(self, name: str) -> str:
        """Return what the process of that name (web, worker, beat) has printed."""
        return self._log(name).read_text(encoding="utf-8", errors="replace")

    def _start_servers(self) -> None:
        running = self._resources.enter_context(throwaway())
        self.port = free_port()
        self.data_dir = running.data_dir
        self.env = process_environment(
            {
                "DATABASE_URL": running.services.database_url,
                "DATABASE_OWNER_URL": running.services.database_owner_url,
                "REDIS_URL": running.services.redis_url,
                "SECRET_KEY": secrets.token_urlsafe(48),
                "PRS_DATA_DIR": str(self.data_dir),
                "HOST": "127.0.0.1",
                "PORT": str(self.port),
                "BASE_DOMAIN": self.base_domain,
                **self.settings,
            }
        )

    def _start_process(self, name: str) -> None:
        with self._log(name).open("ab") as log:
            self._processes[name] = subprocess.Popen(  # noqa: S602 (the Procfile is ours)
                f"exec {read_command(name)}",
                shell=True,
                cwd=CHECKOUT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _end_process(self, name: str, *, patience_s: float) -> None:
        process = self._processes.pop(name)
        wait_until(lambda: process.poll() is not None, timeout_s=patience_s)
        # the group outlives its leader: pool children of a killed worker
        with suppress(ProcessLookupError):
            os.killpg(process.pid, SIGKILL)
        process.wait()

    def _is_ready(self) -> bool:
        request = urllib.request.Request(  # noqa: S310 (our own address)
            f"{self.base_url}/healthz/ready", headers={"Host": self.base_domain}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 (same)
                return bool(answer.status == 200)
        except OSError:
            return False

    def _log(self, name: str) -> Path:
        return self.data_dir / f"{name}.log"
