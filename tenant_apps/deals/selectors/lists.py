"""Reads of deals: what a person may see is decided here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from shared_apps.kernel.models import AmountField, money_of
from shared_apps.kernel.money import Money
from tenant_apps.access.scopes import scope_of
from tenant_apps.deals.models import (
    Deal,
    DealLine,
    DealVersion,
    Instalment,
    SalesCreditSplit,
)
from tenant_apps.deals.progress import PaymentProgress, progress_of
from tenant_apps.deals.selectors.terms import splits_on
from tenant_apps.ledger.selectors import (
    applied_amount,
    outstanding_amount,
    received_amount,
)
from tenant_apps.teams.selectors import people_of_team

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

VIEW, EDIT = "deals.view", "deals.edit"
ORDERINGS = (
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "deal_on",
    "-deal_on",
    "expected_close_on",
    "-expected_close_on",
    "name",
    "-name",
    "total",
    "-total",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DealFilters:
    """What a list of deals may be asked for; None asks nothing.

    `amount_min` counts deals in its currency only. `updated_since` includes archived deals.
    """

    status: str | None = None
    owner_id: UUID | None = None
    client: UUID | str | None = None
    stage_id: UUID | None = None
    project_id: UUID | None = None
    team_id: UUID | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_since: datetime | None = None
    won_from: datetime | None = None
    currency: str | None = None
    amount_min: Money | None = None
    external_id: str | None = None
    search: str | None = None
    ordering: str = "-created_at"


def visible_deals(viewer: "User", permission: str = VIEW) -> QuerySet[Deal]:
    """Return the deals that the permission opens to the person, archived ones included.

    A credited seller sees the deal as its owner does, but does not edit it.
    Raises: PermissionRefused.
    """
    scope = scope_of(viewer, permission)
    if scope.user_ids is None:
        return Deal.objects.all()
    is_theirs = Q(owner_id__in=scope.user_ids)
    if permission != EDIT:
        credited = SalesCreditSplit.objects.filter(deal=OuterRef("pk"), payee_id__in=scope.user_ids)
        is_theirs |= Q(Exists(credited))
    return Deal.objects.filter(is_theirs)


def has_deals() -> bool:
    """Return whether anybody has ever entered a deal."""
    return Deal.objects.exists()


def visible_deal_ids(viewer: "User", permission: str) -> QuerySet[Deal, UUID]:
    """Return the ids of the deals that the permission opens to the person, for a subquery.

    Raises: PermissionRefused.
    """
    return visible_deals(viewer, permission).order_by().values_list("pk", flat=True)


def get_deal(*, reference: UUID | str, viewer: "User", permission: str = VIEW) -> Deal:
    """Return one deal by id or code, with client, owner, stage and current version.

    Raises: Deal.DoesNotExist, PermissionRefused.
    """
    return _with_header(visible_deals(viewer, permission)).get(referred(reference))


def referred(reference: UUID | str) -> Q:
    """Return the condition for an id or a code."""
    return Q(pk=reference) if isinstance(reference, UUID) else Q(code=reference)


def get_deal_detail(*, reference: UUID | str, viewer: "User", today: date) -> Deal:
    """Return one deal with lines, instalments, splits and its money as of `today`.

    Raises: Deal.DoesNotExist, PermissionRefused.
    """
    deals = with_money(_with_header(visible_deals(viewer)), today)
    return deals.prefetch_related(*_nested(today)).get(referred(reference))


def list_deals(*, viewer: "User", filters: DealFilters, today: date) -> QuerySet[Deal]:
    """Return the deals the person may see, with header and money. Raises: PermissionRefused."""
    deals = _with_header(visible_deals(viewer)).filter(_conditions(filters))
    if filters.team_id is not None:
        deals = deals.filter(owner_id__in=people_of_team(filters.team_id, on=today))
    if filters.updated_since is None:
        deals = deals.filter(archived_at=None)
    ordering = filters.ordering.replace("total", "current_version__total")
    return with_money(deals, today).order_by(ordering, "-pk")


def _with_header(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    return deals.select_related("client", "owner", "stage", "project", "current_version")


def with_money(deals: QuerySet[Deal], today: date) -> QuerySet[Deal]:
    """Annotate what progress_of needs, as of `today`; see `money_of_deal`."""
    refs = {"deal": OuterRef("pk"), "currency": OuterRef("current_version__currency")}
    due = (
        Instalment.objects.filter(version=OuterRef("current_version"), due_on__lt=today)
        .order_by()
        .values("version")
        .annotate(amount=Sum("amount"))
        .values("amount")
    )
    return deals.annotate(
        applied_amount=applied_amount(**refs),
        received_amount=received_amount(**refs),
        outstanding_amount=outstanding_amount(**refs),
        due_amount=Coalesce(Subquery(due), Decimal(0), output_field=AmountField()),
    )


def _conditions(filters: DealFilters) -> Q:
    asked: dict[str, Any] = {
        "status": filters.status,
        "owner_id": filters.owner_id,
        "stage_id": filters.stage_id,
        "project_id": filters.project_id,
        "external_id": filters.external_id,
        "current_version__currency": filters.currency,
        "created_at__gte": filters.created_after,
        "created_at__lt": filters.created_before,
        "updated_at__gte": filters.updated_since,
        "won_at__gte": filters.won_from,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    return conditions & _client_is(filters.client) & _costs(filters.amount_min) & _matches(filters)


def _client_is(client: UUID | str | None) -> Q:
    if client is None:
        return Q()
    return Q(client_id=client) if isinstance(client, UUID) else Q(client__code=client)


def _costs(amount_min: Money | None) -> Q:
    if amount_min is None:
        return Q()
    return Q(
        current_version__currency=amount_min.currency,
        current_version__total__gte=amount_min.amount,
    )


def _matches(filters: DealFilters) -> Q:
    if not filters.search:
        return Q()
    text = filters.search
    return Q(name__icontains=text) | Q(code__icontains=text) | Q(client__name__icontains=text)


def _nested(today: date) -> "tuple[Prefetch[str, Any, Any], ...]":
    return (
        Prefetch(
            "current_version__lines",
            queryset=DealLine.objects.select_related("product").order_by("position"),
        ),
        Prefetch("current_version__instalments", queryset=Instalment.objects.order_by("position")),
        Prefetch("splits", queryset=splits_on(today).select_related("payee").order_by("pk")),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class DealMoney:
    """A deal's money on one day."""

    total: Money
    applied: Money
    outstanding: Money
    progress: PaymentProgress


