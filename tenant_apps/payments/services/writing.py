"""Put what people sent onto the row of a payment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from shared_apps.kernel.errors import DomainError, Gathering
from shared_apps.kernel.money import Money
from tenant_apps.documents.services import CheckedFile, next_code
from tenant_apps.payments.content import Content
from tenant_apps.payments.models import Payment, PaymentProof
from tenant_apps.payments.services.checks import (
    ChequeAlreadyUsed,
    ExternalIdTaken,
    check_external_id,
    check_written,
    look_ahead,
)
from tenant_apps.payments.services.inputs import NewPayment
from tenant_apps.payments.services.lookup import (
    Found,
    Proof,
    check_uploads,
    find_all,
    find_reversed,
    keeping_proofs,
    to_be_kept,
    without_repeats,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class PaymentAlreadyExists(DomainError):
    """The same request made a payment before."""

    code, status = "payment_already_exists", 409
    message = "This request has made a payment already; look for it in the list."


@dataclass(frozen=True)
class Written:
    """A payment that is not stored yet, and its proofs."""

    payment: Payment
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class Checked:
    """What a new payment names, the files that it brings, and the payment that it stands for."""

    found: Found
    files: tuple[CheckedFile, ...]
    replaces: Payment | None


@contextmanager
def written_down(
    new: NewPayment,
    *,
    by: "User",
    at: datetime,
    is_handed_in: bool = False,
    so_far: Gathering | None = None,
) -> Iterator[Written]:
    """Look up, check and compose a new payment, completely where it is handed in; locks its deal.

    Stores its uploads once nothing is wrong with it; if it is refused after all, they go again.
    Raises: PaymentAlreadyExists, and what check_new raises.
    """
    _refuse_repeat(new)
    checked = check_new(new, by=by, at=at, is_handed_in=is_handed_in, so_far=so_far)
    found = checked.found
    with keeping_proofs(checked.files, by=by, at=at) as stored:
        found = replace(found, proofs=without_repeats(found.proofs + stored))
        payment = Payment(
            maker=by, author_id=by.pk, created_by_id=by.pk, client_reference=new.client_reference
        )
        payment.mark_changed(by_id=by.pk, at=at)
        payment.version = 1
        fill(payment, new, found=found)
        payment.replaces = checked.replaces
        yield Written(payment, found.proofs)


def check_new(
    new: NewPayment,
    *,
    by: "User",
    at: datetime,
    is_handed_in: bool,
    so_far: Gathering | None = None,
) -> Checked:
    """Return what a payment names and carries, if nothing is wrong with it; locks its deal.

    Where something is, `so_far` or here, all else that would be refused is said as well.
    Raises: ValidationFailed, DealIsArchived, ChequeAlreadyUsed, PossibleDuplicate.
    """
    together = so_far or Gathering()
    files = check_uploads(new, together)
    found = find_all(new, by=by, together=together)
    replaces = None
    with together.part():
        replaces = find_reversed(new.replaces, client_id=found.client_id, by=by)
    with together.part():
        proofs = len(new.proofs) + len(new.uploads) if is_handed_in else None
        check_written(new, deal=found.deal, at=at, proofs=proofs)
    with together.part():
        check_external_id(new.external_id)
    if is_handed_in and (files or together.has_found):  # else the check in turn comes at once
        marks = [proof.mark for proof in (*found.proofs, *to_be_kept(files))]
        with together.part():
            look_ahead(new, client_id=found.client_id, proofs=marks, by=by)
    together.refuse()
    return Checked(found, files, replaces)


def fill(payment: Payment, new: NewPayment, *, found: Found) -> tuple[str, ...]:
    """Put what was sent onto the payment; return the names of the fields."""
    values = {
        "client_id": found.client_id,
        "deal_id": found.deal.deal_id if found.deal else None,
        "amount": new.money.amount,
        "currency": new.money.currency,
        "method": new.method,
        "reference": new.reference.strip(),
        "received_on": new.received_on,
        "bank_fee": _amount(new.bank_fee),
        "withholding": _amount(new.withholding),
        "fx_currency": found.deal.currency if found.deal and new.fx else "",
        "fx_rate": new.fx.rate if new.fx else None,
        "fx_rate_on": new.fx.rate_on if new.fx else None,
        "fx_source": new.fx.source.strip() if new.fx else "",
        "remarks": new.remarks,
        "late_reason": new.late_reason,
        "duplicate_justification": new.duplicate_justification,
        "external_id": new.external_id or None,
    }
    for name, value in values.items():
        setattr(payment, name, value)
    payment.content_hash = content_of(payment, proofs=found.proofs).sha256
    return (*values, "content_hash")


def content_of(payment: Payment, *, proofs: tuple[Proof, ...]) -> Content:
    """Return what a decision on the payment is bound to."""
    return Content(
        client_id=payment.client_id,
        deal_id=payment.deal_id,
        amount=payment.amount,
        currency=payment.currency,
        method=payment.method,
        reference=payment.reference,
        received_on=payment.received_on,
        bank_fee=payment.bank_fee,
        withholding=payment.withholding,
        proofs=tuple(proof.sha256 for proof in proofs),
        fx=payment.fx,
    )


def insert(written: Written) -> Payment:
    """Store a new payment under the next code, with its proofs.

    Raises: ChequeAlreadyUsed, PaymentAlreadyExists.
    """
    payment = written.payment
    payment.code = next_code("PY")
    with refused_twice():
        payment.save(force_insert=True)
    store_proofs(payment, written.proofs)
    return payment


def store_proofs(payment: Payment, proofs: tuple[Proof, ...]) -> None:
    """Store the proofs of a payment that has none."""
    PaymentProof.objects.bulk_create(
        PaymentProof(
            payment=payment,
            file_id=proof.file_id,
            sha256=proof.sha256,
            perceptual_hash=proof.perceptual_hash,
        )
        for proof in proofs
    )


def proofs_of(payment: Payment) -> tuple[Proof, ...]:
    """Return the stored proofs of a payment."""
    rows = payment.proofs.order_by("pk").values_list("file_id", "sha256", "perceptual_hash")
    return tuple(Proof(*row) for row in rows)


@contextmanager
def refused_twice() -> Iterator[None]:
    """Turn the unique violation of whoever loses a race into the error of the rule.

    Raises: ChequeAlreadyUsed, PaymentAlreadyExists, ExternalIdTaken.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        for trace, meaning in _ONCE.items():
            if trace in str(error):
                raise meaning from error
        raise


_ONCE: dict[str, type[DomainError]] = {
    "payment_cheque_once": ChequeAlreadyUsed,
    "client_reference": PaymentAlreadyExists,
    "external_id": ExternalIdTaken,
}


def _refuse_repeat(new: NewPayment) -> None:
    reference = new.client_reference
    if reference and Payment.objects.filter(client_reference=reference).exists():
        raise PaymentAlreadyExists


def _amount(money: Money | None) -> Decimal:
    return money.amount if money else Decimal(0)
