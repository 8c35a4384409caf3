"""A mail server as a process of its own: keeps each mail as a file, refuses some recipients.

`python -m tests.invoices.smtp_peer FOLDER` prints its port. Mails to refused@... are refused for
good, mails to later@... for now.
"""

import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from config.embedded.files import free_port


class Keeper:
    """Keeps what it is handed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(  # noqa: N802  aiosmtpd's names
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("refused@"):
            return "550 no such mailbox"
        if address.startswith("later@"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        path = self.folder / f"{time.time_ns()}.eml"
        path.write_bytes(envelope.content)
        return "250 kept"


def main() -> None:
    """Serve until the process is ended."""
    port = free_port()  # aiosmtpd takes no 0
    controller = Controller(Keeper(Path(sys.argv[1])), hostname="127.0.0.1", port=port)
    controller.start()
    print(port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
