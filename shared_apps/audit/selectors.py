"""Reads of the event log."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shared_apps.audit.models import Delivery, DeliveryState, EventRecord
from shared_apps.audit.registry import events_naming, kinds_of_events

PERSON = "accounts.user"


@dataclass(frozen=True, kw_only=True)
class EventFilters:
    """Which events to list; what is None or empty does not narrow the list.

    `kind` is one of kinds_of_events(); `person_id` is whoever did it or whom it is about.
    """

    actor_id: str = ""
    subject_type: str = ""
    subject_id: UUID | None = None
    name: str = ""
    kind: str = ""
    person_id: UUID | None = None
    recorded_after: datetime | None = None
    recorded_before: datetime | None = None

    def as_lookups(self) -> dict[str, object]:
        """Return the filters that are plain lookups."""
        lookups = {
            "actor_id": self.actor_id,
            "subject_type": self.subject_type,
            "subject_id": self.subject_id,
            "name": self.name,
            "name__in": kinds_of_events().get(self.kind) if self.kind else None,
            "recorded_at__gt": self.recorded_after,
            "recorded_at__lt": self.recorded_before,
        }
        return {lookup: value for lookup, value in lookups.items() if value not in (None, "")}


def list_events(filters: EventFilters) -> QuerySet[EventRecord]:
    """Return the events that match, newest first."""
    events = EventRecord.objects.filter(**filters.as_lookups())
    if filters.person_id is not None:
        events = events.filter(_concerns(filters.person_id))
    return events.order_by("-recorded_at", "-id")


def _concerns(person_id: UUID) -> Q:
    """Return what a person did, what happened to them, and where another event names them.

    A failed sign-in is an attempt's event: it names the person, if the address was known.
    """
    did = Q(actor_id=str(person_id))
    suffered = Q(subject_type=PERSON, subject_id=person_id)
    is_named = Q(name__in=events_naming("user_id"), payload__user_id=str(person_id))
    return did | suffered | is_named


def history_of(subject_type: str, subject_id: UUID) -> QuerySet[EventRecord]:
    """Return what happened to one object, newest first."""
    return list_events(EventFilters(subject_type=subject_type, subject_id=subject_id))


def list_events_about(
    subjects: Mapping[str, Collection[UUID] | QuerySet[Any, UUID]],
) -> QuerySet[EventRecord]:
    """Return what happened to several objects, newest first: subject type -> their ids."""
    meant = Q(pk__in=[])
    for subject_type, ids in subjects.items():
        meant |= Q(subject_type=subject_type, subject_id__in=ids)
    return EventRecord.objects.filter(meant).order_by("-recorded_at", "-id")


def count_by_actor(
    names: Collection[str], *, since: datetime, until: datetime
) -> Mapping[tuple[str, str], int]:
    """Return how often each person did what: (actor id, event name) -> number, since <= t < until.

    One query, whatever the number of events.
    """
    rows = EventRecord.objects.filter(
        name__in=names, actor_kind="user", recorded_at__gte=since, recorded_at__lt=until
    )
    counted = rows.values_list("actor_id", "name").annotate(number=Count("pk")).order_by()
    return {(actor, name): number for actor, name, number in counted}


def payloads_of(name: str, subject_ids: Collection[UUID]) -> QuerySet[EventRecord, dict[str, Any]]:
    """Return the payloads of one kind of event about these objects, oldest first."""
    rows = EventRecord.objects.filter(name=name, subject_id__in=subject_ids)
    return rows.order_by("recorded_at", "id").values_list("payload", flat=True)


def subjects_of(name: str) -> QuerySet[EventRecord, UUID]:
    """Return the ids of the objects that one kind of event happened to, for a subquery."""
    return EventRecord.objects.filter(name=name).order_by().values_list("subject_id", flat=True)


def get_event(*, event_id: UUID) -> EventRecord:
    """Return one event. Raises: EventRecord.DoesNotExist."""
    return EventRecord.objects.get(pk=event_id)


def list_dead_deliveries() -> QuerySet[Delivery]:
    """Return the deliveries that were given up, oldest first, with their events."""
    dead = Delivery.objects.filter(state=DeliveryState.DEAD)
    return dead.select_related("event").order_by("settled_at", "id")


def count_dead_deliveries() -> int:
    """Return how many deliveries were given up."""
    return Delivery.objects.filter(state=DeliveryState.DEAD).count()
