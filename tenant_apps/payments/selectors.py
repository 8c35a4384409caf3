"""Reads of payments. Who may see what is decided here, nowhere else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, Sum

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.access.scopes import has_permission, scope_of
from tenant_apps.approvals.selectors import subjects_leased_to
from tenant_apps.deals.selectors import deal_terms, visible_deal_ids
from tenant_apps.payments.exchange import FxQuote, worth_of
from tenant_apps.payments.models import (
    Payment,
    PaymentApplication,
    PaymentEvidence,
    PaymentQuerySet,
    Status,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.documents.models import StoredFile

VIEW, DECIDE = "payments.view", "payments.decide"


def visible_payments(
    viewer: "User", permission: str = VIEW, *, at: datetime | None = None
) -> PaymentQuerySet:
    """Return the payments within the scope of the viewer's permission.

    A person's own payments are those they made, those of deals they own or are credited on and,
    except for deciding, those without a deal of clients they own: money that waits is handed over
    with its client. Whoever may decide sees what is assigned to them at this moment (`at`, by
    default now).
    Raises: PermissionRefused.
    """
    scope = scope_of(viewer, permission)
    if scope.user_ids is None:
        return Payment.objects.all()
    of_deals = visible_deal_ids(viewer, permission)
    is_theirs = Q(maker_id__in=scope.user_ids) | Q(deal_id__in=of_deals)
    if permission != DECIDE:
        is_theirs |= Q(deal=None, client__owner_id__in=scope.user_ids)
    if has_permission(viewer, DECIDE):
        is_theirs |= Q(pk__in=subjects_leased_to(viewer.pk, at=at or utc_now()))
    return Payment.objects.filter(is_theirs)


def get_payment(*, reference: UUID | str, viewer: "User", permission: str = VIEW) -> Payment:
    """Return one payment by id or code, with its client, deal, maker and proofs.

    Raises: Payment.DoesNotExist, also when it is not the viewer's to see; PermissionRefused.
    """
    is_it = Q(pk=reference) if isinstance(reference, UUID) else Q(code=reference)
    return with_relations(visible_payments(viewer, permission)).get(is_it)


def changed_payment(payment_id: UUID) -> Payment:
    """Return a payment as its detail is shown, to whoever has just changed it.

    A reviewer's right to see it may have ended with their decision. Raises: Payment.DoesNotExist.
    """
    return with_relations(Payment.objects.all()).get(pk=payment_id)


@dataclass(frozen=True, kw_only=True)
class PaymentFilters:
    """What a list of payments may be asked for; None asks nothing.

    The bounds of the amount count in `currency`. `client` and `deal` are ids or codes.
    """

    status: str | None = None
    method: str | None = None
    client: UUID | str | None = None
    deal: UUID | str | None = None
    maker: UUID | None = None
    currency: str | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    received_from: date | None = None
    received_to: date | None = None
    verified_from: datetime | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_since: datetime | None = None
    external_id: str | None = None
    unapplied: bool | None = None
    search: str | None = None
    ordering: str = "-created_at"


def get_proof(payment: Payment, file_id: UUID) -> "StoredFile":
    """Return the stored file of a proof; whoever sees the payment sees its proofs.

    Raises: PaymentProof.DoesNotExist.
    """
    return payment.proofs.select_related("file").get(file_id=file_id).file


def get_evidence(payment: Payment, file_id: UUID) -> "StoredFile":
    """Return the stored file that a verifier laid beside a decision, for the payment's readers.

    Raises: PaymentEvidence.DoesNotExist.
    """
    kept = payment.evidence.select_related("file").filter(file_id=file_id).first()
    if kept is None:
        raise PaymentEvidence.DoesNotExist
    return kept.file


def list_payments(*, viewer: "User", filters: PaymentFilters | None = None) -> PaymentQuerySet:
    """Return the payments that the viewer may see and that match, newest first by default."""
    filters = filters or PaymentFilters()
    payments = with_relations(visible_payments(viewer)).filter(_conditions(filters))
    return payments.order_by(filters.ordering, "-pk")


def _conditions(filters: PaymentFilters) -> Q:
    asked = {
        "status": filters.status,
        "method": filters.method,
        "maker_id": filters.maker,
        "currency": filters.currency,
        "external_id": filters.external_id,
        "amount__gte": filters.amount_min,
        "amount__lte": filters.amount_max,
        "received_on__gte": filters.received_from,
        "received_on__lte": filters.received_to,
        "verified_at__gte": filters.verified_from,
        "created_at__gte": filters.created_after,
        "created_at__lt": filters.created_before,
        "updated_at__gte": filters.updated_since,
        _reference("client", filters.client): filters.client,
        _reference("deal", filters.deal): filters.deal,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    return conditions & _search(filters.search) & _unapplied(filters.unapplied)


def _unapplied(wanted: bool | None) -> Q:  # noqa: FBT001  a filter, asked for or not
    if wanted is None:
        return Q()
    has_credit = Q(pk__in=Payment.objects.waiting_for_deal().values("pk"))
    return has_credit if wanted else ~has_credit


def _reference(name: str, value: UUID | str | None) -> str:
    return f"{name}_id" if isinstance(value, UUID) else f"{name}__code"


def _search(text: str | None) -> Q:
    if not text:
        return Q()
    return Q(code__iexact=text) | Q(reference__icontains=text) | Q(client__name__icontains=text)


def with_relations(payments: PaymentQuerySet) -> PaymentQuerySet:
    """Add what a payment is shown with, in a constant number of queries."""
    return payments.select_related("client", "deal", "maker").prefetch_related("proofs__file")


def payments_among(ids: Collection[UUID]) -> PaymentQuerySet:
    """Return the payments with these ids, whoever asks: what the audit log calls them."""
    return Payment.objects.filter(pk__in=ids).order_by("pk")


def payments_of_deal(*, deal_id: UUID, viewer: "User") -> PaymentQuerySet:
    """Return the payments of a deal that the viewer may see, newest first."""
    return list_payments(viewer=viewer, filters=PaymentFilters(deal=deal_id))


def collected_of_deal(deal_id: UUID) -> Money:
    """Return the verified money applied to the deal so far, gross."""
    rows = PaymentApplication.objects.filter(deal_id=deal_id).values("currency")
    for row in rows.annotate(sum=Sum("amount")).order_by("currency"):
        return money_of(row["sum"], row["currency"])
    return Money.zero(deal_terms(deal_id).currency)


def money_in_review(client_id: UUID) -> list[Money]:
    """Return the money of a client that waits for its verification, a sum per currency."""
    rows = Payment.objects.filter(
        client_id=client_id, status__in=(Status.SUBMITTED, Status.CHANGES_REQUESTED)
    )
    summed = rows.values("currency").annotate(sum=Sum("amount")).order_by("currency")
    return [money_of(row["sum"], row["currency"]) for row in summed]


def deals_of_payment(payment_id: UUID) -> frozenset[UUID]:
    """Return the deals of a payment: its own, and those that have taken money of it. One query.

    Raises: Payment.DoesNotExist.
    """
    rows = Payment.objects.filter(pk=payment_id).values_list("deal_id", "applications__deal_id")
    found = {deal_id for row in rows.distinct() for deal_id in row if deal_id is not None}
    if not found and not rows.exists():
        raise Payment.DoesNotExist
    return frozenset(found)


def applied_by_deal(payment_id: UUID) -> dict[UUID, Decimal]:
    """Return how much of a payment each deal holds now, those that hold something."""
    rows = PaymentApplication.objects.filter(payment_id=payment_id).values("deal_id")
    summed = rows.annotate(sum=Sum("amount")).order_by("deal_id")
    return {row["deal_id"]: row["sum"] for row in summed if row["sum"]}


def covered_by_instalment(deal_id: UUID) -> dict[UUID, Decimal]:
    """Return the amount applied to each instalment of the deal, those of old versions included."""
    rows = PaymentApplication.objects.filter(deal_id=deal_id).values("instalment_id")
    summed = rows.annotate(sum=Sum("amount")).order_by("instalment_id")
    return {row["instalment_id"]: row["sum"] for row in summed}


@dataclass(frozen=True, kw_only=True)
class PaymentFacts:
    """What other apps need to know of a payment."""

    id: UUID
    code: str
    client_id: UUID
    deal_id: UUID | None
    maker_id: UUID
    amount: Money
    verified_amount: Money | None
    received_on: date
    verified_at: datetime | None
    method: str
    status: str


@dataclass(frozen=True, kw_only=True)
class PaymentMoney:
    """What a payment holds under its lock, and who made it."""

    id: UUID
    client_id: UUID
    deal_id: UUID | None
    is_verified: bool
    held: Money
    method: str
    maker_ids: frozenset[UUID]
    verified_at: datetime | None
    quote: FxQuote | None
    quote_currency: str

    def worth(self, money: Money) -> Money | None:
        """Return a part of the payment at its rate; None for one in its deal's currency."""
        if self.quote is None:
            return None
        return worth_of(money, rate=self.quote.rate, currency=self.quote_currency)