def money_of_deal(deal: Deal) -> DealMoney:
    """Return the money of a deal that came from list_deals or get_deal_detail.

    Before the win nothing is owed, and what has come in counts nowhere (design M3).
    """
    version = deal.current_version
    annotated = vars(deal)
    whole, applied, received, owed, due = (
        money_of(amount, version.currency)
        for amount in (
            version.total,
            annotated["applied_amount"],
            annotated["received_amount"],
            annotated["outstanding_amount"],
            annotated["due_amount"],
        )
    )
    nothing = Money.zero(version.currency)
    return DealMoney(
        total=whole,
        applied=applied,
        # of a bad debt too: money that had paid a part of it may go back
        outstanding=max(owed, nothing),
        # credit notes and small write-offs make the deal cost less than its version says
        progress=progress_of(total=applied + owed, applied=applied, received=received, due=due)
        if deal.is_won
        else PaymentProgress.UNPAID,
    )


def list_versions(*, deal_id: UUID) -> QuerySet[DealVersion]:
    """Return the versions of a deal, newest first, with lines and instalments."""
    versions = DealVersion.objects.filter(deal_id=deal_id).prefetch_related(
        Prefetch("lines", queryset=DealLine.objects.order_by("position")),
        Prefetch("instalments", queryset=Instalment.objects.order_by("position")),
    )
    return versions.order_by("-number", "-pk")


def two_versions(*, deal_id: UUID, number: int) -> tuple[DealVersion, DealVersion]:
    """Return a version and the one before it, older first. Raises: DealVersion.DoesNotExist."""
    versions = list_versions(deal_id=deal_id).filter(number__in=(number - 1, number))
    found = {version.number: version for version in versions}
    if found.keys() != {number - 1, number}:
        raise DealVersion.DoesNotExist
    return found[number - 1], found[number]


def deals_among(ids: Collection[UUID]) -> QuerySet[Deal]:
    """Return the deals with these ids, whoever asks: what the audit log calls them."""
    return Deal.objects.filter(pk__in=ids).order_by("pk")


def deals_by_id(ids: Iterable[UUID]) -> dict[UUID, Deal]:
    """Return the deals with these ids and their versions. The caller has checked who may see."""
    return Deal.objects.select_related("current_version").in_bulk(set(ids))


def find_deal_by_external_id(external_id: str) -> Deal | None:
    """Return the deal that another system knows by this id."""
    return Deal.objects.filter(external_id=external_id).first()
