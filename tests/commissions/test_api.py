"""The commission API: who may do what, and what is shown to whom."""

from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.commissions.models import CommissionLine, CommissionPlan
from tenant_apps.deals.models import Deal
from tests.client import PrsClient, error, ok
from tests.commissions.conftest import Collect
from tests.factories.commissions import AssignmentFactory
from tests.queries import queries_of

ROOT = "/api/business/commissions"
TERMS = {
    "effective_from": "2026-01-01",
    "components": [{"name": "Commission", "rate_percent": "5"}],
}


def make_plan(client: PrsClient, name: str = "Standard") -> Any:
    return ok(client.post(f"{ROOT}/plans/", {"name": name}), 201)


def draft(client: PrsClient, plan_id: str, **terms: Any) -> Any:
    return ok(client.post(f"{ROOT}/plans/{plan_id}/versions/", {**TERMS, **terms}), 201)


class TestPlanLife:
    def test_goes_from_name_to_active_terms(self, as_fay: PrsClient, as_adam: PrsClient) -> None:
        plan = make_plan(as_fay)
        version = draft(as_fay, plan["id"])
        path = f"{ROOT}/plan-versions/{version['id']}"
        assert ok(as_fay.post(f"{path}/submit/"))["status"] == "in_review"
        assert error(as_fay.post(f"{path}/approve/", {}), 403)["code"] == "maker_is_checker"
        assert ok(as_adam.post(f"{path}/approve/", {}))["status"] == "active"
        assert (
            error(as_adam.post(f"{path}/approve/", {}), 409)["code"] == "plan_version_not_in_review"
        )
        (shown,) = ok(as_fay.get(f"{ROOT}/plans/"))["results"]
        assert [each["status"] for each in shown["versions"]] == ["active"]

    def test_replaces_a_draft_under_if_match(self, as_fay: PrsClient) -> None:
        version = draft(as_fay, make_plan(as_fay)["id"])
        path = f"{ROOT}/plan-versions/{version['id']}/"
        changed = {**TERMS, "components": [{"name": "Commission", "rate_percent": "7.5"}]}
        assert error(as_fay.patch(path, changed), 428)
        assert error(as_fay.patch(path, changed, version=9), 412)
        data = ok(as_fay.patch(path, changed, version=1))
        assert data["components"][0]["rate_percent"] == "7.5"

    def test_refuses_a_published_version_to_change(
        self, plan: CommissionPlan, as_fay: PrsClient
    ) -> None:
        version = plan.versions.get()
        path = f"{ROOT}/plan-versions/{version.pk}/"
        refused = error(as_fay.patch(path, TERMS, version=version.version), 409)
        assert refused["code"] == "plan_version_not_draft"

    @pytest.mark.parametrize(
        ("terms", "field"),
        [
            ({"components": []}, "/components"),
            ({"components": [{"name": "A", "rate_percent": 5.5}]}, "/components/0/rate_percent"),
            ({"components": [{"name": "A", "rate_percent": "101"}]}, "/components/0/rate_percent"),
            ({"components": [{"name": "A", "rate_percent": "5", "x": 1}]}, "/components/0/x"),
            ({"effective_from": "soon"}, "/effective_from"),
            ({"ladder_period": "week"}, "/ladder_period"),
            ({"surprise": 1}, "/surprise"),
        ],
    )
    def test_names_what_is_wrong_with_terms(
        self, terms: dict[str, Any], field: str, as_fay: PrsClient
    ) -> None:
        plan = make_plan(as_fay)
        refused = error(
            as_fay.post(f"{ROOT}/plans/{plan['id']}/versions/", {**TERMS, **terms}), 400
        )
        assert [problem["field"] for problem in refused["errors"]] == [field]

    def test_is_refused_to_a_seller(self, plan: CommissionPlan, as_sam: PrsClient) -> None:
        version = plan.versions.get()
        for answer in (
            as_sam.get(f"{ROOT}/plans/"),
            as_sam.post(f"{ROOT}/plans/", {"name": "Mine"}),
            as_sam.post(f"{ROOT}/plans/{plan.pk}/versions/", TERMS),
            as_sam.patch(f"{ROOT}/plan-versions/{version.pk}/", TERMS, version=1),
            as_sam.post(f"{ROOT}/plan-versions/{version.pk}/submit/"),
            as_sam.post(f"{ROOT}/plan-versions/{version.pk}/approve/", {}),
        ):
            assert error(answer, 403)["code"] == "permission_denied"

    def test_shows_an_auditor_everything_and_lets_them_change_nothing(
        self, plan: CommissionPlan, as_audrey: PrsClient
    ) -> None:
        assert ok(as_audrey.get(f"{ROOT}/plans/{plan.pk}/"))["name"] == "Standard"
        assert ok(as_audrey.get(f"{ROOT}/plans/{plan.pk}/versions/"))["results"]
        error(as_audrey.post(f"{ROOT}/plans/", {"name": "Mine"}), 403)

    def test_is_not_found_from_another_organization(
        self, plan: CommissionPlan, as_mallory: PrsClient
    ) -> None:
        version = plan.versions.get()
        for answer in (
            as_mallory.get(f"{ROOT}/plans/{plan.pk}/"),
            as_mallory.post(f"{ROOT}/plans/{plan.pk}/versions/", TERMS),
            as_mallory.patch(f"{ROOT}/plan-versions/{version.pk}/", TERMS, version=1),
            as_mallory.post(f"{ROOT}/plan-versions/{version.pk}/submit/"),
            as_mallory.post(f"{ROOT}/plan-versions/{version.pk}/approve/", {}),
            as_mallory.get(f"{ROOT}/plans/{uuid4()}/"),
        ):
            assert error(answer, 404)["code"] == "not_found"

    def test_creates_one_plan_for_one_key(self, as_fay: PrsClient) -> None:
        body, key = {"name": "Standard"}, "one-plan-please"
        first = ok(as_fay.post(f"{ROOT}/plans/", body, key=key), 201)
        again = as_fay.post(f"{ROOT}/plans/", body, key=key)
        assert ok(again, 201) == first
        assert again.headers["Idempotent-Replayed"] == "true"
        assert CommissionPlan.objects.count() == 1


