"""What happens to hand-overs."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _HandOverEvent(Event):
    subject_type: ClassVar[str] = "handovers.hand_over"
    subject_field: ClassVar[str] = "hand_over_id"

    hand_over_id: UUID


@dataclass(frozen=True, kw_only=True)
class HandOverPlanned(_HandOverEvent):
    """Somebody's work will go to another person on a day."""

    name: ClassVar[str] = "handovers.hand_over_planned"

    effective_on: date


@dataclass(frozen=True, kw_only=True)
class WorkHandedOver(_HandOverEvent):
    """Somebody's work went to another person."""

    name: ClassVar[str] = "handovers.work_handed_over"

    successor_id: UUID


@dataclass(frozen=True, kw_only=True)
class HandOverCancelled(_HandOverEvent):
    """A planned hand-over will not happen."""

    name: ClassVar[str] = "handovers.hand_over_cancelled"
