"""What a payment must be before it may be written down, and before it may be submitted."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from shared_apps.kernel.errors import DomainError, FieldProblem, Gathering, ValidationFailed
from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import local_day_of, organization_settings
from shared_apps.tenancy.context import current_schema
from tenant_apps.deals.selectors import DealTerms, deal_terms
from tenant_apps.deals.services import DealIsArchived
from tenant_apps.deals.terms import DAY_IS_FAR, is_far
from tenant_apps.payments.duplicates import Hit, ProofMark, find_look_alikes
from tenant_apps.payments.exchange import FxQuote
from tenant_apps.payments.methods import rule_of
from tenant_apps.payments.models import Payment
from tenant_apps.payments.selectors import visible_payments
from tenant_apps.payments.services.inputs import NewPayment
from tenant_apps.payments.services.lookup import Proof

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

LATE_DAYS = 90
CLOSED_DEALS = frozenset({"lost", "cancelled", "bad_debt"})


class PossibleDuplicate(DomainError):
    """Another payment looks the same, or shows the same proof; `look_alikes` are the ids."""

    code, status = "possible_duplicate", 409
    message = (
        "This looks like a payment that exists already; see errors. "
        "If it is another one, say why in duplicate_justification."
    )
    look_alikes: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, hits: list[Hit], *, by: "User") -> "PossibleDuplicate":
        """Return the refusal of what looks like these, with the codes that the person may see."""
        refusal = cls(problems=list(_shown(hits, by)))
        refusal.look_alikes = frozenset(hit.payment_id for hit in hits)
        return refusal


class PaymentDoesNotFitDeal(DomainError):
    """The payment's money is in another currency than its deal is by now."""

    code, status = "currency_mismatch", 409
    message = "The payment is in another currency than its deal; one of the two must change first."


class ChequeAlreadyUsed(DomainError):
    """The number of the cheque belongs to another payment."""

    code, status = "cheque_already_used", 409
    message = "A payment with this cheque number exists already."
    field = "/reference"


class ExternalIdTaken(DomainError):
    """Two payments would carry the same id of another system."""

    code, status = "external_id_taken", 409
    message = "Another payment has this external_id."
    field = "/external_id"


def check_written(
    new: NewPayment, *, deal: DealTerms | None, at: datetime, proofs: int | None = None
) -> None:
    """Refuse what no payment can say, drafts included; with a number of proofs, what a draft may.

    Raises: ValidationFailed, DealIsArchived.
    """
    together = Gathering()
    with together.part():
        check_alone(new, at=at, proofs=proofs)
    with together.part():
        check_rate(new.fx, deal=deal, money=new.money, at=at)
    with together.part():
        if deal is not None:
            check_deal(deal, money=new.money, has_rate=new.fx is not None)
    together.refuse()


def check_alone(new: NewPayment, *, at: datetime, proofs: int | None = None) -> None:
    """Refuse what is wrong with a payment whatever deal it is for. Raises: ValidationFailed."""
    together = Gathering()
    with together.part():
        check_day(new.received_on, late_reason=new.late_reason, at=at)
    with together.part():
        check_deductions(new)
    with together.part():
        if proofs is not None:
            check_complete(new.method, reference=new.reference, remarks=new.remarks, proofs=proofs)
    together.refuse()


def check_complete(method: str, *, reference: str, remarks: str, proofs: int) -> None:
    """Refuse what a method asks for and was left out (methods.py). Raises: ValidationFailed."""
    together, rule = Gathering(), rule_of(method)
    with together.part():
        if rule.needs_reference and not reference.strip():
            message = worded("Give the %(reference)s.", reference=gettext(rule.reference_name))
            raise ValidationFailed.at("/reference", message, code="required")
    with together.part():
        if rule.needs_remarks and not remarks.strip():
            raise ValidationFailed.at(
                "/remarks", "Say in the remarks how the money came.", code="required"
            )
    with together.part():
        if method in organization_settings().proof_required_methods and not proofs:
            raise ValidationFailed.at(
                "/proofs", "A payment that came this way needs a proof.", code="required"
            )
    together.refuse()


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
            worded(
                "The money came more than %(days)s days ago; say why it is entered only now.",
                days=LATE_DAYS,
            ),
            code="required",
        )