class TestAssignments:
    def test_puts_a_payee_on_a_plan_and_ends_it(
        self, plan: CommissionPlan, theo: User, as_fay: PrsClient
    ) -> None:
        body = {"payee": str(theo.pk), "plan": str(plan.pk), "valid_from": "2026-01-01"}
        made = ok(as_fay.post(f"{ROOT}/assignments/", body), 201)
        path = f"{ROOT}/assignments/{made['id']}/"
        assert ok(as_fay.get(path))["payee"] == {"id": str(theo.pk), "name": theo.full_name}
        ended = ok(as_fay.patch(path, {"valid_to": "2026-05-01"}, version=1))
        assert ended["valid_to"] == "2026-05-01"
        assert error(as_fay.patch(path, {"valid_to": "2026-05-01"}, version=2), 409)

    def test_finds_who_is_on_a_plan_on_a_day(
        self, plan: CommissionPlan, sam: User, theo: User, fay: User, as_fay: PrsClient
    ) -> None:
        AssignmentFactory(payee=theo, plan=plan, valid_to=date(2025, 6, 1), by=fay)
        rows = ok(as_fay.get(f"{ROOT}/assignments/", {"on": "2026-01-01"}))["results"]
        assert str(theo.pk) not in {row["payee"]["id"] for row in rows}
        rows = ok(as_fay.get(f"{ROOT}/assignments/", {"payee": str(sam.pk)}))["results"]
        assert [row["payee"]["id"] for row in rows] == [str(sam.pk)]

    def test_is_refused_to_a_seller(
        self, plan: CommissionPlan, sam: User, as_sam: PrsClient
    ) -> None:
        body = {"payee": str(sam.pk), "plan": str(plan.pk), "valid_from": "2026-01-01"}
        error(as_sam.post(f"{ROOT}/assignments/", body), 403)
        path = f"{ROOT}/assignments/{plan.assignments.get(payee=sam).pk}/"
        error(as_sam.patch(path, {"valid_to": "2026-05-01"}, version=1), 403)

    def test_is_not_found_from_another_organization(
        self, plan: CommissionPlan, mallory: User, as_mallory: PrsClient, sam: User
    ) -> None:
        body = {"payee": str(mallory.pk), "plan": str(plan.pk), "valid_from": "2026-01-01"}
        answer = as_mallory.post(f"{ROOT}/assignments/", body)
        assert answer.status_code in {403, 404}
        path = f"{ROOT}/assignments/{plan.assignments.get(payee=sam).pk}/"
        error(as_mallory.patch(path, {"valid_to": "2026-05-01"}, version=1), 404)
        error(as_mallory.get(path), 404)


