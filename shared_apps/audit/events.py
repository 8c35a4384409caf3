"""What happens to the outbox by somebody's hand."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class DeliveryReplayed(Event):
    """An operator gave a reaction that was given up its attempts back; recorded in public."""

    name: ClassVar[str] = "audit.delivery_replayed"
    subject_type: ClassVar[str] = "audit.delivery"
    subject_field: ClassVar[str] = "delivery_id"

    delivery_id: UUID
    reaction: str
    organization: str
