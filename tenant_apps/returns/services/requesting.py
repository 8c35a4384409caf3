"""Ask for money to go back, to be given up, or to be expected again."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, Gathering, ValidationFailed
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.approvals.services import NewRequest, open_request
from tenant_apps.deals.selectors import DealTerms, deal_terms, lock_deal
from tenant_apps.deals.services import DealNotWon, NothingOwed
from tenant_apps.documents.services import next_code
from tenant_apps.ledger.selectors import outstanding_of_deal
from tenant_apps.payments.content import hash_of
from tenant_apps.payments.selectors import (
    PaymentMoney,
    applied_by_deal,
    payment_money,
    payment_money_of,
)
from tenant_apps.payments.services import (
    MoreThanPaymentHolds,
    PaymentNotVerified,
    lock_payment,
)
from tenant_apps.payments.standing import account_status_of
from tenant_apps.returns.events import ReturnRequested
from tenant_apps.returns.models import Kind, Return, Status
from tenant_apps.returns.selectors import pending_refunds
from tenant_apps.returns.services.gaining import who_gains, who_gains_by_payment

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

PREFIXES = {
    Kind.REFUND: "RF",
    Kind.REVERSAL: "RV",
    Kind.CHARGEBACK: "CB",
    Kind.WRITE_OFF: "WO",
    Kind.RECOVERY: "RC",
}


class ReturnAlreadyRequested(DomainError):
    """One is open already."""

    code, status = "return_already_requested", 409
    message = "This has been asked for already and waits for its decision."


class RequesterIsInterested(DomainError):
    """Whoever made a payment or gains by it neither calls it undone nor expects its loss again."""

    code, status = "requester_is_interested", 403
    message = "You made this payment or gain by the money; somebody else must ask."


class RefundBeyondDeal(DomainError):
    """A refund takes more off the sale than the deal has of the payment."""

    code, status = "refund_beyond_deal", 409
    message = "Only money that the deal has taken can reduce its price; refund the rest by itself."
    field = "/amount"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReturn:
    """What is asked: `money` None is all that the payment still holds."""

    kind: Kind
    reason: str
    money: Money | None = None
    reduces_sale: bool = False
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a return is about, and who gains by the money.

    `worth` is the money at the rate of its payment, `method` how that came: policies ask for them.
    """

    payment_id: UUID | None
    deal_id: UUID | None
    client_id: UUID
    money: Money
    interested: frozenset[UUID]
    write_off_id: UUID | None = None
    worth: Money | None = None
    method: str = ""


@transaction.atomic
def request_return(
    *,
    payment_id: UUID,
    new: NewReturn,
    by: "User",
    at: datetime,
    so_far: Gathering | None = None,
) -> Return:
    """Ask for a refund or a reversal of a verified payment, or report a chargeback.

    Locks deal, then payment; records ReturnRequested. Makers, owner and credited sellers may ask
    for a refund, but never decide on it, and they do not ask for a reversal.
    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: PaymentNotVerified, MoreThanPaymentHolds, RefundBeyondDeal, RequesterIsInterested,
    ReturnAlreadyRequested, ValidationFailed, NoPolicyFits, Payment.DoesNotExist.
    """
    payment = payment_money(lock_payment(payment_id))
    free = _check_returnable(payment, new.kind)
    together = so_far or Gathering()
    with together.part():
        check_reason(new.reason)
    with together.part():
        _check_currency_of_sale(payment, new)
    with together.part():
        money = _check_money(payment, new, free)
    together.refuse()
    about = About(
        payment_id=payment.id,
        deal_id=payment.deal_id,
        client_id=payment.client_id,
        money=money,
        interested=payment.maker_ids | who_gains_by_payment(payment, at=at),
        worth=payment.worth(money),
        method=payment.method,
    )
    if new.kind == Kind.REVERSAL and by.pk in about.interested:
        raise RequesterIsInterested
    return open_return(new, about, by=by, at=at)


@transaction.atomic
def request_write_off(*, deal_id: UUID, reason: str, by: "User", at: datetime) -> Return:
    """Ask to give up what is owed on a won deal. Locks the deal; records ReturnRequested.

    Raises: DealNotWon, NothingOwed, ReturnAlreadyRequested, ValidationFailed, NoPolicyFits,
    Deal.DoesNotExist.
    """
    check_reason(reason)
    lock_deal(deal_id)
    terms = deal_terms(deal_id)
    owed = check_write_off(terms)
    about = About(
        payment_id=None,
        deal_id=deal_id,
        client_id=terms.client_id,
        money=owed,
        interested=who_gains([deal_id], since=local_day_of(at)),
    )
    return open_return(NewReturn(kind=Kind.WRITE_OFF, reason=reason), about, by=by, at=at)


def check_return(*, payment_id: UUID, kind: Kind, by: "User", at: datetime) -> None:
    """Refuse what no request of this kind could get of a payment, before one is made.

    Raises: PaymentNotVerified, MoreThanPaymentHolds, ReturnAlreadyRequested, RequesterIsInterested,
    Payment.DoesNotExist.
    """
    payment = payment_money_of(payment_id)
    _check_returnable(payment, kind)
    interested = payment.maker_ids | who_gains_by_payment(payment, at=at)
    if kind == Kind.REVERSAL and by.pk in interested:
        raise RequesterIsInterested