class TestLines:
    @pytest.fixture(autouse=True)
    def _money(self, plan: CommissionPlan, won_deal: Deal, collected: Collect) -> None:
        collected(won_deal, "400.00")

    def test_show_a_seller_their_own(self, as_sam: PrsClient, sam: User, won_deal: Deal) -> None:
        page = ok(as_sam.get(f"{ROOT}/lines/"))
        (line,) = page["results"]
        assert line["payee"] == {"id": str(sam.pk), "name": sam.full_name}
        assert line["amount"] == {"amount": "14.00", "currency": "USD"}
        assert line["base"] == {"amount": "280.00", "currency": "USD"}
        assert (line["deal"]["code"], line["share_percent"]) == (won_deal.code, "70")
        assert page["pagination"]["count"] is None

    def test_show_a_lead_the_teams_and_finance_all(
        self, as_theo: PrsClient, as_fay: PrsClient
    ) -> None:
        for client in (as_theo, as_fay):
            assert len(ok(client.get(f"{ROOT}/lines/"))["results"]) == 2

    def test_are_refused_to_a_verifier(self, as_vera: PrsClient) -> None:
        error(as_vera.get(f"{ROOT}/lines/"), 403)

    def test_hide_a_colleagues_line_like_one_that_is_not_there(
        self, as_sam: PrsClient, as_mallory: PrsClient, suki: User
    ) -> None:
        hers = CommissionLine.objects.get(payee=suki).pk
        for client, line_id in ((as_sam, hers), (as_sam, uuid4()), (as_mallory, hers)):
            for path in (f"{ROOT}/lines/{line_id}/", f"{ROOT}/lines/{line_id}/explanation/"):
                assert error(client.get(path), 404)["code"] == "not_found"

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, 2),
            ({"period": "2026-03"}, 2),
            ({"period": "2026-04"}, 0),
            ({"status": "accrued"}, 2),
            ({"status": "paid"}, 0),
            ({"currency": "EUR"}, 0),
        ],
    )
    def test_can_be_narrowed(self, query: dict[str, str], found: int, as_fay: PrsClient) -> None:
        assert len(ok(as_fay.get(f"{ROOT}/lines/", query))["results"]) == found

    def test_can_be_narrowed_to_a_deal_and_a_payee(
        self, as_fay: PrsClient, won_deal: Deal, suki: User
    ) -> None:
        query = {"deal": won_deal.code, "payee": str(suki.pk)}
        (line,) = ok(as_fay.get(f"{ROOT}/lines/", query))["results"]
        assert line["amount"]["amount"] == "6.00"

    def test_refuse_unknown_and_wrong_parameters_by_name(self, as_fay: PrsClient) -> None:
        for query in ({"owner": "x"}, {"period": "March"}, {"payee": "sam"}):
            refused = error(as_fay.get(f"{ROOT}/lines/", query), 400)
            assert [each["field"] for each in refused["errors"]] == [f"/{next(iter(query))}"]

    def test_are_walked_by_cursor(self, as_fay: PrsClient) -> None:
        first = ok(as_fay.get(f"{ROOT}/lines/", {"page_size": 1}))
        second = ok(as_fay.get(first["pagination"]["next"]))
        assert first["results"] != second["results"]
        assert second["pagination"]["next"] is None

    def test_cost_the_same_queries_with_many_rows(
        self, as_fay: PrsClient, won_deal: Deal, collected: Collect
    ) -> None:
        few = queries_of(lambda: as_fay.get(f"{ROOT}/lines/"))
        for _ in range(9):
            collected(won_deal, "10.00")
        assert queries_of(lambda: as_fay.get(f"{ROOT}/lines/")) == few


class TestExplanation:
    def test_gives_the_tree_its_result_and_sentences(
        self, plan: CommissionPlan, won_deal: Deal, collected: Collect, as_sam: PrsClient
    ) -> None:
        collected(won_deal, "400.00")
        (line,) = ok(as_sam.get(f"{ROOT}/lines/"))["results"]
        data = ok(as_sam.get(f"{ROOT}/lines/{line['id']}/explanation/"))
        assert data["evaluated"] == data["amount"] == line["amount"]
        assert data["tree"]["op"] == "minus"
        assert data["sentences"] == [
            "The payment brought 400.00 USD; with 0.00 USD before, the deal has received "
            "400.00 USD of 1000.00 USD.",
            "Net of tax that is 400.00 USD of 1000.00 USD; 0.00 USD of it was credited before.",
            "The share of 70% is 280.00 USD so far; less 0.00 USD credited before, "
            "280.00 USD is new.",
            "In 2026-03 the credited base rises from 0.00 USD to 280.00 USD.",
            "At 5% that earns 14.00 USD; 0.00 USD was accrued before, so this line is 14.00 USD.",
        ]


class TestLists:
    def test_of_plans_and_assignments_cost_the_same_queries_with_many_rows(
        self, plan: CommissionPlan, as_fay: PrsClient, theo: User, fay: User
    ) -> None:
        paths = (f"{ROOT}/plans/", f"{ROOT}/assignments/", f"{ROOT}/plans/{plan.pk}/versions/")
        few = [queries_of(partial(as_fay.get, path)) for path in paths]
        for number in range(9):
            draft(as_fay, make_plan(as_fay, f"Plan {number}")["id"])
            draft(as_fay, str(plan.pk))
        for year in range(2010, 2019):
            AssignmentFactory(
                payee=theo,
                plan=plan,
                valid_from=date(year, 1, 1),
                valid_to=date(year, 6, 1),
                by=fay,
            )
        assert [queries_of(partial(as_fay.get, path)) for path in paths] == few
