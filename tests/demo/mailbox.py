"""Invitations as they reach people: the console's e-mail backend prints them into the log."""

import re
import time
from collections.abc import Callable

from tests.demo.report import DemoFailed

PATIENCE_S = 30.0


def invitation_token(read_log: Callable[[], str], *, email: str, host: str) -> str:
    """Return the token of the newest invitation that was sent to an address. Raises: DemoFailed."""
    link = rf"http://{re.escape(host)}/invitations/accept/\?token=([\w.-]+)"
    mail = re.compile(rf"To: {re.escape(email)}(?:(?!To: ).)*?{link}", re.DOTALL)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        tokens = mail.findall(read_log())
        if tokens:
            return str(tokens[-1])
        time.sleep(0.1)
    raise DemoFailed(f"No invitation for {email} was sent within {PATIENCE_S:.0f} s.")