def check_deductions(new: NewPayment) -> None:
    """Refuse a fee or withholding that is foreign, negative, too large or not of the method."""
    together, zero, rule = Gathering(), Money.zero(new.money.currency), rule_of(new.method)
    allowed = {"bank_fee": rule.takes_fee, "withholding": rule.takes_withholding}
    for field, deduction in (("bank_fee", new.bank_fee), ("withholding", new.withholding)):
        with together.part():
            if deduction is not None:
                _check_deduction(field, deduction, zero=zero, is_allowed=allowed[field])
    together.refuse()
    if (new.bank_fee or zero) + (new.withholding or zero) > new.money:
        raise ValidationFailed.at(
            "/amount", "Fee and withholding are more than the gross amount.", code="min_value"
        )


def _check_deduction(field: str, deduction: Money, *, zero: Money, is_allowed: bool) -> None:
    if deduction.currency != zero.currency:
        raise ValidationFailed.at(
            f"/{field}", "Use the currency of the payment.", code="currency_mismatch"
        )
    if deduction < zero:
        raise ValidationFailed.at(f"/{field}", "Use zero or more.", code="min_value")
    if deduction and not is_allowed:
        raise ValidationFailed.at(
            f"/{field}", "This method keeps nothing of the amount.", code="not_applicable"
        )


def check_rate(fx: FxQuote | None, *, deal: DealTerms | None, money: Money, at: datetime) -> None:
    """Refuse a rate where none belongs, of a day to come, or without its source."""
    if fx is None:
        return
    if deal is None or deal.currency == money.currency:
        raise ValidationFailed.at(
            "/fx",
            "A rate belongs to a payment in another currency than its deal's.",
            code="not_applicable",
        )
    if fx.rate_on > local_day_of(at):
        raise ValidationFailed.at("/fx/rate_on", "The day has not come yet.", code="in_the_future")
    if not fx.source.strip():
        raise ValidationFailed.at("/fx/source", "Say where the rate is from.", code="required")


def check_takes_payments(*, status: str, is_archived: bool) -> None:
    """Refuse a closed or archived deal. Raises: DealIsArchived, ValidationFailed."""
    if is_archived:
        raise DealIsArchived
    if status in CLOSED_DEALS:
        raise ValidationFailed.at(
            "/deal", "This deal is closed; it takes no payments.", code="deal_closed"
        )


def check_deal(deal: DealTerms, *, money: Money, has_rate: bool = False) -> None:
    """Refuse a closed or archived deal, and money in another currency than its own without a rate.

    Raises: DealIsArchived, ValidationFailed.
    """
    check_takes_payments(status=deal.status, is_archived=deal.is_archived)
    if money.currency != deal.currency and not has_rate:
        raise ValidationFailed.at(
            "/amount",
            worded(
                "The deal is in %(currency)s; give the exchange rate as well.",
                currency=deal.currency,
            ),
            code="currency_mismatch",
        )


def check_submittable(payment: Payment, *, proofs: tuple[Proof, ...], by: "User") -> None:
    """Refuse a payment that a verifier could not decide on; the deal counts as it is now.

    Notes what the payment looks like. What is submitted at the same moment waits its turn, so that
    one sees the other. Raises: ValidationFailed, DealIsArchived, ChequeAlreadyUsed,
    PossibleDuplicate.
    """
    _take_turns()
    check_as_known(payment, proofs=proofs, by=by)


