"""Recoveries: written-off money that is expected again, asked by one and decided by another."""

from datetime import datetime

import pytest

from shared_apps.audit.selectors import history_of
from tenant_apps.accounts.models import User
from tenant_apps.approvals.conditions import Conditions
from tenant_apps.approvals.models import Policy, PolicyStep
from tenant_apps.approvals.services import MakerIsChecker, NewPolicy, NewStep, create_policy
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.services import credit_invoice, draft_invoice, issue_invoice
from tenant_apps.returns.models import Return
from tenant_apps.returns.services import (
    RequesterIsInterested,
    ReturnAlreadyDecided,
    ReturnAlreadyRequested,
    WriteOffNotPosted,
    reject_return,
)
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.returns.stories import approve, balances, check_books, expect_again, give_up, usd

URL = "/api/business/"
KIND = "returns.recovery"


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """1,000.00 of which 400.00 are paid."""
    deal = WonDealFactory(by=sam, at=at_noon)
    VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon)
    return deal


@pytest.fixture
def posted(deal: Deal, fay: User, vera: User, at_noon: datetime) -> Return:
    """A write-off of the 600.00 that are owed."""
    return approve(give_up(deal, fay, at_noon), vera, at_noon)


class TestRecovery:
    def test_moves_nothing_before_a_second_person_agrees(
        self, deal: Deal, posted: Return, fay: User, vera: User, sam: User, at_noon: datetime
    ) -> None:
        asked = expect_again(posted, fay, at_noon)
        assert (asked.code, asked.money, asked.write_off) == ("RC-0001", usd("600.00"), posted)
        deal.refresh_from_db()
        assert (deal.status, balances()["bad_debt"]) == ("bad_debt", "600.00")

        approve(asked, vera, at_noon)
        deal.refresh_from_db()
        posted.refresh_from_db()
        asked.refresh_from_db()
        assert (deal.status, posted.status) == ("won", "recovered")
        assert (asked.status, balances()["receivable"]) == ("approved", "600.00")
        names = [event.name for event in history_of("returns.return", posted.pk)]
        assert names[0] == "returns.write_off_recovered"
        VerifiedPaymentFactory(deal=deal, money=usd("600.00"), by=sam, at=at_noon)
        assert balances() == {"cash_clearing": "1000.00", "revenue": "1000.00"}
        check_books()

    def test_is_decided_by_nobody_who_asked_or_gains(
        self, posted: Return, fay: User, sam: User, at_noon: datetime
    ) -> None:
        asked = expect_again(posted, fay, at_noon)
        for person in (fay, sam):
            with pytest.raises(MakerIsChecker):
                approve(asked, person, at_noon)

    def test_is_not_asked_for_by_whoever_gains(
        self, posted: Return, sam: User, at_noon: datetime
    ) -> None:
        with pytest.raises(RequesterIsInterested):
            expect_again(posted, sam, at_noon)

    def test_is_open_once_and_may_be_asked_again_after_a_refusal(
        self, deal: Deal, posted: Return, fay: User, vera: User, at_noon: datetime
    ) -> None:
        asked = expect_again(posted, fay, at_noon)
        with pytest.raises(ReturnAlreadyRequested):
            expect_again(posted, fay, at_noon)
        reject_return(
            return_id=asked.pk,
            checker=vera,
            content_hash=asked.content_hash,
            reason="They did not",
            at=at_noon,
        )
        deal.refresh_from_db()
        assert deal.status == "bad_debt"
        approve(expect_again(posted, fay, at_noon), vera, at_noon)
        with pytest.raises(WriteOffNotPosted, match="already"):
            expect_again(posted, fay, at_noon)

    def test_of_what_was_recovered_meanwhile_is_refused(
        self, posted: Return, fay: User, vera: User, at_noon: datetime
    ) -> None:
        """A version of before may have recovered it alone while this waited."""
        asked = expect_again(posted, fay, at_noon)
        Return.objects.filter(pk=posted.pk).update(status="recovered")
        with pytest.raises(WriteOffNotPosted, match="already"):
            approve(asked, vera, at_noon)
        asked.refresh_from_db()
        assert asked.is_requested

    def test_needs_a_write_off_that_was_approved(
        self, deal: Deal, fay: User, at_noon: datetime
    ) -> None:
        with pytest.raises(WriteOffNotPosted):
            expect_again(give_up(deal, fay, at_noon), fay, at_noon)

    def test_is_decided_once(
        self, posted: Return, fay: User, vera: User, viktor: User, at_noon: datetime
    ) -> None:
        asked = approve(expect_again(posted, fay, at_noon), vera, at_noon)
        with pytest.raises(ReturnAlreadyDecided):
            approve(asked, viktor, at_noon)

    def test_names_what_credit_notes_left_of_the_loss(
        self, deal: Deal, fay: User, vera: User, at_noon: datetime
    ) -> None:
        draft = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at_noon)
        invoice = issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)
        posted = approve(give_up(deal, fay, at_noon), vera, at_noon)
        credit_invoice(
            invoice_id=invoice.pk, amount=usd("250.00"), reason="Broken", by=fay, at=at_noon
        )
        assert expect_again(posted, fay, at_noon).money == usd("350.00")


