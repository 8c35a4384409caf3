"""Deals over HTTP."""

from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.api.examples import DEAL_DETAIL
from tenant_apps.deals.models import Deal
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory, split
from tests.ledger.movements import apply_money, receive_money

NOBODY = "01a20000-0000-4000-8000-000000000000"
URL = "/api/business/deals/"
MOVES = ("submit", "win", "lose", "reopen", "amend", "cancel")


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


@pytest.fixture
def client(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(name="Northwind", by=sam, at=at_noon)


@pytest.fixture
def body(client: Client, sam: User, suki: User) -> dict[str, Any]:
    return {
        "name": "Website & logo",
        "client": client.code,
        "status": "won",
        "lines": [
            {
                "description": "Website",
                "quantity": "2",
                "unit_price": usd("500.00"),
                "tax_rate_percent": "19",
            }
        ],
        "splits": [
            {"payee": str(sam.pk), "share_percent": "70"},
            {"payee": str(suki.pk), "share_percent": "30"},
        ],
        "instalments": [
            {"due_on": "2026-03-02", "amount": usd("400.00"), "kind": "deposit"},
            {"due_on": "2026-04-01", "amount": usd("790.00")},
        ],
    }


class TestPostDeal:
    def test_enters_everything_in_one_request(
        self, as_sam: PrsClient, body: dict[str, Any]
    ) -> None:
        response = as_sam.post(URL, body)
        deal = ok(response, 201)

        assert (deal["code"], deal["status"], response["ETag"]) == ("DL-0001", "won", '"1"')
        assert (deal["net"], deal["tax"], deal["total"]) == (
            usd("1000.00"),
            usd("190.00"),
            usd("1190.00"),
        )
        assert [split["share_percent"] for split in deal["splits"]] == ["70", "30"]
        assert [part["kind"] for part in deal["instalments"]] == ["deposit", "instalment"]
        assert deal["payment"]["outstanding"] == usd("1190.00")
        assert deal.keys() - {"first_payment"} == DEAL_DETAIL.keys()

    def test_needs_an_idempotency_key(self, as_sam: PrsClient, body: dict[str, Any]) -> None:
        refused = error(as_sam.post(URL, body, key=None), 428)
        assert refused["code"] == "idempotency_key_required"

    def test_enters_a_repeated_request_once(self, as_sam: PrsClient, body: dict[str, Any]) -> None:
        first = as_sam.post(URL, body, key="same-key-1")
        again = as_sam.post(URL, body, key="same-key-1")

        assert again["Idempotent-Replayed"] == "true"
        assert ok(again, 201) == ok(first, 201)
        assert Deal.objects.count() == 1

    @pytest.mark.parametrize(
        ("path", "value", "field"),
        [
            (("name",), "", "/name"),
            (("client",), "nobody", "/client"),
            (("status",), "lost", "/status"),
            (("code",), "DL-9999", "/code"),
            (("won_at",), "2020-01-01T00:00:00Z", "/won_at"),
            (("lines", 0, "quantity"), "0", "/lines/0/quantity"),
            (("lines", 0, "quantity"), "-1", "/lines/0/quantity"),
            (("lines", 0, "quantity"), 1.5, "/lines/0/quantity"),
            (("lines", 0, "net"), usd("1.00"), "/lines/0/net"),
            (("lines", 0, "unit_price", "amount"), "1.001", "/lines/0/unit_price"),
            (("lines", 0, "unit_price", "currency"), "XXY", "/lines/0/unit_price"),
            (("lines", 0, "discount_percent"), "101", "/lines/0/discount_percent"),
            (("lines", 0, "description"), "", "/lines/0/description"),
            (("lines",), [], "/lines"),
            (("lines",), "none", "/lines"),
            (("splits", 0, "share_percent"), "69.9999", "/splits"),
            (("splits", 0, "payee"), NOBODY, "/splits"),
            (("instalments", 1, "amount"), usd("789.99"), "/instalments"),
            (("instalments", 1, "amount"), usd("0.00"), "/instalments/1/amount"),
            (("instalments", 1, "kind"), "tip", "/instalments/1/kind"),
            (("currency",), "EUR", "/lines/0/unit_price"),
            (("stage",), NOBODY, "/stage"),
        ],
    )
    def test_names_what_is_wrong(
        self,
        as_sam: PrsClient,
        body: dict[str, Any],
        path: tuple[str | int, ...],
        value: object,
        field: str,
    ) -> None:
        refused = error(as_sam.post(URL, changed(body, path, value)), 400)
        assert field in {problem["field"] for problem in refused["errors"]}
        assert not Deal.objects.exists()

    def test_does_not_find_a_colleagues_or_foreign_client(
        self, as_suki: PrsClient, as_mallory: PrsClient, body: dict[str, Any], client: Client
    ) -> None:
        mallorys = {name: body[name] for name in ("name", "client", "lines")}
        for each, sent in (
            (as_suki, body),
            (as_suki, {**body, "client": str(client.pk)}),
            (as_mallory, {**mallorys, "client": str(client.pk)}),
        ):
            (problem,) = error(each.post(URL, sent), 400)["errors"]
            assert (problem["field"], problem["code"]) == ("/client", "not_found")

    @pytest.mark.parametrize("role", ["as_vera", "as_audrey", "as_theo", "as_fay", "as_tim"])
    def test_is_refused_to_other_roles(
        self, request: pytest.FixtureRequest, body: dict[str, Any], role: str
    ) -> None:
        refused = error(request.getfixturevalue(role).post(URL, body), 403)
        assert refused["code"] == "permission_denied"


class TestGetDeal:
    @pytest.mark.parametrize("who", ["sam", "suki", "theo", "vera", "audrey"])
    def test_opens_by_id_and_code_to_owner_credited_team_and_readers(
        self, request: pytest.FixtureRequest, sam: User, suki: User, at_noon: datetime, who: str
    ) -> None:
        deal = DealFactory(splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)
        client = request.getfixturevalue(f"as_{who}")
        assert ok(client.get(f"{URL}{deal.pk}/"))["code"] == deal.code
        assert ok(client.get(f"{URL}{deal.code}/"))["id"] == str(deal.pk)

    def test_answers_alike_for_a_colleagues_a_foreign_and_no_deal(
        self,
        sam: User,
        at_noon: datetime,
        as_sam: PrsClient,
        as_suki: PrsClient,
        as_mallory: PrsClient,
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        cases = [
            (as_suki, deal.pk),
            (as_suki, deal.code),
            (as_mallory, deal.pk),
            (as_sam, uuid4()),
            (as_sam, "DL-9999"),
            (as_sam, "nonsense"),
        ]
        bodies = []
        for each, reference in cases:
            bodies.append(error(each.get(f"{URL}{reference}/"), 404))
            bodies.append(error(each.get(f"{URL}{reference}/versions/"), 404))
        assert all(body == bodies[0] for body in bodies)

    @pytest.mark.parametrize("move", MOVES)
    def test_moves_answer_alike_too(
        self, sam: User, at_noon: datetime, as_suki: PrsClient, as_mallory: PrsClient, move: str
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        body = {"reason": "x"} if move in {"lose", "cancel", "amend"} else {}
        for each, reference in ((as_suki, deal.pk), (as_mallory, deal.pk), (as_suki, uuid4())):
            refused = error(each.post(f"{URL}{reference}/{move}/", body), 404)
            assert refused["code"] == "not_found"

    def test_shows_how_far_it_is_paid(
        self, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        long_ago = ok(as_sam.get(f"{URL}{deal.pk}/"))["payment"]
        assert long_ago["progress"] == "overdue"

        payment = uuid4()
        receive_money(deal.pk, payment, "1200.00", at=at_noon)
        apply_money(deal.pk, payment, "1000.00", at=at_noon)
        assert ok(as_sam.get(f"{URL}{deal.pk}/"))["payment"] == {
            "progress": "overpaid",
            "applied": usd("1000.00"),
            "outstanding": usd("0.00"),
        }


class TestPatchDeal:
    def test_accepts_what_get_has_shown(
        self, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        shown = ok(as_sam.get(f"{URL}{deal.pk}/"))
        shown["remarks"] = "Call in April."
        changed = ok(as_sam.patch(f"{URL}{deal.pk}/", shown, version=1))
        assert (changed["remarks"], changed["version_number"]) == ("Call in April.", 1)

    def test_writes_a_new_version_of_the_terms(
        self, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        sent = {"lines": [{"description": "Logo", "quantity": "1", "unit_price": usd("70.00")}]}
        changed = ok(as_sam.patch(f"{URL}{deal.pk}/", sent, version=1))
        assert (changed["total"], changed["version_number"]) == (usd("70.00"), 2)

        versions = ok(as_sam.get(f"{URL}{deal.pk}/versions/"))["results"]
        assert [(each["number"], each["total"]) for each in versions] == [
            (2, usd("70.00")),
            (1, usd("1000.00")),
        ]

    def test_asks_for_whole_lines(self, sam: User, as_sam: PrsClient, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        refused = as_sam.patch(f"{URL}{deal.pk}/", {"lines": [{"quantity": "2"}]}, version=1)
        fields = {problem["field"] for problem in error(refused, 400)["errors"]}
        assert fields == {"/lines/0/unit_price"}

    @pytest.mark.parametrize("name", ["code", "status", "total", "payment", "won_at"])
    def test_refuses_to_change_what_is_only_shown(
        self, sam: User, as_sam: PrsClient, at_noon: datetime, name: str
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        refused = error(as_sam.patch(f"{URL}{deal.pk}/", {name: "odd"}, version=1), 400)
        assert refused["errors"][0]["field"] == f"/{name}"

    def test_asks_for_the_version_it_is_based_on(
        self, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        assert error(as_sam.patch(f"{URL}{deal.pk}/", {"name": "x"}), 428)
        assert error(as_sam.patch(f"{URL}{deal.pk}/", {"name": "x"}, version=2), 412)

    def test_refuses_new_terms_of_a_won_deal(
        self, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        refused = as_sam.patch(f"{URL}{deal.pk}/", {"terms": "Net 90"}, version=1)
        assert error(refused, 409)["code"] == "deal_not_open"


class TestMoves:
    def test_go_from_draft_to_cancelled(
        self, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        deal = DealFactory(status="draft", by=sam, at=at_noon)
        lines = [{"description": "Logo", "quantity": "3", "unit_price": usd("500.00")}]
        steps: list[tuple[str, dict[str, Any], str]] = [
            ("submit", {}, "open"),
            ("lose", {"reason": "Too dear"}, "lost"),
            ("reopen", {}, "open"),
            ("win", {}, "won"),
            ("amend", {"lines": lines, "reason": "More"}, "won"),
            ("cancel", {"reason": "Called off"}, "cancelled"),
        ]
        for move, sent, status in steps:
            assert ok(as_sam.post(f"{URL}{deal.pk}/{move}/", sent))["status"] == status

        shown = ok(as_sam.get(f"{URL}{deal.pk}/"))
        assert (shown["total"], shown["version"]) == (usd("1500.00"), 7)

    @pytest.mark.parametrize(
        ("move", "sent", "code"),
        [
            ("submit", {}, "deal_not_draft"),
            ("reopen", {}, "deal_not_closed"),
            ("amend", {"reason": "x", "lines": []}, "deal_not_won"),
            ("cancel", {"reason": "x"}, "deal_not_won"),
        ],
    )
    def test_answer_409_in_the_wrong_state(
        self,
        sam: User,
        as_sam: PrsClient,
        at_noon: datetime,
        move: str,
        sent: dict[str, Any],
        code: str,
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        assert error(as_sam.post(f"{URL}{deal.pk}/{move}/", sent), 409)["code"] == code

    @pytest.mark.parametrize("move", ["win", "reopen", "amend", "cancel"])
    def test_that_move_money_need_a_key(
        self, sam: User, as_sam: PrsClient, at_noon: datetime, move: str
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        assert error(as_sam.post(f"{URL}{deal.pk}/{move}/", {}, key=None), 428)

    def test_put_drafts_away_and_nothing_else(
        self, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        draft = DealFactory(status="draft", by=sam, at=at_noon)
        deal = DealFactory(by=sam, at=at_noon)
        assert as_sam.delete(f"{URL}{draft.pk}/").status_code == 204
        assert error(as_sam.delete(f"{URL}{deal.pk}/"), 409)["code"] == "deal_not_draft"
        assert [each["id"] for each in ok(as_sam.get(URL))["results"]] == [str(deal.pk)]


def changed(body: dict[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Return the body with one place changed."""
    copy = deepcopy(body)
    place: Any = copy
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return copy
