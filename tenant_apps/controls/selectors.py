"""Read the controls report. Its number of queries does not depend on people or decisions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from shared_apps.audit.selectors import EventFilters, count_by_actor, list_events
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import current_tenant
from tenant_apps.access.selectors import Holding, list_holdings
from tenant_apps.accounts.selectors import people_blocked_from_deciding
from tenant_apps.accounts.services import APPROVALS_BLOCKED_FOR
from tenant_apps.approvals.selectors import decisions_between, decisions_of_makers
from tenant_apps.controls.checks import Checked, Span, all_checks
from tenant_apps.controls.duties import DUTIES, HIGH
from tenant_apps.controls.grants import find_conflicts, find_coverage
from tenant_apps.controls.names import Names
from tenant_apps.controls.pairs import find_concentrations, find_pairs
from tenant_apps.controls.reports import ControlsReport, Finding

if TYPE_CHECKING:
    from tenant_apps.approvals.models import Decision

VIEW = "audit.view"
DEFAULT_DAYS, MOST_DAYS = 90, 1100
MOST_PAIRS, MOST_FINDINGS = 500, 500
RESET = "accounts.second_factors_reset"

# the code of a finding and what it is about
Mark = tuple[str, Checked]


def read_controls(*, since: date | None, until: date | None, at: datetime) -> ControlsReport:
    """Return the report over these days of the organization's calendar, both included.

    Grants are those of this moment; what was done is that of the days. By default the last 90 days.
    Raises: ValidationFailed for days in the wrong order, or more than 1,100 of them.
    """
    first, last = _days(since, until, today=local_day_of(at))
    span = _span(first, last)
    holdings = list_holdings(DUTIES)
    checks = all_checks(span)
    marks = [*_own_work(span, checks), *_while_blocked(span, checks)]
    names = Names(_everybody(holdings, checks, marks))
    pairs = find_pairs(checks, names=names)
    return ControlsReport(
        since=first,
        until=last,
        made_at=at,
        conflicts=find_conflicts(holdings, names=names, times=_times(span)),
        duties=find_coverage(holdings, names=names, blocked=people_blocked_from_deciding(at=at)),
        pairs=pairs[:MOST_PAIRS],
        pairs_count=len(pairs),
        findings=[
            *(_as_finding(code, checked, names) for code, checked in marks[:MOST_FINDINGS]),
            *find_concentrations(checks, pairs),
        ],
    )


def _days(since: date | None, until: date | None, *, today: date) -> tuple[date, date]:
    last = until or today
    first = since or last - timedelta(days=DEFAULT_DAYS - 1)
    if first > last:
        raise ValidationFailed.at("/since", "The first day must not lie after the last one.")
    if (last - first).days >= MOST_DAYS:
        raise ValidationFailed.at(
            "/since", worded("Ask for at most %(days)s days at a time.", days=MOST_DAYS)
        )
    return first, last


def _span(first: date, last: date) -> Span:
    zone = ZoneInfo(current_tenant().timezone)
    return Span(
        since=datetime.combine(first, time.min, tzinfo=zone),
        until=datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone),
    )


def _times(span: Span) -> Mapping[tuple[str, str], int]:
    names = {event for duty in DUTIES.values() for event in duty.events}
    return count_by_actor(sorted(names), since=span.since, until=span.until)


def _own_work(span: Span, checks: Iterable[Checked]) -> Iterator[Mark]:
    """Yield what people decided of their own making, one by one."""
    own = decisions_of_makers(since=span.since, until=span.until)[:MOST_FINDINGS]
    yield from (("self_check", _as_checked(decision)) for decision in own)
    yield from (
        ("self_check", checked) for checked in checks if checked.subject_id and checked.is_own_work
    )


def _while_blocked(span: Span, checks: Iterable[Checked]) -> Iterator[Mark]:
    """Yield what people decided within a day after their second factors were reset."""
    windows = _blocked_windows(span)
    if not windows:
        return
    meant = Q(pk__in=[])
    for person, since in windows:
        meant |= Q(
            actor_id=person, decided_at__gte=since, decided_at__lt=since + APPROVALS_BLOCKED_FOR
        )
    decisions = decisions_between(since=span.since, until=span.until).filter(meant)
    yield from (("blocked_decision", _as_checked(each)) for each in decisions[:MOST_FINDINGS])
    yield from (
        ("blocked_decision", checked)
        for checked in checks
        if checked.subject_id and _is_within(checked, windows)
    )


def _blocked_windows(span: Span) -> Sequence[tuple[UUID, datetime]]:
    """Return whose second factors were reset and when, where that still mattered in the span."""
    events = list_events(EventFilters(name=RESET, recorded_before=span.until)).filter(
        recorded_at__gt=span.since - APPROVALS_BLOCKED_FOR
    )
    return [(event.subject_id, event.recorded_at) for event in events]


def _is_within(checked: Checked, windows: Iterable[tuple[UUID, datetime]]) -> bool:
    return any(
        checked.checker == person and since <= checked.last_at < since + APPROVALS_BLOCKED_FOR
        for person, since in windows
    )


def _as_checked(decision: "Decision") -> Checked:
    return Checked(
        kind=decision.request.subject_type,
        makers=frozenset({decision.submitter_id, decision.author_id}),
        checker=decision.actor_id,
        count=1,
        approvals=int(decision.verdict == "approve"),
        last_at=decision.decided_at,
        subject_id=decision.request.subject_id,
    )


def _everybody(
    holdings: Iterable[Holding], checks: Iterable[Checked], marks: Iterable[Mark]
) -> set[UUID]:
    found = [*checks, *(checked for _code, checked in marks)]
    return {holding.user_id for holding in holdings}.union(
        *({checked.checker, *checked.makers} for checked in found)
    )


def _as_finding(code: str, checked: Checked, names: Names) -> Finding:
    return Finding(
        code=code,
        risk=HIGH,
        person=names.of(checked.checker),
        kind=checked.kind,
        count=checked.count,
        subject_id=checked.subject_id,
        at=checked.last_at,
    )
