"""What the deals of a project or a team come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.clients.selectors import visible_clients, with_names
from tenant_apps.deals.models import Deal, DealStatus
from tenant_apps.deals.selectors.lists import DealFilters, list_deals, visible_deals

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.clients.models import Client

CURRENCY = "current_version__currency"


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupSums:
    """The won deals of a group in one currency: booked is net of tax, the rest gross."""

    booked: Money
    collected: Money
    outstanding: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupFigures:
    """How many deals of a group are in which state, and what the won ones come to."""

    deals: Mapping[str, int]
    sums: tuple[GroupSums, ...]


def clients_of_project(project_id: UUID, *, viewer: "User") -> "QuerySet[Client]":
    """Return the clients, as far as the viewer sees them, with deals in a project, by name."""
    deals = visible_deals(viewer).filter(project_id=project_id, archived_at=None)
    clients = with_names(visible_clients(viewer)).filter(pk__in=deals.order_by().values("client"))
    return clients.order_by("name", "pk")


def project_figures(project_id: UUID, *, viewer: "User", today: date) -> GroupFigures:
    """Return the figures of a project's deals that the viewer may see. Two queries."""
    return _figures(
        list_deals(viewer=viewer, filters=DealFilters(project_id=project_id), today=today)
    )


def team_figures(team_id: UUID, *, viewer: "User", today: date) -> GroupFigures:
    """Return the figures of the deals of a team's people that the viewer may see."""
    return _figures(list_deals(viewer=viewer, filters=DealFilters(team_id=team_id), today=today))


def _figures(deals: QuerySet[Deal]) -> GroupFigures:
    counted = deals.order_by().values("status").annotate(count=Count("pk")).order_by("status")
    found = {row["status"]: row["count"] for row in counted}
    sums = (
        deals.order_by()
        .filter(status=DealStatus.WON)
        .values(CURRENCY)
        .annotate(
            booked=Sum("current_version__net"),
            collected=Sum(F("applied_amount")),
            owed=Sum(F("outstanding_amount")),
        )
        .order_by(CURRENCY)
    )
    return GroupFigures(
        deals={status: found.get(status, 0) for status in DealStatus.values},
        sums=tuple(_sums(row) for row in sums),
    )


def _sums(row: Mapping[str, Any]) -> GroupSums:
    currency = row[CURRENCY]
    return GroupSums(
        booked=money_of(row["booked"], currency),
        collected=money_of(row["collected"], currency),
        outstanding=money_of(row["owed"], currency),
    )
