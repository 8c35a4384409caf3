"""What a verifier found beside a decision, and what changed since they looked."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from shared_apps.kernel.errors import NotFound, ValidationFailed
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import NewPolicy, NewStep, create_policy
from tenant_apps.payments.differences import diff_since
from tenant_apps.payments.models import Payment
from tenant_apps.payments.review import decision_log
from tenant_apps.payments.services import (
    Approval,
    Refusal,
    approve_payment,
    edit_payment,
    reject_payment,
)
from tests.client import PrsClient, error, ok
from tests.factories.documents import StoredFileFactory
from tests.factories.payments import SubmittedPaymentFactory
from tests.payments.figures import dollars

URL = "/api/business/payments/"


@pytest.fixture
def payment(sam: User, at_noon: datetime) -> Payment:
    """Return 400.00 that Sam submitted."""
    return SubmittedPaymentFactory(by=sam, at=at_noon)


def edit(payment: Payment, by: User, at: datetime, **changes: object) -> Payment:
    """Change a payment as it is now."""
    payment.refresh_from_db()
    return edit_payment(
        payment_id=payment.pk,
        changes=changes,
        expected_version=payment.version,
        by=by,
        at=at,
    )


class TestEvidence:
    def test_is_kept_with_the_decision(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        statement = StoredFileFactory(by=vera, at=at_noon, name="statement.pdf")
        approval = Approval(
            verified=dollars(390),
            reason="Ten dollars of fees.",
            evidence="MT940 of 2 March",
            evidence_files=(statement.pk, statement.pk),
        )
        approve_payment(payment_id=payment.pk, checker=vera, approval=approval, at=at_noon)

        [decision] = decision_log(payment.pk)
        assert decision.evidence == "MT940 of 2 March"
        assert [each.file.name for each in decision.evidence_files] == ["statement.pdf"]

    def test_may_be_given_with_a_refusal(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        statement = StoredFileFactory(by=vera, at=at_noon)
        refusal = Refusal(
            reason="Nothing came.",
            failure_reason="not_received",
            evidence="The statement ends before it.",
            evidence_files=(statement.pk,),
        )
        reject_payment(payment_id=payment.pk, checker=vera, refusal=refusal, at=at_noon)
        [decision] = decision_log(payment.pk)
        assert (decision.evidence, len(decision.evidence_files)) == (refusal.evidence, 1)

    def test_is_a_file_that_the_verifier_may_see(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        approval = Approval(evidence_files=(uuid4(),))
        with pytest.raises(ValidationFailed) as refused:
            approve_payment(payment_id=payment.pk, checker=vera, approval=approval, at=at_noon)
        assert refused.value.problems[0].field == "/evidence_files/0"

    def test_is_downloaded_by_whoever_sees_the_payment(
        self,
        as_vera: PrsClient,
        as_sam: PrsClient,
        as_suki: PrsClient,
        as_mallory: PrsClient,
        vera: User,
        payment: Payment,
    ) -> None:
        statement = StoredFileFactory(by=vera)
        body = {"content_hash": payment.content_hash, "evidence_files": [str(statement.pk)]}
        shown = ok(as_vera.post(f"{URL}{payment.code}/approve/", body))
        [file] = shown["decisions"][0]["evidence_files"]
        url = f"{URL}{payment.code}/evidence/{file['id']}/content/"

        assert as_sam.get(url).status_code == 200
        for stranger in (as_suki, as_mallory):
            error(stranger.get(url), 404)
        proof = payment.proofs.get().file_id
        error(as_sam.get(f"{URL}{payment.code}/evidence/{proof}/content/"), 404)


class TestDiff:
    def test_is_empty_while_nothing_changed(self, vera: User, payment: Payment) -> None:
        found = diff_since(payment, viewer=vera)
        assert (found.is_same, found.since) == (True, payment.content_hash)

    def test_starts_from_what_the_reviewer_decided_on(
        self, adam: User, vera: User, viktor: User, sam: User, at_noon: datetime
    ) -> None:
        step = NewStep(permission="payments.decide", approvals_needed=2)
        new = NewPolicy(name="Two", subject_type="payments.payment", steps=(step,), priority=9)
        create_policy(new=new, by=adam, at=at_noon)
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        first = payment.content_hash
        edit(payment, sam, at_noon, money=dollars(410))
        seen = Payment.objects.get(pk=payment.pk).content_hash
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        later = at_noon + timedelta(hours=1)
        changed = edit(payment, sam, later, money=dollars(420), reference="NEW-1")

        hers, his = diff_since(changed, viewer=vera), diff_since(changed, viewer=viktor)
        assert (hers.since, his.since) == (seen, first)
        assert [(each.field, each.before, each.after) for each in hers.changes] == [
            ("amount", "410.00", "420.00"),
            ("reference", payment.reference, "NEW-1"),
        ]
        assert [(step.changed_by, step.changed_at) for step in hers.steps] == [
            ("Sam Seller", later)
        ]
        assert his.changes[0].before == "400.00"
        assert [each.is_void for each in decision_log(payment.pk)] == [True]

    def test_knows_only_contents_that_the_payment_had(self, vera: User, payment: Payment) -> None:
        with pytest.raises(NotFound):
            diff_since(payment, viewer=vera, since="0" * 64)

    def test_is_shown_to_whoever_sees_the_payment(
        self, as_vera: PrsClient, as_suki: PrsClient, as_mallory: PrsClient, sam: User
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam)
        seen = payment.content_hash
        file = StoredFileFactory(by=sam)
        edit(payment, sam, payment.created_at, proofs=(file.pk,))
        url = f"{URL}{payment.code}/diff/"
        found = ok(as_vera.get(f"{url}?since={seen}"))
        [change] = found["changes"]
        assert (change["field"], change["after"]) == ("proofs", [file.sha256])
        assert found["is_same"] is False
        for stranger in (as_suki, as_mallory):
            error(stranger.get(url), 404)
        error(as_vera.get(f"{url}?since=abc"), 400)
