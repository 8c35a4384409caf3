"""Approval policies over HTTP."""

from functools import partial
from uuid import uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.approvals.models import Policy
from tenant_apps.approvals.services import LastPolicyKept, retire_policy, seed_policies
from tests.cast import STAGEHAND, make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.queries import queries_of
from tests.together import run_together

URL = "/api/business/approval-policies/"
OF_PAYMENTS = f"{URL}?subject_type=payments.payment"
TWO_FOR_LARGE = {
    "name": "Two for large amounts",
    "subject_type": "payments.payment",
    "conditions": {"amount_from": {"amount": "10000.00", "currency": "USD"}},
    "priority": 10,
    "steps": [{"permission": "payments.decide", "approvals_needed": 2}],
}
DECIDE = {"permission": "payments.decide"}
FOR_EVERYTHING = {**TWO_FOR_LARGE, "name": "Everything", "conditions": {}}


class TestPolicies:
    def test_start_with_one_verifier(self, as_adam: PrsClient) -> None:
        [policy] = ok(as_adam.get(OF_PAYMENTS))["results"]
        assert policy["steps"] == [{"permission": "payments.decide", "approvals_needed": 1}]
        assert policy["conditions"] == {
            "amount_from": None,
            "methods": [],
            "currencies": [],
            "account_statuses": [],
        }

    def test_are_seeded_once(self, as_adam: PrsClient) -> None:
        seed_policies(actor=STAGEHAND, at=utc_now())
        assert len(ok(as_adam.get(OF_PAYMENTS))["results"]) == 1

    def test_are_made_by_an_administrator(self, as_adam: PrsClient) -> None:
        policy = ok(as_adam.post(URL, TWO_FOR_LARGE), 201)
        assert policy["conditions"]["amount_from"] == {"amount": "10000.00", "currency": "USD"}
        assert ok(as_adam.get(f"{URL}{policy['id']}/")) == policy
        names = [each["name"] for each in ok(as_adam.get(OF_PAYMENTS))["results"]]
        assert names == ["Two for large amounts", "One verifier"]

    def test_are_refused_to_verifiers(self, as_vera: PrsClient) -> None:
        assert len(ok(as_vera.get(OF_PAYMENTS))["results"]) == 1
        assert error(as_vera.post(URL, TWO_FOR_LARGE), 403)["code"] == "permission_denied"
        [policy] = ok(as_vera.get(OF_PAYMENTS))["results"]
        assert error(as_vera.delete(f"{URL}{policy['id']}/"), 403)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"steps": []}, "/steps"),
            ({"steps": [{"permission": "everything"}]}, "/steps/0/permission"),
            ({"steps": [{"permission": "ledger.view"}]}, "/steps/0/permission"),
            ({"steps": [DECIDE, {"permission": "discounts.approve"}]}, "/steps/1/permission"),
            ({"subject_type": "cats"}, "/subject_type"),
            ({"conditions": {"mood": "good"}}, "/conditions/mood"),
            ({"conditions": {"methods": ["cash", "pigeon"]}}, "/conditions/methods"),
            ({"conditions": {"currencies": ["ZZZ"]}}, "/conditions/currencies"),
            (
                {
                    "subject_type": "returns.write_off",
                    "steps": [{"permission": "returns.decide"}],
                    "conditions": {"methods": ["cash"]},
                },
                "/conditions/methods",
            ),
            (
                {
                    "subject_type": "deals.discount",
                    "steps": [{"permission": "discounts.approve"}],
                },
                "/conditions/amount_from",
            ),
            ({"archived_at": None}, "/archived_at"),
        ],
    )
    def test_name_what_is_wrong(
        self, as_adam: PrsClient, change: dict[str, object], field: str
    ) -> None:
        problems = error(as_adam.post(URL, {**TWO_FOR_LARGE, **change}), 400)["errors"]
        assert field in {problem["field"] for problem in problems}

    def test_are_retired_but_for_the_last_one(self, as_adam: PrsClient) -> None:
        [first] = ok(as_adam.get(OF_PAYMENTS))["results"]
        ok(as_adam.post(URL, TWO_FOR_LARGE))
        refused = error(as_adam.delete(f"{URL}{first['id']}/"), 409)
        assert refused["code"] == "last_policy_kept"

        second = ok(as_adam.post(URL, FOR_EVERYTHING))
        assert as_adam.delete(f"{URL}{first['id']}/").status_code == 204
        assert error(as_adam.delete(f"{URL}{first['id']}/"), 404)
        events = history_of(subject_type="approvals.policy", subject_id=second["id"])
        assert [event.name for event in events] == ["approvals.policy_created"]

    def test_keep_organizations_apart(self, as_adam: PrsClient, as_mallory: PrsClient) -> None:
        [policy] = ok(as_adam.get(OF_PAYMENTS))["results"]
        for policy_id in (policy["id"], uuid4()):
            assert error(as_mallory.get(f"{URL}{policy_id}/"), 404)["code"] == "not_found"
            assert error(as_mallory.delete(f"{URL}{policy_id}/"), 404)["code"] == "not_found"

    def test_keep_one_of_two_that_are_retired_at_once(self, fresh_tenant: Tenant) -> None:
        make_cast(at=utc_now())
        adam = person_named("adam")
        first = Policy.objects.get(subject_type="payments.payment")
        second = Policy.objects.create(name="Other", subject_type=first.subject_type)
        tries = [
            partial(retire_policy, policy_id=policy.pk, by=adam, at=utc_now())
            for policy in (first, second)
        ]
        results = run_together(fresh_tenant, tries)

        assert sum(isinstance(result, LastPolicyKept) for result in results) == 1
        assert Policy.objects.filter(archived_at=None, subject_type="payments.payment").count() == 1

    def test_cost_the_same_queries_for_1_and_20_rows(self, as_adam: PrsClient) -> None:
        one = queries_of(lambda: as_adam.get(OF_PAYMENTS))
        for _ in range(19):
            ok(as_adam.post(URL, TWO_FOR_LARGE))
        assert queries_of(lambda: as_adam.get(OF_PAYMENTS)) == one
