"""Record an event: the audit row, what follows at once, and what is owed for later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import connection

from shared_apps.audit.announcing import announce
from shared_apps.audit.codec import encode, masked
from shared_apps.audit.history import is_recording_history
from shared_apps.audit.models import Delivery, EventRecord
from shared_apps.audit.registry import reactions_to
from shared_apps.audit.request import current_request_info
from shared_apps.kernel.events import Actor, Event, Occurrence, Reaction
from shared_apps.tenancy.context import on_commit


class NotInTransaction(RuntimeError):
    """An event was recorded outside the transaction that makes it true."""


def record(
    event: Event,
    *,
    actor: Actor,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> EventRecord:
    """Write down what happened and start what follows from it.

    Runs the event's atomic reactions in order in the same transaction, writes one Delivery per
    later reaction and announces them on commit. Secrets in `before` and `after` are masked by key
    name.

    Raises: NotInTransaction, UnknownEvent, and whatever an atomic reaction raises.
    """
    noted = Noted(event=event, at=at, before=before, after=after, reason=reason)
    row = _new_row(noted, actor)
    row.save(force_insert=True)
    _follow(row, noted, actor)
    return row


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """An event with what record() takes beside it."""

    event: Event
    at: datetime
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    reason: str = ""


def record_all(noted: Sequence[Noted], *, actor: Actor) -> list[EventRecord]:
    """Write down many events in one statement, then start what follows from each, in order.

    Raises: what record raises.
    """
    rows = EventRecord.objects.bulk_create(_new_row(each, actor) for each in noted)
    for row, each in zip(rows, noted, strict=True):
        _follow(row, each, actor)
    return rows


def _follow(row: EventRecord, noted: Noted, actor: Actor) -> None:
    reactions = reactions_to(type(noted.event))
    occurrence = Occurrence(event_id=row.id, recorded_at=noted.at, actor=actor)
    for react in reactions.atomic:
        react(noted.event, occurrence)
    _owe(row, reactions.later)


def _new_row(noted: Noted, actor: Actor) -> EventRecord:
    event = noted.event
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{event.name} must be recorded inside a transaction.")
    reactions_to(type(event))  # an event that nobody knows is refused before it is written
    info = current_request_info()
    return EventRecord(
        name=event.name,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        payload=encode(event),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        on_behalf_of=actor.on_behalf_of[:200],
        ip=info.ip,
        request_id=info.request_id,
        recorded_at=noted.at,
        before=masked(noted.before),
        after=masked(noted.after),
        reason=noted.reason,
    )


def _owe(row: EventRecord, reactions: tuple[Reaction, ...]) -> None:
    if not reactions or is_recording_history():
        return
    owed = Delivery.objects.bulk_create(
        Delivery(event=row, reaction=reaction.reaction_name) for reaction in reactions
    )
    on_commit(partial(announce, [delivery.id for delivery in owed]))
