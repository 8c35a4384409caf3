"""What makes approvals weaker takes two administrators; what makes them stronger takes one."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.conditions import Conditions, Facts
from tenant_apps.approvals.models import Policy
from tenant_apps.approvals.selectors import find_request
from tenant_apps.approvals.services import (
    MakerIsChecker,
    NewPolicy,
    NewStep,
    PolicyNotProposed,
    approve_policy,
    create_policy,
    retire_policy,
)
from tenant_apps.deals.models import Deal
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.payments import SubmittedPaymentFactory
from tests.payments.racing import race

URL = "/api/business/approval-policies/"
PAYMENTS = "payments.payment"


def policy(approvals: int, *, priority: int, by: User, at: datetime, **conditions: Any) -> Policy:
    """Make a policy of one step."""
    step = NewStep(permission="payments.decide", approvals_needed=approvals)
    new = NewPolicy(
        name=f"{approvals} people",
        subject_type=PAYMENTS,
        steps=(step,),
        priority=priority,
        conditions=Conditions(**conditions),
    )
    return create_policy(new=new, by=by, at=at)


def asked_of(payment_id: object) -> str:
    """Return the name of the policy that a payment was submitted under."""
    request = find_request(payment_id)  # type: ignore[arg-type]  # a UUID
    assert request is not None
    return request.policy.name


class TestANewPolicy:
    def test_that_asks_for_more_is_in_force_at_once(self, adam: User, at_noon: datetime) -> None:
        assert policy(2, priority=10, by=adam, at=at_noon).status == "in_force"

    def test_that_asks_for_fewer_waits_for_a_second_person(
        self, adam: User, olga: User, sam: User, at_noon: datetime
    ) -> None:
        policy(2, priority=10, by=adam, at=at_noon)
        weaker = policy(1, priority=20, by=adam, at=at_noon)
        assert weaker.status == "proposed"
        before = SubmittedPaymentFactory(by=sam, at=at_noon)

        with pytest.raises(MakerIsChecker):
            approve_policy(policy_id=weaker.pk, by=adam, at=at_noon)
        approve_policy(policy_id=weaker.pk, by=olga, at=at_noon)
        with pytest.raises(PolicyNotProposed):
            approve_policy(policy_id=weaker.pk, by=olga, at=at_noon)
        after = SubmittedPaymentFactory(by=sam, at=at_noon)

        assert (asked_of(before.pk), asked_of(after.pk)) == ("2 people", "1 people")
        events = history_of(subject_type="approvals.policy", subject_id=weaker.pk)
        assert [event.name for event in events] == [
            "approvals.policy_created",
            "approvals.policy_proposed",
        ]

    def test_that_cannot_meet_a_stronger_one_is_in_force_at_once(
        self, adam: User, at_noon: datetime
    ) -> None:
        policy(2, priority=10, by=adam, at=at_noon, methods=("cash",))
        cards = policy(1, priority=20, by=adam, at=at_noon, methods=("card",))
        assert cards.status == "in_force"

    def test_below_a_stronger_one_takes_nothing_from_it(
        self, adam: User, at_noon: datetime
    ) -> None:
        policy(3, priority=10, by=adam, at=at_noon)
        assert policy(1, priority=5, by=adam, at=at_noon).status == "in_force"

    def test_is_approved_once_by_50_at_a_time(self, fresh_tenant: Tenant) -> None:
        at = utc_now()
        make_cast(at=at)
        adam, olga = person_named("adam"), person_named("olga")
        policy(2, priority=10, by=adam, at=at)
        weaker = policy(1, priority=20, by=adam, at=at)
        call = partial(approve_policy, policy_id=weaker.pk, by=olga, at=at)
        assert race(fresh_tenant, [call] * 50) == {"ok": 1, "policy_not_proposed": 49}


class TestRetirement:
    def test_of_the_stronger_policy_takes_two_people(
        self, adam: User, olga: User, at_noon: datetime
    ) -> None:
        strong = policy(2, priority=10, by=adam, at=at_noon)
        assert retire_policy(policy_id=strong.pk, by=adam, at=at_noon).status == (
            "retirement_asked"
        )
        with pytest.raises(MakerIsChecker):
            retire_policy(policy_id=strong.pk, by=adam, at=at_noon)
        assert retire_policy(policy_id=strong.pk, by=olga, at=at_noon).status == "retired"

    def test_of_a_proposed_policy_takes_one(self, adam: User, at_noon: datetime) -> None:
        policy(2, priority=10, by=adam, at=at_noon)
        weaker = policy(1, priority=20, by=adam, at=at_noon)
        assert retire_policy(policy_id=weaker.pk, by=adam, at=at_noon).status == "retired"


class TestConditions:
    @pytest.mark.parametrize(
        ("conditions", "fits"),
        [
            ({}, True),
            ({"currencies": ("USD", "EUR")}, True),
            ({"currencies": ("EUR",)}, False),
            ({"account_statuses": ("overdue",)}, True),
            ({"account_statuses": ("clear", "pending")}, False),
            ({"methods": ("cash",), "account_statuses": ("overdue",)}, True),
            ({"methods": ("card",), "account_statuses": ("overdue",)}, False),
            ({"amount_from": Money.of(5, "USD"), "currencies": ("USD",)}, True),
            ({"amount_from": Money.of(6, "USD")}, False),
            ({"amount_from": Money.of(700, "JPY")}, True),
            ({"amount_from": Money.of(701, "JPY")}, False),
        ],
    )
    def test_all_have_to_hold(self, conditions: dict[str, Any], fits: bool) -> None:  # noqa: FBT001
        found = Conditions(**conditions)
        facts = Facts(
            amount=Money.of(5, "USD"),
            worth=Money.of(700, "JPY"),
            method="cash",
            account_status="overdue",
        )
        assert found.fit(facts) is fits
        assert Conditions.from_json(found.as_json()) == found
        assert found.are_none is (not conditions)

    def test_read_how_the_client_stands(self, adam: User, sam: User, at_noon: datetime) -> None:
        policy(2, priority=9, by=adam, at=at_noon, account_statuses=("bad_debt",))
        deal = WonDealFactory(by=sam, at=at_noon)
        fine = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon)
        bad = WonDealFactory(by=sam, at=at_noon, client=deal.client_id)
        Deal.objects.filter(pk=bad.pk).update(status="bad_debt")
        worse = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon)

        assert (asked_of(fine.pk), asked_of(worse.pk)) == ("One verifier", "2 people")


class TestOverHttp:
    BODY = {
        "name": "Two for foreign money",
        "subject_type": PAYMENTS,
        "priority": 10,
        "conditions": {"currencies": ["EUR"], "account_statuses": ["overdue"]},
        "steps": [{"permission": "payments.decide", "approvals_needed": 2}],
    }

    def test_proposes_approves_and_retires(
        self, as_adam: PrsClient, as_olga: PrsClient, as_vera: PrsClient, as_mallory: PrsClient
    ) -> None:
        strong = ok(as_adam.post(URL, self.BODY), 201)
        assert strong["conditions"]["account_statuses"] == ["overdue"]
        weaker = {**self.BODY, "priority": 20, "steps": [{"permission": "payments.decide"}]}
        proposed = ok(as_adam.post(URL, weaker), 201)
        assert proposed["status"] == "proposed"
        approve = f"{URL}{proposed['id']}/approve/"
        assert error(as_vera.post(approve), 403)["code"] == "permission_denied"
        assert error(as_adam.post(approve), 403)["code"] == "maker_is_checker"
        assert error(as_mallory.post(approve), 404)["code"] == "not_found"
        assert ok(as_olga.post(approve))["status"] == "in_force"
        assert error(as_olga.post(approve), 409)["code"] == "policy_not_proposed"

    def test_asks_for_a_second_person_where_a_policy_would_be_missed(
        self, as_adam: PrsClient, as_olga: PrsClient
    ) -> None:
        url = f"{URL}{ok(as_adam.post(URL, self.BODY))['id']}/"
        assert ok(as_adam.delete(url), 202)["status"] == "retirement_asked"
        assert error(as_adam.delete(url), 403)["code"] == "maker_is_checker"
        assert ok(as_olga.delete(url), 204) is None

    def test_names_an_unknown_status(self, as_adam: PrsClient) -> None:
        body = {**self.BODY, "conditions": {"account_statuses": ["sad"]}}
        [problem] = error(as_adam.post(URL, body), 400)["errors"]
        assert problem["field"].startswith("/conditions/account_statuses")
