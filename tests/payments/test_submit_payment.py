"""Submitting payments, and writing them down as drafts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.approvals.selectors import deciders_of, is_party
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    ChequeAlreadyUsed,
    ExternalIdTaken,
    NewPayment,
    PaymentAlreadyExists,
    PaymentNotDraft,
    PossibleDuplicate,
    draft_payment,
    submit_draft,
    submit_payment,
)
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory, split
from tests.factories.documents import PLAIN_PDF, StoredFileFactory
from tests.factories.payments import PaymentFactory, SubmittedPaymentFactory
from tests.payments.figures import dollars


@pytest.fixture
def new(sam: User, at_noon: datetime) -> NewPayment:
    """Return 400.00 by bank transfer for a won deal of Sam's, with a proof."""
    deal = WonDealFactory(by=sam, at=at_noon)
    return NewPayment(
        client=deal.client_id,
        deal=deal.pk,
        money=dollars(400),
        method="bank_transfer",
        reference="4711",
        received_on=date(2026, 3, 2),
        proofs=(StoredFileFactory(by=sam, at=at_noon).pk,),
    )


def problem_of(refused: pytest.ExceptionInfo[ValidationFailed]) -> tuple[str, str]:
    """Return the place and the code of the one problem."""
    (problem,) = refused.value.problems
    return problem.field, problem.code


