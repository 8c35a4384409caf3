"""The controls report over HTTP: read by those who read the audit log, exported after a step-up."""

import csv
import io
import json
from datetime import datetime, timedelta

import pytest

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import SignIn, User
from tests.client import PrsClient, error, ok
from tests.controls.planting import check, give_role

CONTROLS = "/api/admin/controls/"
EXPORTS = (f"{CONTROLS}export/csv/", f"{CONTROLS}export/json/")


@pytest.fixture
def planted(sam: User, vera: User, at_noon: datetime) -> dict[str, str]:
    """Somebody with two roles that do not go together, and a checked payment; the days of it."""
    give_role(sam, "verifier")
    check(sam, vera, times=1, at=at_noon)
    return {"since": str(at_noon.date()), "until": str(at_noon.date())}


class TestReport:
    def test_shows_conflicts_duties_pairs_and_findings(
        self, as_audrey: PrsClient, planted: dict[str, str], sam: User, vera: User
    ) -> None:
        shown = ok(as_audrey.get(CONTROLS, planted))

        mine = [each for each in shown["conflicts"] if each["person"]["id"] == str(sam.pk)]
        assert "submits_and_approves_payments" in {each["rule"]["code"] for each in mine}
        assert mine[0]["person"]["full_name"] == "Sam Seller"
        (pair,) = shown["pairs"]
        assert (pair["maker"]["id"], pair["checker"]["id"]) == (str(sam.pk), str(vera.pk))
        assert pair["share_percent"] == "100.0"
        transfer = [
            each for each in shown["duties"] if each["permission"] == "organization.transfer"
        ]
        assert transfer[0]["is_single"] is True
        assert shown["pairs_count"] == 1

    def test_is_of_the_last_90_days_unless_asked_otherwise(self, as_audrey: PrsClient) -> None:
        shown = ok(as_audrey.get(CONTROLS))
        since, until = (datetime.fromisoformat(shown[name]) for name in ("since", "until"))
        assert until - since == timedelta(days=89)

    @pytest.mark.parametrize(
        "days",
        [
            {"since": "2026-03-02", "until": "2026-03-01"},
            {"since": "2020-01-01", "until": "2026-03-01"},
            {"since": "soon"},
        ],
    )
    def test_refuses_days_that_make_no_period(
        self, as_audrey: PrsClient, days: dict[str, str]
    ) -> None:
        refusal = error(as_audrey.get(CONTROLS, days), 400)
        assert [each["field"] for each in refusal["errors"]] == ["/since"]

    def test_is_closed_to_those_who_may_not_read_the_log(
        self, as_sam: PrsClient, as_vera: PrsClient
    ) -> None:
        for client in (as_sam, as_vera):
            for path in (CONTROLS, *EXPORTS):
                assert error(client.get(path), 403)["code"] == "permission_denied"

    def test_says_nothing_of_another_organization(
        self, as_mallory: PrsClient, planted: dict[str, str], sam: User
    ) -> None:
        shown = as_mallory.get(CONTROLS, planted)
        assert ok(shown)["pairs"] == []
        assert str(sam.pk) not in shown.content.decode()


class TestExport:
    def test_is_a_table_with_a_line_for_each_finding(
        self, as_audrey: PrsClient, planted: dict[str, str]
    ) -> None:
        answer = as_audrey.get(EXPORTS[0], planted)

        rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
        assert answer["Content-Type"] == "text/csv"
        assert "controls-2026-03-02-2026-03-02.csv" in answer["Content-Disposition"]
        assert {row["section"] for row in rows} == {
            "period",
            "conflicting grants",
            "single points of control",
            "who checked whom",
        }
        assert ("Sam Seller", "submits_and_approves_payments") in {
            (row["person"], row["code"]) for row in rows
        }

    def test_is_the_report_as_json(self, as_audrey: PrsClient, planted: dict[str, str]) -> None:
        kept = json.loads(as_audrey.get(EXPORTS[1], planted).content)
        shown = ok(as_audrey.get(CONTROLS, planted))
        assert {**kept, "made_at": ""} == {**shown, "made_at": ""}

    def test_never_becomes_a_formula(
        self, as_audrey: PrsClient, planted: dict[str, str], sam: User
    ) -> None:
        User.objects.filter(pk=sam.pk).update(first_name="=HYPERLINK(1)", last_name="")
        text = as_audrey.get(EXPORTS[0], planted).content.decode()
        assert "'=HYPERLINK(1)" in text
        assert ",=HYPERLINK" not in text

    @pytest.mark.parametrize("path", EXPORTS)
    def test_asks_for_a_recent_proof(self, audrey: User, as_audrey: PrsClient, path: str) -> None:
        SignIn.objects.filter(user=audrey).update(proved_at=utc_now() - timedelta(minutes=16))
        assert error(as_audrey.get(path), 403)["code"] == "step_up_required"
        ok(as_audrey.get(CONTROLS))
