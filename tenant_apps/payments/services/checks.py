"""What a payment must be before it may be written down, and before it may be submitted."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from shared_apps.kernel.errors import DomainError, FieldProblem, ValidationFailed
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of, organization_settings
from tenant_apps.deals.selectors import DealTerms, deal_terms
from tenant_apps.deals.services import DealIsArchived
from tenant_apps.deals.terms import DAY_IS_FAR, is_far
from tenant_apps.payments.models import Method, Payment
from tenant_apps.payments.selectors import look_alikes, visible_payments
from tenant_apps.payments.services.inputs import NewPayment
from tenant_apps.payments.services.lookup import Proof

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

LATE_DAYS = 90
CLOSED_DEALS = frozenset({"lost", "cancelled", "bad_debt"})


class PossibleDuplicate(DomainError):
    """Another payment looks the same, or shows the same proof."""

    code, status = "possible_duplicate", 409
    message = (
        "This looks like a payment that exists already; see errors. "
        "If it is another one, say why in duplicate_justification."
    )


class PaymentDoesNotFitDeal(DomainError):
    """The payment's money is in another currency than its deal is by now."""

    code, status = "currency_mismatch", 409
    message = "The payment is in another currency than its deal; one of the two must change first."


class ChequeAlreadyUsed(DomainError):
    """The number of the cheque belongs to another payment."""

    code, status = "cheque_already_used", 409
    message = "A payment with this cheque number exists already."


def check_written(new: NewPayment, *, deal: DealTerms | None, at: datetime) -> None:
    """Refuse what no payment can say, drafts included. Raises: ValidationFailed."""
    check_day(new.received_on, late_reason=new.late_reason, at=at)
    check_deductions(new)
    if deal is not None:
        check_deal(deal, money=new.money)


def check_day(received_on: date, *, late_reason: str, at: datetime) -> None:
    """Refuse a day that has not come in the organization, and an old one without a reason."""
    today = local_day_of(at)
    if is_far(received_on):
        raise ValidationFailed.at("/received_on", DAY_IS_FAR)
    if received_on > today:
        raise ValidationFailed.at("/received_on", "The day has not come yet.", code="in_the_future")
    if received_on < today - timedelta(days=LATE_DAYS) and not late_reason.strip():
        raise ValidationFailed.at(
            "/late_reason",
            f"The money came more than {LATE_DAYS} days ago; say why it is entered only now.",
            code="required",
        )


def check_deductions(new: NewPayment) -> None:
    """Refuse a fee or withholding that is negative, foreign or larger than the payment."""
    zero = Money.zero(new.money.currency)
    for field, deduction in (("bank_fee", new.bank_fee), ("withholding", new.withholding)):
        if deduction is None:
            continue
        if deduction.currency != new.money.currency:
            raise ValidationFailed.at(
                f"/{field}", "Use the currency of the payment.", code="currency_mismatch"
            )
        if deduction < zero:
            raise ValidationFailed.at(f"/{field}", "Use zero or more.", code="min_value")
    if (new.bank_fee or zero) + (new.withholding or zero) > new.money:
        raise ValidationFailed.at(
            "/amount", "Fee and withholding are more than the gross amount.", code="min_value"
        )


def check_deal(deal: DealTerms, *, money: Money) -> None:
    """Refuse money in another currency than the deal's, and for a closed or archived deal.

    Raises: DealIsArchived, ValidationFailed.
    """
    if deal.is_archived:
        raise DealIsArchived
    if deal.status in CLOSED_DEALS:
        raise ValidationFailed.at(
            "/deal", f"The deal is {deal.status}; it takes no payments.", code="deal_closed"
        )
    if money.currency != deal.currency:
        raise ValidationFailed.at(
            "/amount", f"The deal is in {deal.currency}.", code="currency_mismatch"
        )


def check_submittable(payment: Payment, *, proofs: tuple[Proof, ...], by: "User") -> None:
    """Refuse a payment that a verifier could not decide on; the deal counts as it is now.

    Raises: ValidationFailed, DealIsArchived, ChequeAlreadyUsed, PossibleDuplicate.
    """
    if payment.deal_id:
        check_deal(deal_terms(payment.deal_id), money=payment.money)
    if payment.method == Method.CHEQUE:
        _check_cheque(payment)
    if payment.method in organization_settings().proof_required_methods and not proofs:
        raise ValidationFailed.at(
            "/proofs", f"A payment by {payment.method} needs a proof.", code="required"
        )
    if not payment.duplicate_justification.strip():
        _check_look_alikes(payment, proofs, by)


def check_currency(payment: Payment, *, deal: DealTerms | None) -> None:
    """Refuse to count money on a deal of another currency. Raises: PaymentDoesNotFitDeal."""
    if deal is not None and deal.currency != payment.currency:
        raise PaymentDoesNotFitDeal


def _check_cheque(payment: Payment) -> None:
    if not payment.reference:
        raise ValidationFailed.at("/reference", "Give the cheque's number.", code="required")
    others = Payment.objects.live().exclude(pk=payment.pk)
    if others.filter(method=Method.CHEQUE, reference=payment.reference).exists():
        raise ChequeAlreadyUsed


def _check_look_alikes(payment: Payment, proofs: tuple[Proof, ...], by: "User") -> None:
    hashes = [proof.sha256 for proof in proofs]
    alike = list(look_alikes(payment, proofs=hashes).values_list("pk", "code"))
    if not alike:
        return
    visible = visible_payments(by).filter(pk__in=[pk for pk, _code in alike])
    seen = set(visible.values_list("pk", flat=True))
    raise PossibleDuplicate(
        problems=[
            FieldProblem(
                field="/duplicate_justification",
                code="possible_duplicate",
                message=f"It looks like {code if pk in seen else 'a payment you cannot see'}.",
            )
            for pk, code in alike
        ]
    )
