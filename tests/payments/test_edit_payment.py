"""Changing a payment before its decision; its remarks at any time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import StaleVersion, ValidationFailed
from tenant_apps.accounts.models import User
from tenant_apps.approvals.selectors import decisions_of, is_party
from tenant_apps.approvals.services import MakerIsChecker, NewPolicy, NewStep, create_policy
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    Approval,
    NotTheMaker,
    PaymentAlreadyDecided,
    Refusal,
    approve_payment,
    edit_payment,
    request_changes,
    resubmit_payment,
    withdraw_payment,
)
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory, split
from tests.factories.documents import StoredFileFactory
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.payments.figures import dollars

URL = "/api/business/payments/"


@pytest.fixture
def payment(sam: User, at_noon: datetime) -> Payment:
    """Return 400.00 that Sam submitted for a won deal of his."""
    return SubmittedPaymentFactory(by=sam, at=at_noon)


def edit(payment: Payment, by: User, at: datetime, **changes: Any) -> Payment:
    """Change the payment as it is now."""
    version = Payment.objects.values_list("version", flat=True).get(pk=payment.pk)
    return edit_payment(
        payment_id=payment.pk, changes=changes, expected_version=version, by=by, at=at
    )


def two_pairs_of_eyes(by: User, at: datetime) -> None:
    """Ask for two verifiers from now on."""
    step = NewStep(permission="payments.decide", approvals_needed=2)
    new = NewPolicy(name="Two", subject_type="payments.payment", steps=(step,), priority=9)
    create_policy(new=new, by=by, at=at)


class TestWhoTakesOver:
    @pytest.fixture
    def sent_back(self, sam: User, suki: User, vera: User, at_noon: datetime) -> Payment:
        """Return a payment that Suki made for a deal of Sam's, back for changes."""
        deal = WonDealFactory(by=sam, splits=split((sam, "50"), (suki, "50")), at=at_noon)
        payment = SubmittedPaymentFactory(by=suki, deal=deal, at=at_noon)
        return request_changes(
            payment_id=payment.pk, checker=vera, refusal=Refusal(reason="Blurred"), at=at_noon
        )

    def test_the_owner_of_the_deal_hands_it_in_again(
        self, sent_back: Payment, sam: User, at_noon: datetime
    ) -> None:
        with pytest.raises(NotTheMaker):
            resubmit_payment(payment_id=sent_back.pk, by=sam, at=at_noon)
        edit(sent_back, sam, at_noon, reference="Legible")
        again = resubmit_payment(payment_id=sent_back.pk, by=sam, at=at_noon)

        assert (again.status, again.submitted_by_id) == ("submitted", sam.pk)

    def test_or_withdraws_it(self, sent_back: Payment, sam: User, at_noon: datetime) -> None:
        edit(sent_back, sam, at_noon, reference="Legible")
        assert withdraw_payment(payment_id=sent_back.pk, by=sam, at=at_noon).status == "withdrawn"


