"""What happens to clients."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _ClientEvent(Event):
    subject_type: ClassVar[str] = "clients.client"
    subject_field: ClassVar[str] = "client_id"

    client_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClientCreated(_ClientEvent):
    """A client was entered."""

    name: ClassVar[str] = "clients.client_created"


@dataclass(frozen=True, kw_only=True)
class ClientChanged(_ClientEvent):
    """A client's data or owner changed."""

    name: ClassVar[str] = "clients.client_changed"


@dataclass(frozen=True, kw_only=True)
class ClientArchived(_ClientEvent):
    """A client left the lists."""

    name: ClassVar[str] = "clients.client_archived"
