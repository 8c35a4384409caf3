"""Apply verified money to the instalments of a won deal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money, allocate, total
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.deals.selectors import DealTerms, deal_terms, lock_deal
from tenant_apps.ledger.selectors import outstanding_of_deal
from tenant_apps.payments.events import PaymentApplied
from tenant_apps.payments.exchange import Exchanged, exchange, give_taken
from tenant_apps.payments.models import Payment, PaymentApplication
from tenant_apps.payments.selectors import covered_by_instalment
from tenant_apps.payments.services.checks import check_currency
from tenant_apps.payments.services.locks import lock_payment
from tenant_apps.payments.waterfall import OpenInstalment, Part, carry, cover_as_planned


@dataclass(frozen=True)
class Cause:
    """The event that lets money be applied, and who brought it about.

    `invoice_id` is the invoice that the money is to meet first, where somebody named one.
    """

    event_id: UUID
    actor: Actor
    invoice_id: UUID | None = None


@dataclass(frozen=True)
class Cover:
    """What covers an instalment: of the payment, and of the deal."""

    instalment_id: UUID
    money: Exchanged


@transaction.atomic(savepoint=False)
def apply_payment(*, payment_id: UUID, cause: Cause, at: datetime) -> Money:
    """Apply what a verified payment still holds to its won deal; return the amount applied.

    As the verifier planned, then the oldest due instalment first, never more than the deal's
    outstanding: the rest stays the client's credit. Locks deal, then payment; records
    PaymentApplied when anything was applied.
    Raises: Payment.DoesNotExist, PaymentDoesNotFitDeal.
    """
    payment = lock_payment(payment_id)
    terms = deal_terms(payment.deal_id) if payment.deal_id else None
    if terms is None or terms.status != "won":
        return Money.zero(payment.currency)
    return _apply(payment, terms, cause=cause, at=at)


@transaction.atomic(savepoint=False)
def apply_waiting_money(*, deal_id: UUID, cause: Cause, at: datetime) -> None:
    """Apply the verified money that waited for a deal to be won, first verified first.

    Locks the deal, then its payments by id. Raises: PaymentDoesNotFitDeal.
    """
    lock_deal(deal_id)
    waiting = Payment.objects.waiting_for_deal().filter(deal_id=deal_id).order_by("pk")
    payments = list(waiting.select_for_update(no_key=True, of=("self",)))
    if not payments:
        return
    terms = deal_terms(deal_id)
    for payment in sorted(payments, key=lambda each: (each.verified_at or at, each.pk)):
        _apply(payment, terms, cause=cause, at=at)


def _apply(payment: Payment, terms: DealTerms, *, cause: Cause, at: datetime) -> Money:
    check_currency(payment, deal=terms)
    found = exchange_for(payment, outstanding_of_deal(terms.deal_id, terms.currency))
    if not found.taken or not found.used:
        return Money.zero(terms.currency)
    instalments = open_instalments_of(terms)
    parts = cover_as_planned(found.taken, plan=_plan_of(payment), instalments=instalments)
    return apply_parts(payment, terms, found, parts, cause=cause, at=at)


def exchange_for(payment: Payment, owed: Money) -> Exchanged:
    """Return what of a payment's credit pays how much of a debt, at its rate where it needs one.

    The caller has checked that there is one. Nothing is paid when nothing is owed.
    """
    held = payment.unapplied_money
    if owed.amount <= 0 or held.amount <= 0:
        return Exchanged(Money.zero(payment.currency), Money.zero(owed.currency))
    if owed.currency == payment.currency or payment.fx_rate is None:
        money = min(held, owed)
        return Exchanged(money, money)
    return exchange(held, rate=payment.fx_rate, owed=owed)


def apply_parts(
    payment: Payment,
    terms: DealTerms,
    found: Exchanged,
    parts: Sequence[Part],
    *,
    cause: Cause,
    at: datetime,
) -> Money:
    """Let a locked payment cover instalments of a locked deal; return how much that was.

    The parts are within what is open and what `found` takes. Records PaymentApplied.
    """
    applied = total((part.amount for part in parts), currency=terms.currency)
    taken = give_taken(applied, of=found)
    uses = allocate(taken.used, weights=[part.amount.amount for part in parts])
    covers = [
        Cover(part.instalment_id, Exchanged(used, part.amount))
        for part, used in zip(parts, uses, strict=True)
    ]
    store_covers(payment, terms.deal_id, covers, cause=cause, at=at)
    payment.applied_amount += taken.used.amount
    payment.save(update_fields=["applied_amount"])
    record_move(PaymentApplied, payment, terms.deal_id, taken, cause=cause, at=at)
    return applied


def open_instalments_of(terms: DealTerms) -> list[OpenInstalment]:
    """Return a deal's instalments and what covers them, oldest due first."""
    covered_by = covered_by_instalment(terms.deal_id)
    instalments = [
        OpenInstalment(
            id=each.id,
            position=each.position,
            due_on=each.due_on,
            amount=each.amount,
            covered=money_of(covered_by.get(each.id, Decimal(0)), terms.currency),
        )
        for each in terms.instalments
    ]
    current = {each.id for each in instalments}
    carried = sum((covered_by[each] for each in covered_by.keys() - current), Decimal(0))
    return carry(money_of(carried, terms.currency), instalments=instalments)


def _plan_of(payment: Payment) -> list[Part]:
    """Return the verifier's wish, which counts for the first application alone."""
    if payment.applied_amount:
        return []
    return [
        Part(UUID(each["instalment"]), Money.of(each["amount"], payment.currency))
        for each in payment.planned_allocations
    ]


def store_covers(
    payment: Payment, deal_id: UUID, covers: Sequence[Cover], *, cause: Cause, at: datetime
) -> None:
    """Add the rows that say what covers which instalment; negative amounts take cover back."""
    PaymentApplication.objects.bulk_create(
        PaymentApplication(
            payment=payment,
            deal_id=deal_id,
            instalment_id=cover.instalment_id,
            amount=cover.money.taken.amount,
            currency=cover.money.taken.currency,
            used_amount=cover.money.used.amount if cover.money.is_foreign else None,
            fx_rate=payment.fx_rate if cover.money.is_foreign else None,
            cause_event_id=cause.event_id,
            applied_at=at,
        )
        for cover in covers
    )


def record_move(
    kind: type[PaymentApplied],
    payment: Payment,
    deal_id: UUID,
    moved: Exchanged,
    *,
    cause: Cause,
    at: datetime,
) -> None:
    """Record that money went to a deal, or came back from it (negative amounts)."""
    event = kind(
        payment_id=payment.pk,
        deal_id=deal_id,
        amount=moved.taken.amount,
        currency=moved.taken.currency,
        commission_day=local_day_of(payment.verified_at or at),
        used_amount=moved.used.amount if moved.is_foreign else None,
        used_currency=moved.used.currency if moved.is_foreign else "",
        invoice_id=cause.invoice_id,
    )
    record(event, actor=cause.actor, at=at)
