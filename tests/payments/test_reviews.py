"""Who looks at a payment, until when, and who may take it over."""

from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import PermissionRefused, ValidationFailed
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker, NewPolicy, NewStep, create_policy
from tenant_apps.payments.models import Payment
from tenant_apps.payments.review import held_review, queue_figures
from tenant_apps.payments.services import (
    Approval,
    Assignment,
    PaymentAlreadyDecided,
    Refusal,
    ReviewHeldByAnother,
    ReviewNotHeld,
    approve_payment,
    assign_review,
    claim_review,
    note_lapsed_reviews,
    note_overdue_reviews,
    reject_payment,
    release_review,
)
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.payments import PaymentFactory, SubmittedPaymentFactory
from tests.payments.racing import race
from tests.queries import queries_of

URL = "/api/business/payments/"


@pytest.fixture
def payment(sam: User, at_noon: datetime) -> Payment:
    """Return a payment that Sam submitted on Monday at noon."""
    return SubmittedPaymentFactory(by=sam, at=at_noon)


def holder_of(payment: Payment, at: datetime) -> str | None:
    """Return the first name of whoever holds the review."""
    held = held_review(payment.pk, at=at)
    return held.reviewer.first_name if held else None


def events_of(payment: Payment) -> list[str]:
    """Return the names of what happened to a payment, oldest first."""
    events = history_of(subject_type="payments.payment", subject_id=payment.pk)
    return [event.name.removeprefix("payments.payment_") for event in events][::-1]


