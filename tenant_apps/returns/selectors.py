"""Reads of returns: who sees the payment or the deal sees what goes back of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.deals.selectors import visible_deal_ids
from tenant_apps.payments.selectors import visible_payments
from tenant_apps.returns.models import PENDING, Kind, Return, Status

if TYPE_CHECKING:
    from datetime import datetime

    from tenant_apps.accounts.models import User

VIEW, REQUEST, DECIDE = "payments.view", "returns.request", "returns.decide"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnFilters:
    """What a list of returns may be asked for; None asks nothing."""

    kind: str | None = None
    status: str | None = None
    payment: UUID | None = None
    deal: UUID | None = None
    ordering: str = "-created_at"


def visible_returns(viewer: "User", permission: str = VIEW) -> QuerySet[Return]:
    """Return the returns within the scope of the viewer's permission. Raises: PermissionRefused."""
    payments = visible_payments(viewer, permission).order_by().values("pk")
    is_theirs = Q(payment__in=payments) | Q(
        payment=None, deal__in=visible_deal_ids(viewer, permission)
    )
    return Return.objects.filter(is_theirs)


def returns_among(ids: Collection[UUID]) -> QuerySet[Return]:
    """Return the returns with these ids, whoever asks: what the audit log calls them."""
    return Return.objects.filter(pk__in=ids).order_by("pk")


def list_returns(*, viewer: "User", filters: ReturnFilters) -> QuerySet[Return]:
    """Return the returns that the viewer may see and that match, newest first by default."""
    asked = {
        "kind": filters.kind,
        "status": filters.status,
        "payment_id": filters.payment,
        "deal_id": filters.deal,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    return _with_names(visible_returns(viewer).filter(conditions)).order_by(filters.ordering, "-pk")


def get_return(
    *, reference: UUID | str, viewer: "User", kind: Kind | None = None, permission: str = VIEW
) -> Return:
    """Return one by id or code. Raises: Return.DoesNotExist, PermissionRefused."""
    is_it = Q(pk=reference) if isinstance(reference, UUID) else Q(code=reference)
    returns = _with_names(visible_returns(viewer, permission))
    return returns.filter(Q(kind=kind) if kind else Q()).get(is_it)


def _with_names(returns: QuerySet[Return]) -> QuerySet[Return]:
    return returns.select_related("payment", "deal", "client", "write_off")


def recoveries_of(write_off_id: UUID) -> list[Return]:
    """Return what was asked to be expected again of a write-off, oldest first."""
    return list(Return.objects.filter(write_off_id=write_off_id).order_by("pk"))


def returns_effective_at(
    *, payment_ids: Collection[UUID], instants: "Collection[datetime]"
) -> list[Return]:
    """Return what took money of these payments out at one of these instants, oldest first."""
    is_then = Q(kind=Kind.REFUND, sent_at__in=instants) | (
        Q(decided_at__in=instants, status=Status.APPROVED) & ~Q(kind=Kind.REFUND)
    )
    return list(Return.objects.filter(is_then, payment_id__in=payment_ids).order_by("pk"))


def pending_refunds(payment_id: UUID, *, currency: str) -> Money:
    """Return what is asked or approved to be refunded of a payment and has not been sent."""
    rows = Return.objects.filter(payment_id=payment_id, kind=Kind.REFUND, status__in=PENDING)
    asked = rows.aggregate(sum=Sum("amount"))["sum"]
    return money_of(asked, currency) if asked else Money.zero(currency)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnFacts:
    """What those who are told of a return need to know."""

    code: str
    kind: str
    client_id: UUID
    money: Money
    requested_by_id: UUID


def return_facts(return_id: UUID) -> ReturnFacts:
    """Return the facts of one return, whoever asks. Raises: Return.DoesNotExist."""
    found = Return.objects.get(pk=return_id)
    return ReturnFacts(
        code=found.code,
        kind=found.kind,
        client_id=found.client_id,
        money=found.money,
        requested_by_id=found.requested_by_id,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundFacts:
    """What other apps need to know of a refund."""

    money: Money
    deal_id: UUID | None
    reduces_sale: bool
    reason: str


def refund_facts(refund_id: UUID) -> RefundFacts:
    """Return the facts of one refund, whoever asks. Raises: Return.DoesNotExist."""
    refund = Return.objects.get(pk=refund_id, kind=Kind.REFUND)
    return RefundFacts(
        money=refund.money,
        deal_id=refund.deal_id,
        reduces_sale=refund.reduces_sale,
        reason=refund.reason,
    )
