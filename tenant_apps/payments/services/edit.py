"""Change a payment before its decision; its remarks at any time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from tenant_apps.payments.content import Content
from tenant_apps.payments.events import PaymentChanged
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services.checks import (
    check_as_known,
    check_external_id,
    check_submittable,
    check_written,
)
from tenant_apps.payments.services.inputs import NewPayment
from tenant_apps.payments.services.locks import lock_payment
from tenant_apps.payments.services.lookup import (
    NOBODY,
    Found,
    Proof,
    check_uploads,
    find_client,
    find_deal_id,
    find_proofs,
    keeping_proofs,
    to_be_kept,
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
    so_far: Gathering | None = None,
) -> Payment:
    """Change what `changes` names (fields of NewPayment) and leave the rest; uploads are added.

    Whoever changes the content becomes a maker, and a submitted payment asks anew for its
    decisions; once it is decided only the remarks change. Locks the old and the new deal, then the
    payment; records PaymentChanged when anything differs. Uploads are stored once nothing is wrong.
    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: StaleVersion, PaymentAlreadyDecided, MakerIsChecker, ValidationFailed,
    PossibleDuplicate, ChequeAlreadyUsed, ExternalIdTaken.
    """
    new_deal_id = find_deal_id(changes.get("deal"), by=by)
    payment = lock_payment(payment_id, with_deals=[new_deal_id])
    if payment.version != expected_version:
        raise StaleVersion
    proofs = proofs_of(payment)
    current = _as_sent(payment, proofs)
    new = replace(current, **{**changes, **({"deal": new_deal_id} if "deal" in changes else {})})
    together = so_far or Gathering()
    files = check_uploads(new, together)
    found = _find_changed(new, current, proofs=proofs, by=by, together=together)
    found = replace(found, proofs=without_repeats((*to_be_kept(files), *found.proofs)))
    if not together.has_found and _is_same(new, current, found):
        return _change_remarks(payment, new.remarks, by=by, at=at)
    if not payment.is_editable:
        raise PaymentAlreadyDecided("Only the remarks of a decided payment can change.")
    edit = _Edit(new, found, content_of(payment, proofs=proofs))
    _check(payment, edit, by=by, at=at, together=together)
    together.refuse()
    added = {proof.sha256 for proof in found.proofs if proof.file_id == NOBODY}
    with keeping_proofs((each for each in files if each.sha256 in added), by=by, at=at) as stored:
        _change_content(payment, edit, stored, by=by, at=at)
    return payment


@dataclass(frozen=True)
class _Edit:
    """What is to stand, what it names, uploads that are not stored included, and what stood."""

    new: NewPayment
    found: Found
    before: Content

    @property
    def adds_files(self) -> bool:
        """Return whether there are proofs to be stored."""
        return any(proof.file_id == NOBODY for proof in self.found.proofs)


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
        uploads=(),
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


def _check(payment: Payment, edit: _Edit, *, by: "User", at: datetime, together: Gathering) -> None:
    """Put the changes onto the payment, and gather what is wrong with them. Stores nothing."""
    is_handed_in, proofs = not payment.is_draft, edit.found.proofs
    fill(payment, edit.new, found=edit.found)
    with together.part():
        amount = len(proofs) if is_handed_in else None
        check_written(edit.new, deal=edit.found.deal, at=at, proofs=amount)
    with together.part():
        check_external_id(payment.external_id, payment_id=payment.pk)
    if is_handed_in:
        with together.part():
            # with files to store it is asked in turn once they are stored: nobody waits for them
            check = check_as_known if edit.adds_files else check_submittable
            check(payment, proofs=proofs, by=by)


def _change_content(
    payment: Payment, edit: _Edit, stored: tuple[Proof, ...], *, by: "User", at: datetime
) -> None:
    """Store what `_check` has found right, with the proofs that were stored for it."""
    kept = tuple(proof for proof in edit.found.proofs if proof.file_id != NOBODY)
    found = replace(edit.found, proofs=kept + stored)
    fields = (*fill(payment, edit.new, found=found), "author_id")
    payment.author_id = by.pk
    if not payment.is_draft:
        fields += ("duplicate_hits",)
        if edit.adds_files:
            check_submittable(payment, proofs=found.proofs, by=by)
    before, after = edit.before, content_of(payment, proofs=found.proofs)
    is_asked_anew = payment.is_submitted and after.sha256 != before.sha256
    if is_asked_anew:
        fields += rate(payment, proofs=found.proofs, at=at)
    with refused_twice():
        payment.save(update_fields=[*fields, *payment.mark_changed(by_id=by.pk, at=at)])
    if after.proofs != before.proofs:
        payment.proofs.all().delete()
        store_proofs(payment, found.proofs)
    note_maker(payment, by=by)
    if is_asked_anew:
        renew_request(request=request_of(payment, at=at), at=at)
    event = PaymentChanged(payment_id=payment.pk)
    record(event, actor=by.actor, at=at, before=before.as_json(), after=after.as_json())
