"""Who asked for a return takes it back, once, while nobody has decided on it."""

from datetime import datetime
from functools import partial

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.selectors import deciders_of, find_request
from tenant_apps.payments.models import Payment
from tenant_apps.returns.models import Kind, Return
from tenant_apps.returns.services import (
    NotTheRequester,
    ReturnAlreadyDecided,
    approve_return,
    people_to_decide,
    withdraw_return,
)
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.returns.stories import approve, ask, balances, expect_again, give_up
from tests.together import run_together

URL = "/api/business"


@pytest.fixture
def payment(sam: User, vera: User, at_noon: datetime) -> Payment:
    """400.00 that Vera has verified."""
    return VerifiedPaymentFactory(by=sam, checker=vera, at=at_noon)


def take_back(asked: Return, by: User, at: datetime) -> Return:
    """Withdraw a return."""
    return withdraw_return(return_id=asked.pk, by=by, at=at)


class TestWithdrawal:
    def test_ends_the_request_and_moves_no_money(
        self, payment: Payment, sam: User, at_noon: datetime
    ) -> None:
        before, asked = balances(), ask(payment, Kind.REFUND, sam, at_noon)
        assert deciders_of(asked.pk)
        withdrawn = take_back(asked, sam, at_noon)
        assert withdrawn.status == "withdrawn"
        assert withdrawn.decided_by_id is None
        request = find_request(asked.pk)
        assert request
        assert request.status == "withdrawn"
        assert deciders_of(asked.pk) == []
        assert people_to_decide(withdrawn, at=at_noon) == []
        assert balances() == before

    def test_is_one_event(self, payment: Payment, sam: User, at_noon: datetime) -> None:
        asked = ask(payment, Kind.REFUND, sam, at_noon)
        take_back(asked, sam, at_noon)
        events = history_of(subject_type="returns.return", subject_id=asked.pk)
        (event,) = [each for each in events if each.name == "returns.return_withdrawn"]
        assert (event.before, event.after) == ({"status": "requested"}, {"status": "withdrawn"})
        assert event.actor_id == str(sam.pk)

    @pytest.mark.parametrize("kind", [Kind.REFUND, Kind.REVERSAL, Kind.CHARGEBACK])
    def test_lets_it_be_asked_for_anew(
        self, payment: Payment, fay: User, at_noon: datetime, kind: Kind
    ) -> None:
        take_back(ask(payment, kind, fay, at_noon), fay, at_noon)
        assert ask(payment, kind, fay, at_noon).is_requested

    def test_is_of_write_offs_and_recoveries_as_well(
        self, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        take_back(give_up(deal, fay, at_noon), fay, at_noon)
        posted = approve(give_up(deal, fay, at_noon), vera, at_noon)
        take_back(expect_again(posted, fay, at_noon), fay, at_noon)
        assert expect_again(posted, fay, at_noon).is_requested


class TestRefusal:
    def test_of_anybody_else(
        self, payment: Payment, sam: User, fay: User, olga: User, at_noon: datetime
    ) -> None:
        asked = ask(payment, Kind.REFUND, sam, at_noon)
        for person in (fay, olga):
            with pytest.raises(NotTheRequester):
                take_back(asked, person, at_noon)

    def test_after_a_decision_or_a_withdrawal(
        self, payment: Payment, sam: User, vera: User, at_noon: datetime
    ) -> None:
        taken = ask(payment, Kind.REFUND, sam, at_noon)
        take_back(taken, sam, at_noon)
        decided = approve(ask(payment, Kind.REFUND, sam, at_noon), vera, at_noon)
        for asked in (taken, decided):
            with pytest.raises(ReturnAlreadyDecided):
                take_back(asked, sam, at_noon)

    def test_to_decide_on_what_was_taken_back(
        self, payment: Payment, sam: User, vera: User, at_noon: datetime
    ) -> None:
        asked = ask(payment, Kind.REFUND, sam, at_noon)
        take_back(asked, sam, at_noon)
        with pytest.raises(ReturnAlreadyDecided):
            approve(asked, vera, at_noon)


class TestOverHttp:
    def test_is_of_who_asked_and_of_nobody_else(
        self, payment: Payment, sam: User, as_sam: PrsClient, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        asked = ask(payment, Kind.REFUND, sam, at_noon)
        path = f"{URL}/refunds/{asked.code}/withdraw/"
        assert error(as_fay.post(path), 403)["code"] == "not_the_requester"
        assert error(as_sam.post(path.replace("refunds", "reversals")), 404)
        assert ok(as_sam.post(path))["status"] == "withdrawn"
        assert error(as_sam.post(path), 409)["code"] == "return_already_decided"
        listed = ok(as_sam.get(f"{URL}/refunds/?status=withdrawn"))["results"]
        assert [row["code"] for row in listed] == [asked.code]

    def test_is_refused_to_who_may_not_ask_and_to_strangers(
        self, payment: Payment, sam: User, as_vera: PrsClient, as_mallory: PrsClient
    ) -> None:
        asked = ask(payment, Kind.REFUND, sam, utc_now())
        path = f"{URL}/refunds/{asked.code}/withdraw/"
        assert error(as_vera.post(path), 403)["code"] == "permission_denied"
        assert error(as_mallory.post(path), 404)["code"] == "not_found"


class TestTogether:
    def test_one_of_decision_and_withdrawals_counts(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        sam, vera = person_named("sam"), person_named("vera")
        asked = ask(VerifiedPaymentFactory(by=sam, at=at_noon), Kind.REFUND, sam, at_noon)
        approving = partial(
            approve_return,
            return_id=asked.pk,
            checker=vera,
            content_hash=asked.content_hash,
            at=at_noon,
        )
        withdrawing = partial(withdraw_return, return_id=asked.pk, by=sam, at=at_noon)
        both: list[partial[Return]] = [approving, withdrawing]
        outcomes = run_together(fresh_tenant, both * 25)
        assert sum(isinstance(each, Return) for each in outcomes) == 1, outcomes
        asked.refresh_from_db()
        assert asked.status in {"approved", "withdrawn"}