@pytest.mark.usefixtures("_working_as_owner")
class TestPolicy:
    def forget(self) -> None:
        """Be an organization that is older than recoveries."""
        PolicyStep.objects.filter(policy__subject_type=KIND).delete()
        Policy.objects.filter(subject_type=KIND).delete()

    def test_of_an_older_organization_asks_one_verifier(
        self, posted: Return, fay: User, vera: User, at_noon: datetime
    ) -> None:
        self.forget()
        approve(expect_again(posted, fay, at_noon), vera, at_noon)
        posted.refresh_from_db()
        assert posted.status == "recovered"

    def test_for_some_leaves_the_others_the_first_one(
        self, posted: Return, fay: User, adam: User, at_noon: datetime
    ) -> None:
        """A rule for large ones comes beside the rule for everything, not in its place."""
        self.forget()
        new = NewPolicy(
            name="Large ones",
            subject_type=KIND,
            steps=(NewStep(permission="returns.decide", approvals_needed=2),),
            conditions=Conditions(amount_from=usd("10000.00")),
            priority=5,
        )
        create_policy(new=new, by=adam, at=at_noon)
        assert expect_again(posted, fay, at_noon).is_requested


class TestHttp:
    def test_asks_with_the_route_of_before_and_decides_at_its_own(
        self, deal: Deal, posted: Return, as_fay: PrsClient, as_vera: PrsClient
    ) -> None:
        path = f"{URL}write-offs/{posted.code}/"
        asked = ok(as_fay.post(f"{path}recover/", {"reason": "They pay"}), 201)
        assert (asked["kind"], asked["status"]) == ("recovery", "requested")
        assert asked["write_off"] == {"id": str(posted.pk), "code": posted.code}
        assert ok(as_fay.get(path))["status"] == "approved"

        again = error(as_fay.post(f"{path}recover/", {"reason": "They pay"}), 409)
        assert again["code"] == "return_already_requested"
        decide = f"{URL}recoveries/{asked['code']}/approve/"
        seen = {"content_hash": asked["content_hash"]}
        assert error(as_fay.post(decide, seen), 403)["code"] == "permission_denied"
        assert ok(as_vera.post(decide, seen))["status"] == "approved"
        assert ok(as_fay.get(path))["status"] == "recovered"
        assert ok(as_fay.get(f"{URL}deals/{deal.code}/"))["status"] == "won"
        (listed,) = ok(as_fay.get(f"{URL}recoveries/"))["results"]
        assert listed["code"] == asked["code"]

    def test_refuses_what_was_not_seen(
        self, posted: Return, fay: User, as_vera: PrsClient, at_noon: datetime
    ) -> None:
        asked = expect_again(posted, fay, at_noon)
        answer = as_vera.post(f"{URL}recoveries/{asked.code}/approve/", {"content_hash": "0" * 64})
        assert error(answer, 409)["code"] == "content_changed"
