"""Reads of the event log."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from shared_apps.audit.models import Delivery, DeliveryState, EventRecord


@dataclass(frozen=True, kw_only=True)
class EventFilters:
    """Which events to list; what is None or empty does not narrow the list."""

    actor_id: str = ""
    subject_type: str = ""
    subject_id: UUID | None = None
    name: str = ""
    recorded_after: datetime | None = None
    recorded_before: datetime | None = None

    def as_lookups(self) -> dict[str, object]:
        """Return the given filters as lookups."""
        lookups = {
            "actor_id": self.actor_id,
            "subject_type": self.subject_type,
            "subject_id": self.subject_id,
            "name": self.name,
            "recorded_at__gt": self.recorded_after,
            "recorded_at__lt": self.recorded_before,
        }
        return {lookup: value for lookup, value in lookups.items() if value not in (None, "")}


def list_events(filters: EventFilters) -> QuerySet[EventRecord]:
    """Return the events that match, newest first."""
    return EventRecord.objects.filter(**filters.as_lookups()).order_by("-recorded_at", "-id")


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