class TestEditPayment:
    def test_changes_what_is_named_and_the_hash(
        self, sam: User, payment: Payment, at_noon: datetime
    ) -> None:
        edited = edit(payment, sam, at_noon, money=dollars(410))

        assert (edited.money, edited.method) == (dollars(410), "bank_transfer")
        assert edited.content_hash != payment.content_hash
        assert edited.version == payment.version + 1

    def test_voids_the_decisions_that_were_made(
        self, adam: User, sam: User, vera: User, viktor: User, at_noon: datetime
    ) -> None:
        two_pairs_of_eyes(adam, at_noon)
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        edit(payment, sam, at_noon, money=dollars(410))

        (void,) = decisions_of(payment.pk)
        assert void.round_number < void.request.round_number
        approve_payment(payment_id=payment.pk, checker=viktor, approval=Approval(), at=at_noon)
        assert Payment.objects.get(pk=payment.pk).is_submitted  # Vera has to look again

    def test_makes_the_editor_a_maker(
        self, adam: User, payment: Payment, at_noon: datetime
    ) -> None:
        edit(payment, adam, at_noon, reference="4712")

        assert is_party(object_id=payment.pk, user_id=adam.pk, sides=["maker"])
        with pytest.raises(MakerIsChecker):
            approve_payment(payment_id=payment.pk, checker=adam, approval=Approval(), at=at_noon)

    def test_is_refused_to_whoever_has_decided(
        self, adam: User, olga: User, sam: User, at_noon: datetime
    ) -> None:
        two_pairs_of_eyes(olga, at_noon)
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        approve_payment(payment_id=payment.pk, checker=adam, approval=Approval(), at=at_noon)

        with pytest.raises(MakerIsChecker):
            edit(payment, adam, at_noon, money=dollars(1))

    def test_adds_the_sellers_of_the_new_deal(
        self, sam: User, suki: User, payment: Payment, at_noon: datetime
    ) -> None:
        other = WonDealFactory(
            by=sam, at=at_noon, client=payment.client, splits=split((suki, "100"))
        )
        edited = edit(payment, sam, at_noon, deal=other.pk)

        assert edited.deal_id == other.pk
        assert is_party(object_id=payment.pk, user_id=suki.pk, sides=["interested"])

    def test_replaces_the_proofs(self, sam: User, payment: Payment, at_noon: datetime) -> None:
        other = StoredFileFactory(by=sam, at=at_noon)
        edited = edit(payment, sam, at_noon, proofs=(other.pk,))

        assert [proof.file_id for proof in edited.proofs.all()] == [other.pk]
        assert edited.content_hash != payment.content_hash

    def test_refuses_a_stale_version(self, sam: User, payment: Payment, at_noon: datetime) -> None:
        edit(payment, sam, at_noon, reference="first")
        with pytest.raises(StaleVersion):
            edit_payment(
                payment_id=payment.pk,
                changes={"reference": "second"},
                expected_version=payment.version,
                by=sam,
                at=at_noon,
            )

    @pytest.mark.parametrize(
        "changes",
        [{"proofs": ()}, {"method": "cheque", "reference": ""}, {"bank_fee": dollars(500)}],
    )
    def test_never_leaves_what_could_not_be_submitted(
        self, sam: User, payment: Payment, at_noon: datetime, changes: Mapping[str, Any]
    ) -> None:
        with pytest.raises(ValidationFailed):
            edit(payment, sam, at_noon, **changes)

    def test_works_on_what_was_sent_back(
        self, sam: User, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        refusal = Refusal(reason="Which amount?")
        request_changes(payment_id=payment.pk, checker=vera, refusal=refusal, at=at_noon)

        assert edit(payment, sam, at_noon, money=dollars(410)).is_sent_back

    def test_changes_only_the_remarks_after_the_decision(
        self, sam: User, at_noon: datetime
    ) -> None:
        verified = VerifiedPaymentFactory(by=sam, at=at_noon)
        assert edit(verified, sam, at_noon, remarks="Filed.").remarks == "Filed."

        with pytest.raises(PaymentAlreadyDecided):
            edit(verified, sam, at_noon, money=dollars(1))

    def test_leaves_before_and_after_in_the_log(
        self, sam: User, payment: Payment, at_noon: datetime
    ) -> None:
        edit(payment, sam, at_noon, money=dollars(410))

        events = history_of(subject_type="payments.payment", subject_id=payment.pk)
        (changed,) = [event for event in events if event.name == "payments.payment_changed"]
        assert changed.before is not None
        assert changed.after is not None
        assert (changed.before["amount"], changed.after["amount"]) == ("400.0000", "410.0000")

    def test_leaves_nothing_when_nothing_differs(
        self, sam: User, payment: Payment, at_noon: datetime
    ) -> None:
        same = edit(payment, sam, at_noon, money=dollars(400), deal=payment.deal_id)

        assert same.version == payment.version


class TestEditPaymentOverHttp:
    def test_takes_back_what_it_showed(self, as_sam: PrsClient, payment: Payment) -> None:
        shown = ok(as_sam.get(f"{URL}{payment.pk}/"))
        sent = {**shown, "remarks": "Paid by the parent company."}
        data = ok(as_sam.patch(f"{URL}{payment.pk}/", sent, version=shown["version"]))

        assert data["remarks"] == "Paid by the parent company."
        assert data["content_hash"] == shown["content_hash"]

    def test_needs_the_version(self, as_sam: PrsClient, payment: Payment) -> None:
        error(as_sam.patch(f"{URL}{payment.pk}/", {"remarks": "x"}), 428)
        error(as_sam.patch(f"{URL}{payment.pk}/", {"remarks": "x"}, version=99), 412)

    @pytest.mark.parametrize(
        "name", ["status", "verified_amount", "maker", "code", "content_hash", "applied"]
    )
    def test_refuses_what_nobody_may_set(
        self, as_sam: PrsClient, payment: Payment, name: str
    ) -> None:
        refused = error(as_sam.patch(f"{URL}{payment.pk}/", {name: "x"}, version=1), 400)

        assert [problem["field"] for problem in refused["errors"]] == [f"/{name}"]

    def test_is_refused_to_others(
        self, as_vera: PrsClient, as_suki: PrsClient, as_mallory: PrsClient, payment: Payment
    ) -> None:
        body = {"remarks": "x"}
        error(as_vera.patch(f"{URL}{payment.pk}/", body, version=1), 403)
        error(as_suki.patch(f"{URL}{payment.pk}/", body, version=1), 404)
        error(as_mallory.patch(f"{URL}{payment.pk}/", body, version=1), 404)
