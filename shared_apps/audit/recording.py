"""Record an event: the audit row, what follows at once, and what is owed for later."""

from collections.abc import Mapping
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
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{event.name} must be recorded inside a transaction.")
    reactions = reactions_to(type(event))
    row = _new_row(event, actor, at)
    row.before, row.after, row.reason = masked(before), masked(after), reason
    row.save(force_insert=True)

    occurrence = Occurrence(event_id=row.id, recorded_at=at, actor=actor)
    for react in reactions.atomic:
        react(event, occurrence)
    _owe(row, reactions.later)
    return row


def _new_row(event: Event, actor: Actor, at: datetime) -> EventRecord:
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
        recorded_at=at,
    )


def _owe(row: EventRecord, reactions: tuple[Reaction, ...]) -> None:
    if not reactions or is_recording_history():
        return
    owed = Delivery.objects.bulk_create(
        Delivery(event=row, reaction=reaction.reaction_name) for reaction in reactions
    )
    on_commit(partial(announce, [delivery.id for delivery in owed]))
