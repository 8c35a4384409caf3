"""/ws/notifications/: a person's inbox, live."""

from typing import Any, NamedTuple

import orjson
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from shared_apps.tenancy.channels import TenantConsumer
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.sockets import identify
from tenant_apps.notifications import frames
from tenant_apps.notifications.process import hubs
from tenant_apps.notifications.reading import read_after, read_head, write_acknowledged
from tenant_apps.notifications.sockets import REFUSED, UNAUTHENTICATED, InboxSocket

MAX_FRAME = 4096
EXPECTED = (
    'Send {"type":"resume","after":n}, {"type":"ack","seq":n}, {"type":"ping"} or {"type":"pong"}.'
)


class BadFrame(ValueError):
    """The client sent something that is not one of its frames."""


class ClientFrame(NamedTuple):
    """A frame of the client: its type, and the number that resume and ack carry."""

    type: str
    number: int = 0


class NotificationConsumer(TenantConsumer, AsyncConsumer):  # type: ignore[misc]  # channels is untyped
    """Serves one connection; the hub of the process does the fanning out.

    Joins the organization's group first and reads the head after that, so nothing falls between
    the two. Has no channel of its own: one subscription per connection is what the hub replaces.
    """

    channel_layer_alias = "none"
    socket: InboxSocket | None = None

    @property
    def tenant(self) -> Tenant:
        """Return the organization of the socket's host."""
        tenant: Tenant = self.scope["tenant"]
        return tenant

    async def __call__(self, *connection: Any) -> None:
        """Serve until the connection ends, however it ends."""
        try:
            await super().__call__(*connection)
        finally:
            await self._leave()

    async def websocket_connect(self, _message: Any) -> None:
        """Accept, so that a refusal carries its code; say hello with the head."""
        await self.base_send({"type": "websocket.accept"})
        person = await identify(self.scope)
        if person is None:
            await self.base_send({"type": "websocket.close", "code": UNAUTHENTICATED})
            return
        if not (person.is_active and self.tenant.is_writable):
            await self.base_send({"type": "websocket.close", "code": REFUSED})
            return
        socket = InboxSocket(
            person_id=person.pk,
            send=self.base_send,
            read_after=read_after,
            sign_in_id=person.opened_by.pk if person.opened_by else None,
        )
        self.socket = socket
        await hubs().join(self.tenant, socket)
        socket.say(frames.hello(await read_head(person.pk), person.pk))

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Carry out one frame of the client."""
        if self.socket is None or self.socket.is_closed:
            return
        self.socket.hear()
        try:
            frame = read_frame(message.get("text"))
        except BadFrame as error:
            self.socket.say(frames.problem(str(error)))
            return
        await self._obey(self.socket, frame)

    async def websocket_disconnect(self, _message: Any) -> None:
        """End; `__call__` leaves the hub."""
        raise StopConsumer

    async def _obey(self, socket: InboxSocket, frame: ClientFrame) -> None:
        match frame.type:
            case "resume":  # a number that was never given would hide what comes up to it
                head = await read_head(socket.person_id)
                socket.resume(after=min(frame.number, head))
            case "ack":
                await write_acknowledged(socket.person_id, frame.number)
            case "ping":
                socket.say(frames.PONG)

    async def _leave(self) -> None:
        if self.socket is not None:
            self.socket.abandon()
            await hubs().leave(self.tenant, self.socket)


def read_frame(text: str | None) -> ClientFrame:
    """Return the client's frame. Raises: BadFrame."""
    if text is None or len(text) > MAX_FRAME:
        raise BadFrame(EXPECTED)
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadFrame(EXPECTED) from None
    match frame:
        case {"type": "resume", "after": int(number)} | {"type": "ack", "seq": int(number)}:
            return ClientFrame(frame["type"], _checked(number))
        case {"type": "ping" | "pong" as name}:
            return ClientFrame(name)
    raise BadFrame(EXPECTED)


def _checked(number: int) -> int:
    if isinstance(number, bool) or not 0 <= number < 2**63:
        raise BadFrame(EXPECTED)
    return number
