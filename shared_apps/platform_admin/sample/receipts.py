"""The steps of payments: handed in, decided, sent back, withdrawn."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from shared_apps.kernel.money import Money
from shared_apps.platform_admin.sample import words
from shared_apps.platform_admin.sample.plan import PlannedPayment
from shared_apps.platform_admin.sample.proofs import proof_of
from shared_apps.platform_admin.sample.scene import Scene, Step
from tenant_apps.payments.services import (
    Approval,
    NewPayment,
    PossibleDuplicate,
    Refusal,
    approve_payment,
    draft_payment,
    reject_payment,
    request_changes,
    resubmit_payment,
    submit_payment,
    withdraw_payment,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.payments.models import Payment

PROVEN = frozenset({"bank_transfer", "cheque", "wallet"})
JUSTIFICATION = "A second transfer of the same amount; both are on the statement."
BACK_AFTER, APPROVED_AFTER = timedelta(hours=20), timedelta(hours=26)

Act = Callable[[PlannedPayment, datetime], object]


class Receipts:
    """Hands payments in and has them decided."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._payments: dict[int, Payment] = {}
        self._taken: dict[int, Money] = {}

    def steps(self) -> Iterator[Step]:
        """Return what there is to do, in no order."""
        for payment in self.scene.history.payments:
            for rank, (at, act) in enumerate(self._course_of(payment), start=4):
                yield Step(at, rank, payment.number, partial(act, payment))

    def _course_of(self, payment: PlannedPayment) -> list[tuple[datetime, Act]]:
        """Return what happens to a payment and when: its fate, from the first step on."""
        decided_at = payment.decided_at
        decisions: dict[str, list[tuple[datetime, Act]]] = {
            "verified": [(decided_at, self._approve)],
            "rejected": [(decided_at, self._reject)],
            "changes_requested": [(decided_at, self._request_changes)],
            "withdrawn": [(decided_at, self._withdraw)],
            "resubmitted": [
                (decided_at, self._request_changes),
                (decided_at + BACK_AFTER, self._resubmit),
                (decided_at + APPROVED_AFTER, self._approve),
            ],
        }
        enter = self._draft if payment.fate == "draft" else self._submit
        return [(payment.submitted_at, enter), *decisions.get(payment.fate, [])]

    def _draft(self, planned: PlannedPayment, at: datetime) -> None:
        new, maker = self._new_payment(planned), self._maker(planned)
        self._payments[planned.number] = draft_payment(new=new, by=maker, at=at)

    def _submit(self, planned: PlannedPayment, at: datetime) -> None:
        maker = self._maker(planned)
        try:
            with transaction.atomic():
                payment = submit_payment(new=self._new_payment(planned), by=maker, at=at)
        except PossibleDuplicate:
            again = self._new_payment(planned, justification=JUSTIFICATION)
            payment = submit_payment(new=again, by=maker, at=at)
        self._payments[planned.number] = payment
        self._taken[planned.number] = self.scene.accounts[planned.deal].take(payment.money)

    def _new_payment(self, planned: PlannedPayment, *, justification: str = "") -> NewPayment:
        account = self.scene.accounts[planned.deal]
        money = account.part(planned.percent)
        sender = self.scene.profile.mail_domain.partition(".")[0].upper()
        reference = f"{sender}-{planned.number + 1:05}"
        lines = (
            f"{planned.method.replace('_', ' ').capitalize()} {reference}",
            f"Amount: {money}",
            f"Received on {planned.received_on}",
        )
        proofs = (proof_of(*lines, name=reference),) if planned.method in PROVEN else ()
        return NewPayment(
            client=account.deal.client_id,
            deal=account.deal.pk,
            money=money,
            method=planned.method,
            reference=reference,
            received_on=planned.received_on,
            uploads=proofs,
            duplicate_justification=justification,
        )

    def _approve(self, planned: PlannedPayment, at: datetime) -> None:
        payment = self._payments[planned.number]
        approval = Approval(evidence=f"Statement of {at.date()}")
        if planned.short_percent:
            kept = payment.amount * (100 - planned.short_percent) / Decimal(100)
            found = Money.rounded(kept, payment.currency)
            approval = Approval(verified=found, reason="The bank kept its fee.")
        checker = self._checker(planned)
        approve_payment(payment_id=payment.pk, checker=checker, approval=approval, at=at)

    def _reject(self, planned: PlannedPayment, at: datetime) -> None:
        failure, reason = words.REJECTIONS[planned.failure]
        reject_payment(
            payment_id=self._payments[planned.number].pk,
            checker=self._checker(planned),
            refusal=Refusal(reason=reason, failure_reason=failure),
            at=at,
        )
        self._reopen(planned)

    def _request_changes(self, planned: PlannedPayment, at: datetime) -> None:
        refusal = Refusal(reason=words.CHANGES[planned.failure % len(words.CHANGES)])
        payment, checker = self._payments[planned.number], self._checker(planned)
        request_changes(payment_id=payment.pk, checker=checker, refusal=refusal, at=at)

    def _resubmit(self, planned: PlannedPayment, at: datetime) -> None:
        payment = self._payments[planned.number]
        resubmit_payment(payment_id=payment.pk, by=self._maker(planned), at=at)

    def _withdraw(self, planned: PlannedPayment, at: datetime) -> None:
        payment = self._payments[planned.number]
        withdraw_payment(payment_id=payment.pk, by=self._maker(planned), at=at)
        self._reopen(planned)

    def _reopen(self, planned: PlannedPayment) -> None:
        self.scene.accounts[planned.deal].open += self._taken.pop(planned.number)

    def _maker(self, planned: PlannedPayment) -> "User":
        return self.scene.seller(self.scene.history.deals[planned.deal].seller)

    def _checker(self, planned: PlannedPayment) -> "User":
        return self.scene.verifier(planned.verifier)
