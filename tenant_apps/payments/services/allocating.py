"""Apply client credit: what a verified payment still holds, to whatever the client owes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.money import Money, total
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.approvals.services import MakerIsChecker, add_parties
from tenant_apps.deals.selectors import DealTerms, credited_people, deal_terms
from tenant_apps.ledger.selectors import outstanding_of_deal
from tenant_apps.payments.exchange import Exchanged
from tenant_apps.payments.models import Payment
from tenant_apps.payments.selectors import changed_payment
from tenant_apps.payments.services.apply import (
    Cause,
    apply_parts,
    exchange_for,
    open_instalments_of,
)
from tenant_apps.payments.services.checks import check_currency
from tenant_apps.payments.services.locks import lock_payment
from tenant_apps.payments.services.lookup import find_deal_id
from tenant_apps.payments.services.parties import INTERESTED, is_maker
from tenant_apps.payments.services.take_back import MoreThanPaymentHolds, PaymentNotVerified
from tenant_apps.payments.waterfall import Part, cover_as_planned

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class NothingToApply(DomainError):
    """The payment holds nothing that a deal could take, or the deal owes nothing."""

    code, status = "nothing_to_apply", 409
    message = "There is nothing to apply: the payment has no credit left, or nothing is owed there."


@dataclass(frozen=True, kw_only=True, slots=True)
class Allocation:
    """Money for one deal, by id or code: for one of its instalments, or the oldest due first.

    Without an amount it is as much as there is and as is owed. `invoice_id` is the deal's invoice
    that the money meets first.
    """

    deal: UUID | str
    instalment: UUID | None = None
    amount: Money | None = None
    invoice_id: UUID | None = None


@transaction.atomic
def apply_credit(
    *, payment_id: UUID, allocations: Sequence[Allocation], by: "User", at: datetime
) -> Payment:
    """Apply what a verified payment still holds to won deals of its client, in the order given.

    Locks the deals by id, then the payment; records PaymentApplied for each allocation. Whoever
    made the payment or gains by one of the deals does not apply it, and whoever decided the payment
    may not gain by them.
    Raises: PaymentNotVerified, NothingToApply, MoreThanPaymentHolds, MakerIsChecker,
    PaymentDoesNotFitDeal, ValidationFailed, Payment.DoesNotExist.
    """
    deal_ids = [_find_deal(each, n, by=by) for n, each in enumerate(allocations)]
    payment = lock_payment(payment_id, with_deals=deal_ids)
    if not payment.is_verified:
        raise PaymentNotVerified("Only a verified payment has money to apply.")
    for number, (allocation, deal_id) in enumerate(zip(allocations, deal_ids, strict=True)):
        terms = deal_terms(deal_id)
        _check_deal(payment, terms, number)
        _refuse_gain(payment, terms, by=by, at=at)
        found, parts = _parts_of(payment, terms, allocation, number)
        cause = Cause(event_id=uuid7(), actor=by.actor, invoice_id=allocation.invoice_id)
        apply_parts(payment, terms, found, parts, cause=cause, at=at)
    return changed_payment(payment.pk)


def plan_allocations(payment: Payment, allocations: Sequence[Allocation]) -> None:
    """Note which instalments of its own deal a payment covers first, once it is applied.

    Raises: ValidationFailed for an instalment that its deal does not have, or for too much.
    """
    if payment.fx is not None:
        raise ValidationFailed.at(
            "/allocations",
            "Money in another currency pays what is due first.",
            code="not_applicable",
        )
    terms = deal_terms(payment.deal_id) if payment.deal_id else None
    known = {each.id for each in terms.instalments} if terms else set()
    planned = []
    for number, each in enumerate(allocations):
        if each.instalment not in known or each.amount is None:
            raise ValidationFailed.at(
                f"/allocations/{number}",
                "Name an instalment of the payment's deal, and an amount.",
                code="not_found",
            )
        planned.append((each.instalment, each.amount))
    _check_plan(payment, [amount for _instalment, amount in planned])
    payment.planned_allocations = [
        {"instalment": str(instalment), "amount": str(amount.amount)}
        for instalment, amount in planned
    ]


def _check_plan(payment: Payment, amounts: Sequence[Money]) -> None:
    if any(amount.currency != payment.currency for amount in amounts):
        raise ValidationFailed.at(
            "/allocations", "Use the currency of the payment.", code="currency_mismatch"
        )
    if total(amounts, currency=payment.currency) > payment.money:
        raise ValidationFailed.at(
            "/allocations", "More is allocated than the payment is.", code="max_value"
        )


def _find_deal(allocation: Allocation, number: int, *, by: "User") -> UUID:
    try:
        found = find_deal_id(allocation.deal, by=by)
    except ValidationFailed:
        found = None
    if found is None:
        raise ValidationFailed.at(
            f"/allocations/{number}/deal",
            "There is no such deal, or it is not yours to see.",
            code="not_found",
        )
    return found


def _check_deal(payment: Payment, terms: DealTerms, number: int) -> None:
    place = f"/allocations/{number}/deal"
    if terms.client_id != payment.client_id:
        raise ValidationFailed.at(place, "The deal belongs to another client.", code="other_client")
    if terms.status != "won":
        raise ValidationFailed.at(place, "Only a won deal owes money.", code="deal_not_won")
    check_currency(payment, deal=terms)


def _refuse_gain(payment: Payment, terms: DealTerms, *, by: "User", at: datetime) -> None:
    """Refuse who gains by where the money goes, and note them on the payment's other side."""
    # the money is credited by the shares of the day on which it was verified
    since = local_day_of(payment.verified_at or at)
    people = credited_people(terms.deal_id, since=since) | {terms.owner_id}
    if by.pk in people or is_maker(payment, by):
        raise MakerIsChecker
    add_parties(object_id=payment.pk, user_ids=people, side=INTERESTED)


def _parts_of(
    payment: Payment, terms: DealTerms, allocation: Allocation, number: int
) -> tuple[Exchanged, list[Part]]:
    instalments = open_instalments_of(terms)
    if allocation.instalment is not None:
        instalments = [each for each in instalments if each.id == allocation.instalment]
    if not instalments:
        raise ValidationFailed.at(
            f"/allocations/{number}/instalment",
            "The deal has no such instalment.",
            code="not_found",
        )
    owed = min(
        total((each.outstanding for each in instalments), currency=terms.currency),
        outstanding_of_deal(terms.deal_id, terms.currency),
    )
    found = _money_of(payment, allocation, owed, number)
    return found, cover_as_planned(found.taken, plan=(), instalments=instalments)


def _money_of(payment: Payment, allocation: Allocation, owed: Money, number: int) -> Exchanged:
    """Return what is used of the payment and taken by the deal; amounts are in the deal's money."""
    place, wanted = f"/allocations/{number}/amount", allocation.amount
    if wanted is not None and wanted.currency != owed.currency:
        raise ValidationFailed.at(
            place,
            worded("The deal is in %(currency)s.", currency=owed.currency),
            code="currency_mismatch",
        )
    if wanted is not None and wanted > owed:
        raise ValidationFailed.at(
            place, worded("Only %(owed)s is owed there.", owed=owed), code="max_value"
        )
    found = exchange_for(payment, owed if wanted is None else wanted)
    if wanted is not None and found.taken < wanted:
        raise MoreThanPaymentHolds
    if not found.taken or not found.used:
        raise NothingToApply
    return found