def payment_money(payment: Payment) -> PaymentMoney:
    """Return what a payment holds, as plain values."""
    makers = {payment.maker_id, payment.author_id, payment.submitted_by_id}
    return PaymentMoney(
        id=payment.pk,
        client_id=payment.client_id,
        deal_id=payment.deal_id,
        is_verified=payment.is_verified,
        held=payment.held_money,
        method=payment.method,
        maker_ids=frozenset(each for each in makers if each),
        verified_at=payment.verified_at,
        quote=payment.fx,
        quote_currency=payment.fx_currency,
    )


def payment_money_of(payment_id: UUID) -> PaymentMoney:
    """Return what a payment holds, whoever asks. Raises: Payment.DoesNotExist."""
    return payment_money(Payment.objects.get(pk=payment_id))


def payment_facts(payment_id: UUID) -> PaymentFacts:
    """Return the facts of one payment, whoever asks. Raises: Payment.DoesNotExist."""
    payment = Payment.objects.get(pk=payment_id)
    return PaymentFacts(
        id=payment.pk,
        code=payment.code,
        client_id=payment.client_id,
        deal_id=payment.deal_id,
        maker_id=payment.maker_id,
        amount=payment.money,
        verified_amount=payment.verified_money,
        received_on=payment.received_on,
        verified_at=payment.verified_at,
        method=payment.method,
        status=payment.status,
    )