class TestSubmitPayment:
    def test_waits_for_its_decision(self, sam: User, new: NewPayment, at_noon: datetime) -> None:
        payment = submit_payment(new=new, by=sam, at=at_noon)

        assert (payment.status, payment.code) == ("submitted", "PY-0001")
        assert payment.submitted_at == at_noon
        events = history_of(subject_type="payments.payment", subject_id=payment.pk)
        assert [event.name for event in events] == ["payments.payment_submitted"]

    def test_names_who_can_verify_it(
        self, sam: User, vera: User, new: NewPayment, at_noon: datetime
    ) -> None:
        payment = submit_payment(new=new, by=sam, at=at_noon)

        assert vera.pk in deciders_of(payment.pk)
        assert sam.pk not in deciders_of(payment.pk)

    def test_puts_everyone_who_gains_by_it_on_the_makers_side(
        self, sam: User, suki: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon, splits=split((sam, "70"), (suki, "30")))
        payment = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon)

        assert is_party(object_id=payment.pk, user_id=sam.pk, sides=["maker"])
        assert is_party(object_id=payment.pk, user_id=suki.pk, sides=["interested"])

    def test_needs_a_proof_for_a_bank_transfer(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        with pytest.raises(ValidationFailed) as refused:
            submit_payment(new=replace(new, proofs=()), by=sam, at=at_noon)

        assert problem_of(refused) == ("/proofs", "required")
        assert not Payment.objects.exists()

    def test_needs_no_proof_for_cash(self, sam: User, new: NewPayment, at_noon: datetime) -> None:
        payment = submit_payment(new=replace(new, proofs=(), method="cash"), by=sam, at=at_noon)

        assert payment.status == "submitted"

    def test_refuses_a_day_that_has_not_come(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        with pytest.raises(ValidationFailed) as refused:
            submit_payment(new=replace(new, received_on=date(2026, 3, 3)), by=sam, at=at_noon)

        assert problem_of(refused) == ("/received_on", "in_the_future")

    def test_takes_the_day_of_the_organization(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        late = at_noon.replace(hour=23, minute=30)  # 3 March in Berlin
        payment = submit_payment(new=replace(new, received_on=date(2026, 3, 3)), by=sam, at=late)

        assert payment.received_on == date(2026, 3, 3)

    def test_asks_why_an_old_payment_comes_only_now(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        old = replace(new, received_on=date(2026, 3, 2) - timedelta(days=91))
        with pytest.raises(ValidationFailed) as refused:
            submit_payment(new=old, by=sam, at=at_noon)
        assert problem_of(refused) == ("/late_reason", "required")

        told = replace(old, late_reason="The bank statement came late.")
        assert submit_payment(new=told, by=sam, at=at_noon).status == "submitted"

    def test_refuses_another_currency_than_the_deals(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        euros = replace(new, money=Money.of("400.00", "EUR"))
        with pytest.raises(ValidationFailed) as refused:
            submit_payment(new=euros, by=sam, at=at_noon)

        assert problem_of(refused) == ("/amount", "currency_mismatch")

    @pytest.mark.parametrize(
        ("change", "place"),
        [
            ({"bank_fee": Money.of(1, "EUR")}, "/bank_fee"),
            ({"withholding": Money.of(-1, "USD")}, "/withholding"),
            ({"bank_fee": dollars(300), "withholding": dollars(101)}, "/amount"),
        ],
    )
    def test_refuses_deductions_that_do_not_fit(
        self,
        sam: User,
        new: NewPayment,
        at_noon: datetime,
        change: dict[str, Money],
        place: str,
    ) -> None:
        with pytest.raises(ValidationFailed) as refused:
            submit_payment(new=replace(new, **change), by=sam, at=at_noon)  # type: ignore[arg-type]  # amounts

        assert problem_of(refused)[0] == place

    def test_refuses_a_deal_of_another_client(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        other = ClientFactory(by=sam, at=at_noon)
        with pytest.raises(ValidationFailed) as refused:
            submit_payment(new=replace(new, client=other.pk), by=sam, at=at_noon)

        assert problem_of(refused) == ("/deal", "other_client")

    def test_takes_the_client_and_the_deal_by_code(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        payment = submit_payment(
            new=replace(new, client="CL-0001", deal="DL-0001"), by=sam, at=at_noon
        )

        assert payment.client_id == new.client

    def test_lets_a_credited_seller_pay_into_a_colleagues_deal(
        self, sam: User, suki: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon, splits=split((sam, "70"), (suki, "30")))
        payment = SubmittedPaymentFactory(by=suki, deal=deal, at=at_noon)

        assert payment.maker_id == suki.pk

    @pytest.mark.parametrize("field", ["client", "deal"])
    def test_does_not_tell_a_colleagues_object_from_none(
        self, suki: User, new: NewPayment, at_noon: datetime, field: str
    ) -> None:
        answers = []
        for reference in (getattr(new, field), uuid4()):
            named: dict[str, Any] = {"deal": None, field: reference}
            sent = replace(new, proofs=(), method="cash", **named)
            with pytest.raises(ValidationFailed) as refused:
                submit_payment(new=sent, by=suki, at=at_noon)
            answers.append(refused.value.problems)

        assert answers[0] == answers[1]
        assert answers[0][0].field == f"/{field}"

    def test_refuses_a_proof_that_a_colleague_uploaded(
        self, sam: User, suki: User, new: NewPayment, at_noon: datetime
    ) -> None:
        theirs = StoredFileFactory(by=suki, at=at_noon)
        with pytest.raises(ValidationFailed) as refused:
            submit_payment(new=replace(new, proofs=(theirs.pk,)), by=sam, at=at_noon)

        assert problem_of(refused) == ("/proofs/0", "not_found")

    def test_refuses_a_lost_deal(self, sam: User, new: NewPayment, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        type(deal).objects.filter(pk=deal.pk).update(status="lost", lost_reason="Too dear")
        with pytest.raises(ValidationFailed) as refused:
            submit_payment(
                new=replace(new, client=deal.client_id, deal=deal.pk), by=sam, at=at_noon
            )

        assert problem_of(refused) == ("/deal", "deal_closed")

    def test_refuses_a_client_reference_that_made_a_payment_before(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        first = replace(new, client_reference="a" * 64)
        submit_payment(new=first, by=sam, at=at_noon)

        again = replace(first, duplicate_justification="Sent again.")
        with pytest.raises(PaymentAlreadyExists):
            submit_payment(new=again, by=sam, at=at_noon)

    def test_refuses_an_external_id_twice(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        PaymentFactory(by=sam, at=at_noon, external_id="X-1")
        with pytest.raises(ExternalIdTaken):
            submit_payment(new=replace(new, external_id="X-1"), by=sam, at=at_noon)


class TestCheques:
    def test_need_their_number(self, sam: User, new: NewPayment, at_noon: datetime) -> None:
        with pytest.raises(ValidationFailed) as refused:
            submit_payment(new=replace(new, method="cheque", reference=" "), by=sam, at=at_noon)

        assert problem_of(refused) == ("/reference", "required")

    def test_are_taken_once(self, sam: User, suki: User, at_noon: datetime) -> None:
        SubmittedPaymentFactory(by=sam, at=at_noon, method="cheque", reference="CH-1")
        with pytest.raises(ChequeAlreadyUsed):
            SubmittedPaymentFactory(by=suki, at=at_noon, method="cheque", reference="CH-1")

    def test_may_wait_as_a_draft_without_a_number(self, sam: User, at_noon: datetime) -> None:
        assert PaymentFactory(by=sam, at=at_noon, method="cheque", reference="").is_draft


class TestLookAlikes:
    def test_are_refused_with_the_codes_that_the_person_may_see(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        submit_payment(new=new, by=sam, at=at_noon)
        other_proof = (StoredFileFactory(by=sam, at=at_noon).pk,)

        with pytest.raises(PossibleDuplicate) as refused:
            submit_payment(
                new=replace(new, received_on=date(2026, 2, 27), proofs=other_proof),
                by=sam,
                at=at_noon,
            )

        assert [problem.message for problem in refused.value.problems] == [
            "It looks like PY-0001: the same client, amount and method, on a near day or with the"
            " same reference."
        ]

    def test_pass_with_a_justification(self, sam: User, new: NewPayment, at_noon: datetime) -> None:
        submit_payment(new=new, by=sam, at=at_noon)
        second = submit_payment(
            new=replace(new, duplicate_justification="Two instalments on one day."),
            by=sam,
            at=at_noon,
        )

        assert second.code == "PY-0002"

    def test_are_found_by_their_proof_alone(self, sam: User, suki: User, at_noon: datetime) -> None:
        content = PLAIN_PDF + b"% the same bytes\n"
        SubmittedPaymentFactory(
            by=sam, at=at_noon, proofs=(StoredFileFactory(by=sam, content=content).pk,)
        )
        copy = StoredFileFactory(by=suki, content=content)

        with pytest.raises(PossibleDuplicate) as refused:
            SubmittedPaymentFactory(
                by=suki,
                at=at_noon,
                money=dollars(7),
                proofs=(copy.pk,),
                duplicate_justification="",
            )

        (problem,) = refused.value.problems
        assert problem.message == "It looks like a payment you cannot see."

    @pytest.mark.parametrize(
        ("status", "found"), [("rejected", ["same_proof"]), ("withdrawn", None)]
    )
    def test_of_dead_payments_are_proofs_that_were_refused(
        self, sam: User, new: NewPayment, at_noon: datetime, status: str, found: list[str] | None
    ) -> None:
        first = submit_payment(new=new, by=sam, at=at_noon)
        Payment.objects.filter(pk=first.pk).update(status=status)
        if found:
            with pytest.raises(PossibleDuplicate) as refused:
                submit_payment(new=new, by=sam, at=at_noon)
            assert [problem.code for problem in refused.value.problems] == found
        proofs = (StoredFileFactory(by=sam, at=at_noon).pk,) if found else new.proofs

        assert submit_payment(new=replace(new, proofs=proofs), by=sam, at=at_noon).code

    @pytest.mark.parametrize(
        "change",
        [
            {"money": dollars("400.01")},
            {"method": "cash"},
            {"received_on": date(2026, 2, 26), "reference": "4712"},
        ],
    )
    def test_differ_by_amount_method_or_day_and_reference(
        self, sam: User, new: NewPayment, at_noon: datetime, change: dict[str, object]
    ) -> None:
        submit_payment(new=new, by=sam, at=at_noon)
        proofs = (StoredFileFactory(by=sam, at=at_noon).pk,)
        other = replace(new, proofs=proofs, **change)  # type: ignore[arg-type]  # fields of NewPayment

        assert submit_payment(new=other, by=sam, at=at_noon).status == "submitted"


class TestDrafts:
    def test_wait_without_a_proof_and_ask_nobody(self, sam: User, at_noon: datetime) -> None:
        draft = PaymentFactory(by=sam, at=at_noon, proofs=())

        assert draft.is_draft
        assert deciders_of(draft.pk) == []

    def test_are_checked_when_they_are_submitted(self, sam: User, at_noon: datetime) -> None:
        draft = PaymentFactory(by=sam, at=at_noon, proofs=())
        with pytest.raises(ValidationFailed) as refused:
            submit_draft(payment_id=draft.pk, by=sam, at=at_noon)

        assert problem_of(refused) == ("/proofs", "required")

    def test_are_submitted_once(self, sam: User, at_noon: datetime) -> None:
        draft = PaymentFactory(by=sam, at=at_noon)
        assert submit_draft(payment_id=draft.pk, by=sam, at=at_noon).is_submitted

        with pytest.raises(PaymentNotDraft):
            submit_draft(payment_id=draft.pk, by=sam, at=at_noon)

    def test_make_whoever_submits_them_a_maker(
        self, adam: User, sam: User, at_noon: datetime
    ) -> None:
        draft = PaymentFactory(by=sam, at=at_noon)
        submit_draft(payment_id=draft.pk, by=adam, at=at_noon)

        assert is_party(object_id=draft.pk, user_id=adam.pk, sides=["maker"])
        assert not set(deciders_of(draft.pk)) & {adam.pk, sam.pk}

    def test_leave_one_event_per_step(self, sam: User, at_noon: datetime) -> None:
        draft = PaymentFactory(by=sam, at=at_noon)
        submit_draft(payment_id=draft.pk, by=sam, at=at_noon)

        events = history_of(subject_type="payments.payment", subject_id=draft.pk)
        names = {event.name for event in events}
        assert names == {"payments.payment_drafted", "payments.payment_submitted"}

    def test_need_no_deal(self, sam: User, at_noon: datetime) -> None:
        client = ClientFactory(by=sam, at=at_noon)
        new = NewPayment(
            client=client.pk, money=dollars(5), method="cash", received_on=date(2026, 3, 1)
        )

        assert draft_payment(new=new, by=sam, at=at_noon).deal_id is None