class TestClaim:
    def test_holds_the_review_for_half_an_hour(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        claim_review(payment_id=payment.pk, by=vera, at=at_noon)

        assert holder_of(payment, at_noon + timedelta(minutes=29)) == "Vera"
        assert holder_of(payment, at_noon + timedelta(minutes=30)) is None
        assert sorted(events_of(payment)) == ["assigned", "submitted"]

    def test_is_prolonged_by_its_holder(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        for minutes in (0, 20):
            claim_review(payment_id=payment.pk, by=vera, at=at_noon + timedelta(minutes=minutes))
        assert holder_of(payment, at_noon + timedelta(minutes=49)) == "Vera"

    def test_keeps_others_from_deciding(
        self, vera: User, viktor: User, payment: Payment, at_noon: datetime
    ) -> None:
        claim_review(payment_id=payment.pk, by=vera, at=at_noon)
        refusal = Refusal(reason="Nothing came.", failure_reason="not_received")

        with pytest.raises(ReviewHeldByAnother, match=r"Vera Verifier .* until 2026-03-02 11:30"):
            approve_payment(payment_id=payment.pk, checker=viktor, approval=Approval(), at=at_noon)
        with pytest.raises(ReviewHeldByAnother):
            reject_payment(payment_id=payment.pk, checker=viktor, refusal=refusal, at=at_noon)
        with pytest.raises(ReviewHeldByAnother):
            claim_review(payment_id=payment.pk, by=viktor, at=at_noon)

        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        assert holder_of(payment, at_noon) is None

    def test_has_no_force_once_it_ran_out(
        self, vera: User, viktor: User, payment: Payment, at_noon: datetime
    ) -> None:
        claim_review(payment_id=payment.pk, by=vera, at=at_noon)
        later = at_noon + timedelta(minutes=31)
        decided = approve_payment(
            payment_id=payment.pk, checker=viktor, approval=Approval(), at=later
        )
        assert decided.is_verified

    def test_is_taken_over_once_the_review_is_overdue_with_a_reason(
        self, vera: User, viktor: User, payment: Payment, at_noon: datetime
    ) -> None:
        late = at_noon + timedelta(days=1, minutes=1)
        claim_review(payment_id=payment.pk, by=vera, at=late)
        with pytest.raises(ReviewHeldByAnother, match="take it over and say why"):
            claim_review(payment_id=payment.pk, by=viktor, at=late)
        claim_review(payment_id=payment.pk, by=viktor, take_over_because="Vera is away.", at=late)
        assert holder_of(payment, late) == "Viktor"

    def test_is_not_taken_over_before_but_by_whoever_assigns(
        self, adam: User, vera: User, viktor: User, payment: Payment, at_noon: datetime
    ) -> None:
        claim_review(payment_id=payment.pk, by=vera, at=at_noon)
        for person in (viktor, adam):
            call = partial(
                claim_review,
                payment_id=payment.pk,
                by=person,
                take_over_because="Me first.",
                at=at_noon,
            )
            if person is viktor:
                with pytest.raises(ReviewHeldByAnother):
                    call()
            else:
                call()
        assert holder_of(payment, at_noon) == "Adam"

    def test_is_refused_to_makers_and_those_who_gain(
        self, sam: User, adam: User, at_noon: datetime
    ) -> None:
        own = SubmittedPaymentFactory(by=adam, at=at_noon)
        with pytest.raises(MakerIsChecker):
            claim_review(payment_id=own.pk, by=adam, at=at_noon)
        with pytest.raises(MakerIsChecker):
            claim_review(
                payment_id=SubmittedPaymentFactory(by=sam, at=at_noon).pk, by=sam, at=at_noon
            )

    def test_is_refused_for_what_does_not_wait(
        self, vera: User, sam: User, at_noon: datetime
    ) -> None:
        draft = PaymentFactory(by=sam, at=at_noon)
        with pytest.raises(PaymentAlreadyDecided):
            claim_review(payment_id=draft.pk, by=vera, at=at_noon)

    def test_is_refused_to_whoever_has_approved_already(
        self, adam: User, vera: User, sam: User, at_noon: datetime
    ) -> None:
        step = NewStep(permission="payments.decide", approvals_needed=2)
        new = NewPolicy(name="Two", subject_type="payments.payment", steps=(step,), priority=9)
        create_policy(new=new, by=adam, at=at_noon)
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        with pytest.raises(PaymentAlreadyDecided):
            claim_review(payment_id=payment.pk, by=vera, at=at_noon)

    def test_is_won_by_one_of_50(self, fresh_tenant: Tenant) -> None:
        at = utc_now()
        make_cast(at=at)
        payment = SubmittedPaymentFactory(at=at)
        people = [person_named(name) for name in ("vera", "viktor")]
        calls = [
            partial(claim_review, payment_id=payment.pk, by=people[n % 2], at=at) for n in range(50)
        ]
        assert race(fresh_tenant, calls) == {"ok": 25, "review_held_by_another": 25}


class TestRelease:
    def test_gives_the_review_back(
        self, vera: User, viktor: User, payment: Payment, at_noon: datetime
    ) -> None:
        claim_review(payment_id=payment.pk, by=vera, at=at_noon)
        with pytest.raises(ReviewNotHeld):
            release_review(payment_id=payment.pk, by=viktor, at=at_noon)
        release_review(payment_id=payment.pk, by=vera, at=at_noon)
        claim_review(payment_id=payment.pk, by=viktor, at=at_noon)
        with pytest.raises(ReviewNotHeld):
            release_review(payment_id=payment.pk, by=vera, at=at_noon)

    def test_of_others_is_for_whoever_assigns(
        self, vera: User, fay: User, payment: Payment, at_noon: datetime
    ) -> None:
        claim_review(payment_id=payment.pk, by=vera, at=at_noon)
        release_review(payment_id=payment.pk, by=fay, at=at_noon)
        assert holder_of(payment, at_noon) is None


class TestAssignment:
    def test_lets_a_guest_decide_what_is_assigned_and_nothing_else(
        self, fay: User, rita: User, sam: User, payment: Payment, at_noon: datetime
    ) -> None:
        other = SubmittedPaymentFactory(by=sam, at=at_noon)
        assign_review(
            payment_id=payment.pk,
            assignment=Assignment(reviewer_id=rita.pk),
            by=fay,
            at=at_noon,
        )
        decided = approve_payment(
            payment_id=payment.pk, checker=rita, approval=Approval(), at=at_noon
        )
        assert decided.is_verified
        with pytest.raises(PermissionRefused):
            approve_payment(payment_id=other.pk, checker=rita, approval=Approval(), at=at_noon)

    def test_ends_with_its_lease(
        self, fay: User, rita: User, payment: Payment, at_noon: datetime
    ) -> None:
        assign_review(
            payment_id=payment.pk,
            assignment=Assignment(reviewer_id=rita.pk, hours=2),
            by=fay,
            at=at_noon,
        )
        with pytest.raises(PermissionRefused):
            approve_payment(
                payment_id=payment.pk,
                checker=rita,
                approval=Approval(),
                at=at_noon + timedelta(hours=2),
            )

    def test_is_refused_to_people_who_may_not_decide_it(
        self, fay: User, tim: User, adam: User, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(by=adam, at=at_noon)
        for reviewer_id in (tim.pk, uuid4()):
            with pytest.raises(ValidationFailed):
                assign_review(
                    payment_id=payment.pk,
                    assignment=Assignment(reviewer_id=reviewer_id),
                    by=fay,
                    at=at_noon,
                )
        with pytest.raises(MakerIsChecker):
            assign_review(
                payment_id=payment.pk,
                assignment=Assignment(reviewer_id=adam.pk),
                by=fay,
                at=at_noon,
            )


class TestJobs:
    def test_note_an_overdue_review_once(self, payment: Payment, at_noon: datetime) -> None:
        assert note_overdue_reviews(at=at_noon) == 0
        late = at_noon + timedelta(days=1, seconds=1)
        assert note_overdue_reviews(at=late) == 1
        assert note_overdue_reviews(at=late) == 0
        assert events_of(payment)[-1] == "review_overdue"

    def test_note_a_lease_that_ran_out_once(
        self, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        claim_review(payment_id=payment.pk, by=vera, at=at_noon)
        late = at_noon + timedelta(minutes=30)
        assert note_lapsed_reviews(at=late - timedelta(seconds=1)) == 0
        assert note_lapsed_reviews(at=late) == 1
        assert note_lapsed_reviews(at=late) == 0
        assert events_of(payment)[-1] == "unassigned"


class TestFigures:
    def test_count_what_waits_and_time_what_was_decided(
        self, vera: User, viktor: User, sam: User, at_noon: datetime
    ) -> None:
        decided = SubmittedPaymentFactory(by=sam, at=at_noon)
        claimed = SubmittedPaymentFactory(by=sam, at=at_noon)
        claim_review(payment_id=claimed.pk, by=vera, at=at_noon + timedelta(days=2))
        two_days = at_noon + timedelta(days=2)  # 16 working hours
        approve_payment(payment_id=decided.pk, checker=viktor, approval=Approval(), at=two_days)
        figures = queue_figures(viewer=viktor, at=two_days)

        assert (figures.waiting, figures.overdue, figures.held) == (1, 1, 1)
        assert figures.oldest_submitted_at == at_noon
        assert (figures.decided, figures.within_promise_percent) == (1, 0)
        assert (figures.median_s, figures.p95_s) == (16 * 3600, 16 * 3600)


class TestOverHttp:
    def test_claims_shows_and_releases(
        self, as_vera: PrsClient, as_viktor: PrsClient, sam: User
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam)
        shown = ok(as_vera.post(f"{URL}{payment.code}/claim/", {}))
        assert shown["review"]["reviewer"]["name"] == "Vera Verifier"
        [row] = ok(as_viktor.get(f"{URL}queue/"))["results"]
        assert row["review"]["is_assigned"] is False
        assert row["risk"]["reasons"][0]["code"] == "new_client"
        assert row["is_overdue"] is False

        body = {"content_hash": payment.content_hash}
        refused = error(as_viktor.post(f"{URL}{payment.code}/approve/", body), 409)
        assert refused["code"] == "review_held_by_another"
        assert ok(as_vera.post(f"{URL}{payment.code}/release/"))["review"] is None
        assert ok(as_viktor.post(f"{URL}{payment.code}/approve/", body))["status"] == "verified"

    def test_takes_the_guest_from_nothing_to_a_decision_and_back(
        self, as_rita: PrsClient, as_fay: PrsClient, rita: User, sam: User
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam)
        url = f"{URL}{payment.code}/"
        error(as_rita.get(url), 404)
        shown = ok(as_fay.post(f"{url}assign/", {"reviewer": str(rita.pk), "hours": 1}))
        assert shown["review"]["is_assigned"] is True
        assert "Rita Reviewer" in [person["name"] for person in shown["can_verify"]]

        assert ok(as_rita.get(url))["code"] == payment.code
        proof = payment.proofs.get().file_id
        assert as_rita.get(f"{url}proofs/{proof}/content/").status_code == 200
        [row] = ok(as_rita.get(f"{URL}queue/?assigned_to_me=true"))["results"]
        assert row["code"] == payment.code
        body = {"content_hash": payment.content_hash}
        assert ok(as_rita.post(f"{url}approve/", body))["status"] == "verified"
        error(as_rita.get(url), 404)

    def test_says_that_nobody_can_verify_it_until_a_guest_can(
        self, as_olga: PrsClient, rita: User, olga: User, adam: User, vera: User, viktor: User
    ) -> None:
        for person in (adam, vera, viktor):
            person.status = "suspended"
            person.save(update_fields=["status"])
        payment = SubmittedPaymentFactory(by=olga)
        shown = ok(as_olga.get(f"{URL}{payment.code}/"))
        assert (shown["can_verify"], shown["needs_reviewer"]) == ([], True)
        assert "Invite a reviewer" in shown["verification_note"]
        shown = ok(as_olga.post(f"{URL}{payment.code}/assign/", {"reviewer": str(rita.pk)}))
        assert (shown["needs_reviewer"], shown["verification_note"]) == (False, "")

    def test_is_closed_to_others(
        self, as_sam: PrsClient, as_vera: PrsClient, as_mallory: PrsClient, rita: User, sam: User
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam)
        assignment = {"reviewer": str(rita.pk)}
        for end in ("claim", "release", "assign", "unassign"):
            body = assignment if end == "assign" else {}
            assert error(as_sam.post(f"{URL}{payment.code}/{end}/", body), 403)
            for nobody in (payment.pk, uuid4()):
                assert error(as_mallory.post(f"{URL}{nobody}/{end}/", body), 404)
        assert error(as_vera.post(f"{URL}{payment.code}/assign/", assignment), 403)
        error(as_sam.get(f"{URL}queue/figures/"), 403)

    def test_filters_and_orders_by_risk_and_age(
        self, as_vera: PrsClient, sam: User, at_noon: datetime
    ) -> None:
        now = utc_now()
        old = SubmittedPaymentFactory(by=sam, at=now - timedelta(hours=3))
        risky = SubmittedPaymentFactory(by=sam, at=now, method="cash", proofs=())
        late = SubmittedPaymentFactory(by=sam, at=at_noon)

        def codes(query: str) -> list[str]:
            return [row["code"] for row in ok(as_vera.get(f"{URL}queue/{query}"))["results"]]

        assert codes("") == [late.code, risky.code, old.code]
        assert codes("?overdue=true") == [late.code]
        assert codes("?overdue=false") == [risky.code, old.code]
        assert codes("?assigned_to_me=true") == []
        assert ok(as_vera.get(f"{URL}queue/figures/"))["waiting"] == 3

    def test_costs_the_same_for_one_and_for_many_held_reviews(
        self, as_vera: PrsClient, viktor: User, sam: User
    ) -> None:
        costs = []
        for count in (1, 9):
            for _ in range(count):
                payment = SubmittedPaymentFactory(by=sam)
                claim_review(payment_id=payment.pk, by=viktor, at=utc_now())
            costs.append(queries_of(lambda: as_vera.get(f"{URL}queue/?page_size=50")))
            costs.append(queries_of(lambda: as_vera.get(f"{URL}queue/figures/")))
        assert costs[:2] == costs[2:]