USUAL_OVER = 100


def usual_amounts(currency: str) -> list[Decimal]:
    """Return the gross amounts of the organization's latest 100 verified payments in a currency."""
    verified = Payment.objects.filter(verified_at__isnull=False, currency=currency)
    latest = verified.order_by("-verified_at", "-pk")[:USUAL_OVER]
    return list(latest.values_list("amount", flat=True))


def count_payments_without_deal(client_ids: Collection[UUID]) -> int:
    """Return how many payments of these clients no deal has and something is still to be done for.

    They are written down, in review, or hold money that waits for a deal.
    """
    without = Payment.objects.filter(deal=None, client_id__in=client_ids)
    in_hand = Q(status__in=(Status.DRAFT, Status.SUBMITTED, Status.CHANGES_REQUESTED))
    return without.filter(in_hand | Q(pk__in=without.waiting_for_deal().values("pk"))).count()


def has_payments() -> bool:
    """Return whether anybody has ever entered a payment."""
    return Payment.objects.exists()


def has_verified_payment(client_id: UUID | None = None) -> bool:
    """Return whether money was ever verified: of the client, or without one of anybody."""
    verified = Payment.objects.filter(verified_at__isnull=False)
    return (verified.filter(client_id=client_id) if client_id else verified).exists()


@dataclass(frozen=True, slots=True)
class PaymentCredit:
    """What a verified payment still holds for its client."""

    payment_id: UUID
    deal_id: UUID | None
    money: Money


def credit_of_client(client_id: UUID, *, currency: str) -> list[PaymentCredit]:
    """Return the payments of a client that hold credit in a currency, the oldest first."""
    holding = Payment.objects.waiting_for_deal().filter(client_id=client_id, currency=currency)
    return [
        PaymentCredit(payment.pk, payment.deal_id, payment.unapplied_money)
        for payment in holding.order_by("pk")
    ]
