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


@dataclass(frozen=True, kw_only=True)
class ClientRestored(_ClientEvent):
    """An archived client came back into the lists."""

    name: ClassVar[str] = "clients.client_restored"


@dataclass(frozen=True, kw_only=True)
class ClientsMerged(_ClientEvent):
    """A duplicate's history went over to the client; `duplicate_id` is archived."""

    name: ClassVar[str] = "clients.clients_merged"

    duplicate_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClientAnonymised(_ClientEvent):
    """A client's personal data were erased; papers and money stay."""

    name: ClassVar[str] = "clients.client_anonymised"


@dataclass(frozen=True, kw_only=True)
class ContactLogged(_ClientEvent):
    """Somebody was in touch with a client."""

    name: ClassVar[str] = "clients.contact_logged"

    entry_id: UUID


@dataclass(frozen=True, kw_only=True)
class NextStepDone(_ClientEvent):
    """What was to be done next with a client is done."""

    name: ClassVar[str] = "clients.next_step_done"

    entry_id: UUID