def check_write_off(terms: DealTerms) -> Money:
    """Return what is owed on a deal and can be given up.

    Raises: DealNotWon, NothingOwed, ReturnAlreadyRequested.
    """
    if terms.status != "won":
        raise DealNotWon
    owed = outstanding_of_deal(terms.deal_id, terms.currency)
    if owed.amount <= 0:
        raise NothingOwed
    waiting = Return.objects.filter(kind=Kind.WRITE_OFF, status=Status.REQUESTED)
    if waiting.filter(deal_id=terms.deal_id).exists():
        raise ReturnAlreadyRequested
    return owed


def check_reason(reason: str) -> None:
    """Refuse silence. Raises: ValidationFailed."""
    if not reason.strip():
        raise ValidationFailed.at("/reason", "Say why.", code="required")


def _check_currency_of_sale(payment: PaymentMoney, new: NewReturn) -> None:
    """Refuse to reduce a sale by money of another currency: the invoice says by how much."""
    if not new.reduces_sale or payment.deal_id is None:
        return
    if deal_terms(payment.deal_id).currency != payment.held.currency:
        raise ValidationFailed.at(
            "/reduces_sale",
            "The payment is in another currency: credit the invoice, then refund the credit.",
            code="currency_mismatch",
        )


def _check_returnable(payment: PaymentMoney, kind: Kind) -> Money:
    """Return what of a payment is there and not asked for already."""
    if not payment.is_verified:
        raise PaymentNotVerified
    free = payment.held - pending_refunds(payment.id, currency=payment.held.currency)
    if free.amount <= 0:
        raise _more_than(free)
    if kind == Kind.REVERSAL and free != payment.held:
        raise ReturnAlreadyRequested("A refund of this payment is open; decide on it first.")
    return free


def _more_than(free: Money) -> MoreThanPaymentHolds:
    return MoreThanPaymentHolds(worded("Of this payment %(free)s can still go back.", free=free))


def _check_money(payment: PaymentMoney, new: NewReturn, free: Money) -> Money:
    """Return how much goes back, within what is free."""
    money = free if new.money is None or new.kind == Kind.REVERSAL else new.money
    if money.currency != free.currency:
        raise ValidationFailed.at(
            "/amount",
            worded("The payment is in %(currency)s.", currency=free.currency),
            code="currency_mismatch",
        )
    if money.amount <= 0 or money > free:
        raise _more_than(free)
    if new.reduces_sale and money > _taken_by_own_deal(payment):
        raise RefundBeyondDeal
    return money


def _taken_by_own_deal(payment: PaymentMoney) -> Money:
    """Return what the payment's own deal, whose price would fall, has taken of it."""
    by_deal = applied_by_deal(payment.id)
    taken = by_deal.get(payment.deal_id, Decimal(0)) if payment.deal_id else Decimal(0)
    return money_of(taken, payment.held.currency)


def open_return(new: NewReturn, about: About, *, by: "User", at: datetime) -> Return:
    """Enter what is asked and put it up for decision; records ReturnRequested.

    Raises: ReturnAlreadyRequested, NoPolicyFits, MakerIsChecker.
    """
    asked = Return(
        kind=new.kind,
        payment_id=about.payment_id,
        deal_id=about.deal_id,
        client_id=about.client_id,
        write_off_id=about.write_off_id,
        amount=about.money.amount,
        currency=about.money.currency,
        reduces_sale=new.reduces_sale,
        reason=new.reason.strip(),
        reference=new.reference.strip(),
        requested_by_id=by.pk,
        created_by_id=by.pk,
        created_at=at,
        updated_at=at,
    )
    asked.content_hash = hash_of(content_of(asked))
    asked.code = next_code(PREFIXES[new.kind])
    _insert(asked)
    open_request(request=_request_of(asked, about, by, at), at=at)
    event = ReturnRequested(return_id=asked.pk, kind=asked.kind)
    record(event, actor=by.actor, at=at, after=content_of(asked), reason=asked.reason)
    return asked


def _insert(asked: Return) -> None:
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as error:
        if "return_one" in str(error):
            raise ReturnAlreadyRequested from error
        raise


def _request_of(asked: Return, about: About, by: "User", at: datetime) -> NewRequest:
    return NewRequest(
        subject_type=f"returns.{asked.kind}",
        subject_id=asked.pk,
        context_id=about.deal_id,
        content_hash=asked.content_hash,
        amount=about.money,
        worth=about.worth,
        method=about.method,
        account_status=account_status_of(about.client_id, today=local_day_of(at)),
        submitter_id=by.pk,
        interested_ids=tuple(sorted(about.interested - {by.pk})),
    )


def content_of(asked: Return) -> dict[str, object]:
    """Return what a decision on a return is bound to."""
    recovers = {"write_off": str(asked.write_off_id)} if asked.write_off_id else {}
    return {
        "kind": str(asked.kind),
        "payment": str(asked.payment_id) if asked.payment_id else None,
        "deal": str(asked.deal_id) if asked.deal_id else None,
        "amount": f"{asked.amount:.4f}",
        "currency": asked.currency,
        "reduces_sale": asked.reduces_sale,
        "reason": asked.reason,
        **recovers,
    }
