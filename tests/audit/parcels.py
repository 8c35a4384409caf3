"""A small business of its own for the outbox's tests: parcels are sent, and effects are counted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.db import connection

from shared_apps.kernel.events import Event, Occurrence, Reactions, reaction
from shared_apps.kernel.ids import uuid7
from shared_apps.organizations.events import OrganizationProvisioned


@dataclass(frozen=True, kw_only=True)
class ParcelSent(Event):
    """A parcel has left; one field of every type that an event may have."""

    name: ClassVar[str] = "tests.parcel_sent"
    subject_type: ClassVar[str] = "tests.parcel"
    subject_field: ClassVar[str] = "parcel_id"

    parcel_id: UUID
    weight: Decimal = Decimal("1.250")
    sent_on: date = date(2026, 3, 2)
    packed_at: datetime = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
    stops: tuple[UUID, ...] = ()
    size: tuple[int, str] = (3, "cm")
    is_insured: bool = True
    pieces: int = 1
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParcelLost(Event):
    """An event that no table of reactions knows."""

    name: ClassVar[str] = "tests.parcel_lost"
    subject_type: ClassVar[str] = "tests.parcel"
    subject_field: ClassVar[str] = "parcel_id"

    parcel_id: UUID


@dataclass(frozen=True, kw_only=True)
class ParcelWeighed(Event):
    """An event with a value that the log refuses."""

    name: ClassVar[str] = "tests.parcel_weighed"
    subject_type: ClassVar[str] = "tests.parcel"
    subject_field: ClassVar[str] = "parcel_id"

    parcel_id: UUID
    weight: float = 1.5


@dataclass
class Desk:
    """What the reactions do during one test."""

    at_once: Callable[[ParcelSent, Occurrence], None] | None = None
    later: Callable[[ParcelSent, Occurrence], None] | None = None
    seen: list[tuple[ParcelSent, Occurrence]] = field(default_factory=list)


desk = Desk()
QUEUE = "celery"


@reaction("tests.book_postage")
def book_postage(event: ParcelSent, occurrence: Occurrence) -> None:
    """Run at once, in the recording transaction."""
    if desk.at_once is not None:
        desk.at_once(event, occurrence)


@reaction("tests.write_receipt")
def write_receipt(event: ParcelSent, occurrence: Occurrence) -> None:
    """Leave one row per run, then do what the test asks for."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO receipt (event_id) VALUES (%s)", [occurrence.event_id])
    if desk.later is not None:
        desk.later(event, occurrence)
    desk.seen.append((event, occurrence))


@reaction("tests.tell_sender")
def tell_sender(event: ParcelSent, occurrence: Occurrence) -> None:
    """Stand beside a failing reaction, unharmed."""


REACTIONS: dict[type[Event], Reactions] = {
    OrganizationProvisioned: Reactions(),
    ParcelSent: Reactions(atomic=(book_postage,), later=(write_receipt, tell_sender)),
    ParcelWeighed: Reactions(),
}


def parcel() -> ParcelSent:
    """Return a parcel that has just been sent."""
    return ParcelSent(parcel_id=uuid7())


def receipts() -> int:
    """Return how many receipts the reactions have left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM receipt")
        (count,) = cursor.fetchone()
    return int(count)
