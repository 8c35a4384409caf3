"""Change a payment before its decision; its remarks at any time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import Gathering, StaleVersion
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.approvals.services import renew_request
from tenant_apps.deals.selectors import deal_terms
from tenant_apps.payments.events import PaymentChanged
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services.checks import check_submittable, check_written
from tenant_apps.payments.services.inputs import NewPayment
from tenant_apps.payments.services.locks import lock_payment
from tenant_apps.payments.services.lookup import (
    Found,
    Proof,
    find_client,
    find_deal_id,
    find_proofs,
    without_repeats,
)
from tenant_apps.payments.services.parties import note_maker, request_of
from tenant_apps.payments.services.rating import rate
from tenant_apps.payments.services.reviewing import PaymentAlreadyDecided
from tenant_apps.payments.services.writing import (
    content_of,
    fill,
    proofs_of,
    refused_twice,
    store_proofs,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


@transaction.atomic
def edit_payment(
    *,
    payment_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int,
    by: "User",
    at: datetime,
) -> Payment:
    """Change what `changes` names (fields of NewPayment) and leave the rest.

    Whoever changes the content becomes a maker, and a submitted payment asks anew for its
    decisions; once it is decided only the remarks change. Locks the old and the new deal, then the
    payment; records PaymentChanged when anything differs.
    Raises: StaleVersion, PaymentAlreadyDecided, MakerIsChecker, ValidationFailed,
    PossibleDuplicate, ChequeAlreadyUsed.
    """
    new_deal_id = find_deal_id(changes.get("deal"), by=by)
    payment = lock_payment(payment_id, with_deals=[new_deal_id])
    if payment.version != expected_version:
        raise StaleVersion
    proofs = proofs_of(payment)
    current = _as_sent(payment, proofs)
    new = replace(current, **{**changes, **({"deal": new_deal_id} if "deal" in changes else {})})
    together = Gathering()
    found = _find_changed(new, current, proofs=proofs, by=by, together=together)
    if not together.has_found and _is_same(new, current, found):
        return _change_remarks(payment, new.remarks, by=by, at=at)
    if not payment.is_editable:
        raise PaymentAlreadyDecided("Only the remarks of a decided payment can change.")
    return _change_content(payment, new, found=found, by=by, at=at, together=together)


def _as_sent(payment: Payment, proofs: tuple[Proof, ...]) -> NewPayment:
    """Return the payment as its maker would have to send it now."""
    return NewPayment(
        client=payment.client_id,
        deal=payment.deal_id,
        money=payment.money,
        method=payment.method,
        reference=payment.reference,
        received_on=payment.received_on,
        bank_fee=money_of(payment.bank_fee, payment.currency),
        withholding=money_of(payment.withholding, payment.currency),
        fx=payment.fx,
        remarks=payment.remarks,
        late_reason=payment.late_reason,
        duplicate_justification=payment.duplicate_justification,
        external_id=payment.external_id,
        proofs=tuple(proof.file_id for proof in proofs),
    )


def _find_changed(
    new: NewPayment,
    current: NewPayment,
    *,
    proofs: tuple[Proof, ...],
    by: "User",
    together: Gathering,
) -> Found:
    """Look up what differs; what stays is not asked for anew, the editor may not see it alone."""
    deal = deal_terms(new.deal) if isinstance(new.deal, UUID) else None
    client_id = UUID(str(current.client))
    added: tuple[Proof, ...] = ()
    with together.part():
        if new.client != current.client or new.deal != current.deal:
            client_id = find_client(new.client, deal=deal, by=by)
    known = {proof.file_id: proof for proof in proofs}
    with together.part():
        added = find_proofs([file_id for file_id in new.proofs if file_id not in known], by=by)
    kept = tuple(known[file_id] for file_id in new.proofs if file_id in known)
    return Found(client_id=client_id, deal=deal, proofs=without_repeats(kept + added))


def _is_same(new: NewPayment, current: NewPayment, found: Found) -> bool:
    """Return whether nothing but the remarks differs."""
    zero = Money.zero(new.money.currency)
    settled = replace(
        new,
        client=found.client_id,
        remarks=current.remarks,
        bank_fee=new.bank_fee or zero,
        withholding=new.withholding or zero,
        proofs=current.proofs,
    )
    same_proofs = {proof.file_id for proof in found.proofs} == set(current.proofs)
    return same_proofs and settled == current


def _change_remarks(payment: Payment, remarks: str, *, by: "User", at: datetime) -> Payment:
    if remarks == payment.remarks:
        return payment
    before = {"remarks": payment.remarks}
    payment.remarks = remarks
    payment.save(update_fields=["remarks", *payment.mark_changed(by_id=by.pk, at=at)])
    event = PaymentChanged(payment_id=payment.pk)
    record(event, actor=by.actor, at=at, before=before, after={"remarks": remarks})
    return payment


def _change_content(
    payment: Payment,
    new: NewPayment,
    *,
    found: Found,
    by: "User",
    at: datetime,
    together: Gathering,
) -> Payment:
    before = content_of(payment, proofs=proofs_of(payment))
    is_handed_in = not payment.is_draft
    fields = (*fill(payment, new, found=found), "author_id")
    payment.author_id = by.pk
    with together.part():
        proofs = len(found.proofs) if is_handed_in else None
        check_written(new, deal=found.deal, at=at, proofs=proofs)
    after = content_of(payment, proofs=found.proofs)
    if is_handed_in:
        with together.part():
            check_submittable(payment, proofs=found.proofs, by=by)
        fields += ("duplicate_hits",)
    together.refuse()
    if payment.is_submitted and after.sha256 != before.sha256:
        fields += rate(payment, proofs=found.proofs, at=at)
    with refused_twice():
        payment.save(update_fields=[*fields, *payment.mark_changed(by_id=by.pk, at=at)])
    if after.proofs != before.proofs:
        payment.proofs.all().delete()
        store_proofs(payment, found.proofs)
    note_maker(payment, by=by)
    if payment.is_submitted and after.sha256 != before.sha256:
        renew_request(request=request_of(payment, at=at), at=at)
    event = PaymentChanged(payment_id=payment.pk)
    record(event, actor=by.actor, at=at, before=before.as_json(), after=after.as_json())
    return payment
