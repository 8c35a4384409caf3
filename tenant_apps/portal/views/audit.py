"""The audit log: what happened, who did it, what was before and what is."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.request import Request

from shared_apps.audit.registry import kinds_of_events
from shared_apps.audit.selectors import EventFilters, get_event, list_events
from shared_apps.kernel.calendar import read_day
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.tenancy.context import current_tenant
from shared_apps.web.paging import page_of
from shared_apps.web.references import parse_id
from tenant_apps.accounts.selectors import list_people
from tenant_apps.portal.choices import MOST
from tenant_apps.portal.history import said_of, told
from tenant_apps.portal.pages import Page
from tenant_apps.portal.subjects import subjects_of
from tenant_apps.portal.wording import word_for

VIEW = "audit.view"
LONGEST = 600


class Difference(NamedTuple):
    """A value before and after, as text."""

    name: str
    before: str
    after: str


class AuditLog(Page):
    """What happened in the organization."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "audit"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the newest events that match."""
        asked = {name: request.GET.get(name, "") for name in ("kind", "person", "since", "until")}
        events = list_events(self._filters(asked))
        try:
            found = page_of(rows=events, request=Request(request), default="cursor")
        except ValidationFailed:  # a cursor that is none of ours
            return self.go(reverse("portal:audit"))
        happenings = told(found.rows)
        subjects = subjects_of(found.rows, self.may)
        about = [subjects.get(event.subject_id) for event in found.rows]
        return self.show(
            "audit/list.html",
            rows=list(zip(found.rows, happenings, about, strict=True)),
            found=found,
            kinds=sorted(
                ((kind, word_for("audit", kind).label) for kind in kinds_of_events()),
                key=lambda pair: str(pair[1]),
            ),
            people=[(str(each.pk), each.full_name) for each in list_people()[:MOST]],
            is_filtered=any(asked.values()),
        )

    def _filters(self, asked: Mapping[str, str]) -> EventFilters:
        kind = asked["kind"] if asked["kind"] in kinds_of_events() else ""
        since, until = read_day(asked["since"]), read_day(asked["until"])
        return EventFilters(
            kind=kind,
            person_id=_id(asked["person"]),
            recorded_after=_start(since) - timedelta(microseconds=1) if since else None,
            recorded_before=_start(until + timedelta(days=1)) if until else None,
        )


class AuditEvent(Page):
    """One event."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "audit"

    def get(self, _request: HttpRequest, event: str) -> HttpResponseBase:
        """Show it in full."""
        found = get_event(event_id=parse_id(event))
        return self.show(
            "audit/detail.html",
            event=found,
            said=said_of(found.name),
            subject=subjects_of([found], self.may).get(found.subject_id),
            differences=differences_of(found.before, found.after),
            kind=kind_of(found.name),
            facts=[("event", found.name)]
            + [(name, _text(value)) for name, value in found.payload.items()],
        )


def kind_of(name: str) -> str:
    """Return the kind that an event is listed under; empty for one of none."""
    return next((kind for kind, names in kinds_of_events().items() if name in names), "")


def differences_of(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[Difference]:
    """Return what was before and what is, by name."""
    old, new = before or {}, after or {}
    return [
        Difference(name, _text(old.get(name)), _text(new.get(name)))
        for name in dict.fromkeys((*old, *new))
    ]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(each)}" for name, each in value.items())[:LONGEST]
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)[:LONGEST]
    return str(value)[:LONGEST]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(current_tenant().timezone))
