"""What a person's dashboard shows: figures of the apps below, within the person's scope."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.scopes import granted_permissions, has_permission, scope_of
from tenant_apps.analytics.periods import Days, PeriodKind, last_months, period_until
from tenant_apps.commissions.reporting import (
    MonthlyCommission,
    collected_between,
    commission_between,
    commission_by_month,
)
from tenant_apps.deals.reporting import MonthlyBooking, booked_between, booked_by_month
from tenant_apps.payments.reporting import Awaiting, awaiting_verification

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

VIEW, COMMISSIONS_VIEW = "analytics.view", "commissions.view"
MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A sum over days, per currency; `measure` says what is summed."""

    measure: str
    days: Days
    amounts: Sequence[Money]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingTile:
    """What waits for a verifier at an instant, per currency."""

    measure: str
    at: datetime
    waiting: Sequence[Awaiting]


@dataclass(frozen=True, slots=True)
class Month:
    """The amounts of one month ("2026-03"), per currency."""

    month: str
    amounts: Sequence[Money]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthsTile:
    """Sums by month, months without a line included."""

    measure: str
    days: Days
    months: Sequence[Month]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The figures of one person; commission is None for who may not see any."""

    scope: str
    period: PeriodKind
    as_of: date
    booked: Tile
    collected: Tile
    awaiting_verification: AwaitingTile
    commission: Tile | None
    commission_by_month: MonthsTile | None


def dashboard(*, viewer: "User", period: PeriodKind, as_of: date | None, at: datetime) -> Dashboard:
    """Return the viewer's dashboard: movements of the days up to `as_of`, the queue as it is now.

    Own and team scope count what the people are credited with by split; the team is that of the day
    `as_of` (default: today in the organization's zone).
    Raises: PermissionRefused, ValidationFailed for a day to come.
    """
    today = local_day_of(at)
    day = _not_in_future(as_of, today)
    days = period_until(day, kind=period)
    scope = scope_of(viewer, VIEW, on=day)
    people = scope.user_ids
    booked = booked_between(payee_ids=people, first=days.first, last=days.last)
    collected = collected_between(payee_ids=people, first=days.first, last=days.last)
    waiting = awaiting_verification(payee_ids=people, on=today)
    commission, by_month = _commission(viewer, days)
    return Dashboard(
        scope=scope.kind,
        period=period,
        as_of=day,
        booked=Tile(measure="booked", days=days, amounts=booked),
        collected=Tile(measure="collected", days=days, amounts=collected),
        awaiting_verification=AwaitingTile(measure="awaiting_verification", at=at, waiting=waiting),
        commission=commission,
        commission_by_month=by_month,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Whose figures a person's dashboard shows: `user_ids` None is everyone."""

    scope: ScopeKind
    user_ids: Collection[UUID] | None


def counted_people(*, viewer: "User", on: date) -> Counted:
    """Return whose figures the viewer's dashboard shows on a day. Raises: PermissionRefused."""
    scope = scope_of(viewer, VIEW, on=on)
    return Counted(scope=scope.kind, user_ids=scope.user_ids)


def counted_payees(*, viewer: "User", on: date) -> Collection[UUID] | None:
    """Return whose commission it shows: those within both scopes. Raises: PermissionRefused."""
    people = counted_people(viewer=viewer, on=on).user_ids
    return _both(people, scope_of(viewer, COMMISSIONS_VIEW, on=on).user_ids)


def sees_all_counted(viewer: "User", permission: str) -> bool:
    """Return whether the permission opens to the viewer all that their figures are made of."""
    granted = granted_permissions(viewer)
    if not {permission, VIEW} <= granted.keys():
        return False
    return granted[permission].width >= granted[VIEW].width


def booked_months(*, viewer: "User", as_of: date) -> MonthsTile:
    """Return the net of the deals won in each of the twelve months that end with `as_of`'s.

    Of the people within the viewer's scope on that day, credited by split as in `dashboard`.
    Raises: PermissionRefused.
    """
    scope = scope_of(viewer, VIEW, on=as_of)
    months = last_months(as_of, count=MONTHS)
    year = Days(months[0], as_of)
    found = booked_by_month(payee_ids=scope.user_ids, first=year.first, last=year.last)
    return MonthsTile(measure="booked", days=year, months=_fill(months, found))


def _not_in_future(as_of: date | None, today: date) -> date:
    if as_of is not None and as_of > today:
        raise ValidationFailed.at("/as_of", "This day is still to come.")
    return as_of or today


def _commission(viewer: "User", days: Days) -> tuple[Tile | None, MonthsTile | None]:
    """Return the commission tiles, of people within both scopes, for who may see commission."""
    if not has_permission(viewer, COMMISSIONS_VIEW):
        return None, None
    payees = counted_payees(viewer=viewer, on=days.last)
    months = last_months(days.last, count=MONTHS)
    year = Days(months[0], days.last)
    in_period = commission_between(payee_ids=payees, first=days.first, last=days.last)
    by_month = commission_by_month(payee_ids=payees, first=year.first, last=year.last)
    return (
        Tile(measure="commission_accrued", days=days, amounts=in_period),
        MonthsTile(measure="commission_accrued", days=year, months=_fill(months, by_month)),
    )


def _both(
    some: Collection[UUID] | None, others: Collection[UUID] | None
) -> Collection[UUID] | None:
    if some is None or others is None:
        return others if some is None else some
    return frozenset(some) & frozenset(others)


def _fill(
    months: Sequence[date], found: Sequence[MonthlyCommission | MonthlyBooking]
) -> list[Month]:
    keys = [f"{month:%Y-%m}" for month in months]
    return [Month(key, [each.amount for each in found if each.month == key]) for key in keys]
