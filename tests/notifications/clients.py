"""A client of the socket: connects to 127.0.0.1, names the organization by its Host header."""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import SignInKind, User
from tenant_apps.accounts.services import issue_ticket, open_sign_in

HEARTBEAT_S = 1.0
PATIENCE_S = 10.0


def ticket_of(person: User) -> str:
    """Return a ticket for a person of the organization at work."""
    sign_in = open_sign_in(person=person, kind=SignInKind.TOKEN, user_agent="", at=utc_now())
    return issue_ticket(credential=sign_in)


class Client:
    """One open socket. Frames are read in order; heartbeats are answered and left out."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.answers_heartbeats = True

    def send(self, **frame: Any) -> None:
        """Send one frame."""
        self.connection.send(json.dumps(frame))

    def next(self, *, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """Return the next frame that is not a heartbeat. Raises: TimeoutError."""
        while True:
            frame: dict[str, Any] = json.loads(self.connection.recv(timeout=patience_s))
            if frame["type"] != "heartbeat":
                return frame
            if self.answers_heartbeats:
                self.send(type="pong")

    def next_head(self) -> int:
        """Return the head that the next heartbeat carries. Raises: TimeoutError."""
        while True:
            frame: dict[str, Any] = json.loads(self.connection.recv(timeout=PATIENCE_S))
            if frame["type"] == "heartbeat":
                return int(frame["head"])

    def numbers(self, amount: int) -> list[int]:
        """Return the numbers of the next notifications."""
        return [self.next()["seq"] for _ in range(amount)]

    def close_code(self, *, patience_s: float = PATIENCE_S) -> int:
        """Read until the server closes and return its code. Raises: TimeoutError."""
        try:
            while True:
                self.next(patience_s=patience_s)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


@contextmanager
def opened(
    tenant: Tenant, port: int, query: str = "", headers: Mapping[str, str] | None = None
) -> Iterator[Client]:
    """Open the socket of an organization's host."""
    line = socket.create_connection(("127.0.0.1", port))
    url = f"ws://{tenant.host}:{port}/ws/notifications/{query}"
    with connect(url, sock=line, additional_headers=headers, proxy=None) as connection:
        yield Client(connection)


@contextmanager
def signed_in(tenant: Tenant, port: int, person: User) -> Iterator[Client]:
    """Open the socket with a fresh ticket of a person."""
    with use_tenant(tenant):
        ticket = ticket_of(person)
    with opened(tenant, port, f"?ticket={ticket}") as client:
        yield client