def check_as_known(payment: Payment, *, proofs: tuple[Proof, ...], by: "User") -> None:
    """Refuse the same by what is known now, nobody waiting; `proofs` need not be stored yet.

    Raises: ValidationFailed, DealIsArchived, ChequeAlreadyUsed, PossibleDuplicate.
    """
    together = Gathering()
    with together.part():
        if payment.deal_id:
            terms = deal_terms(payment.deal_id)
            check_deal(terms, money=payment.money, has_rate=payment.fx_currency == terms.currency)
    with together.part():
        said = {"reference": payment.reference, "remarks": payment.remarks}
        check_complete(payment.method, proofs=len(proofs), **said)
    with together.part():
        _check_reference_is_free(payment)
    with together.part():
        _check_look_alikes(payment, proofs, by)
    together.refuse()


def look_ahead(
    new: NewPayment, *, client_id: UUID, proofs: Sequence[ProofMark], by: "User"
) -> None:
    """Refuse a new payment that is not written down yet for what it would be refused for then.

    Raises: ChequeAlreadyUsed, PossibleDuplicate.
    """
    payment = Payment(
        client_id=client_id,
        amount=new.money.amount,
        currency=new.money.currency,
        method=new.method,
        reference=new.reference.strip(),
        received_on=new.received_on,
    )
    together = Gathering()
    with together.part():
        _check_reference_is_free(payment)
    with together.part():
        hits = find_look_alikes(payment, proofs=proofs)
        if hits and not new.duplicate_justification.strip():
            raise PossibleDuplicate.of(hits, by=by)
    together.refuse()


def check_external_id(external_id: str | None, *, payment_id: UUID | None = None) -> None:
    """Refuse the id of another system that another payment has. Raises: ExternalIdTaken."""
    if external_id:
        others = Payment.objects.exclude(pk=payment_id) if payment_id else Payment.objects.all()
        if others.filter(external_id=external_id).exists():
            raise ExternalIdTaken


def check_currency(payment: Payment, *, deal: DealTerms | None) -> None:
    """Refuse to count money on a deal for whose currency there is no rate.

    Raises: PaymentDoesNotFitDeal.
    """
    if deal is not None and deal.currency not in {payment.currency, payment.fx_currency}:
        raise PaymentDoesNotFitDeal


def _check_reference_is_free(payment: Payment) -> None:
    """Refuse a number that can be of one payment only, and is of another."""
    if rule_of(payment.method).is_reference_unique:
        others = Payment.objects.live().exclude(pk=payment.pk)
        if others.filter(method=payment.method, reference=payment.reference).exists():
            raise ChequeAlreadyUsed


def _check_look_alikes(payment: Payment, proofs: tuple[Proof, ...], by: "User") -> None:
    """Note what the payment looks like; refuse what its justification was not written for.

    A justification covers what was known when it was first given: what is found since asks for
    other words.
    """
    hits = find_look_alikes(payment, proofs=[proof.mark for proof in proofs])
    words = payment.duplicate_justification.strip()
    passed = {each["payment_id"]: each["justification"] for each in payment.duplicate_hits}
    open_hits = [hit for hit in hits if str(hit.payment_id) not in passed]
    if open_hits and (not words or words in passed.values()):
        raise PossibleDuplicate.of(open_hits, by=by)
    payment.duplicate_hits = [
        hit.as_json(justification=passed.get(str(hit.payment_id), words)) for hit in hits
    ]


def _take_turns() -> None:
    # advisory locks are the database's: the schema is part of the key
    with connection.cursor() as cursor:
        key = f"{current_schema()}:payments.look_alikes"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _shown(hits: list[Hit], by: "User") -> Iterator[FieldProblem]:
    visible = visible_payments(by).filter(pk__in=[hit.payment_id for hit in hits])
    seen = set(visible.values_list("pk", flat=True))
    for hit in hits:
        yield FieldProblem(
            field="/duplicate_justification",
            code=hit.reasons[0],
            message=_alike(hit if hit.payment_id in seen else None),
        )


def _alike(hit: Hit | None) -> str:
    if hit is None:
        return gettext("It looks like a payment you cannot see.")
    return worded("It looks like %(code)s: %(why)s.", code=hit.code, why=hit.why)
