"""Deals in the browser: one form for everything, steps, history."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import DealStatus
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory, line
from tests.factories.payments import VerifiedPaymentFactory
from tests.portal.conftest import signed_in
from tests.queries import queries_of

NEW = "/deals/new/"


@pytest.fixture
def client(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(name="Northwind", by=sam, at=at_noon)


class TestDeal:
    def test_shows_money_papers_and_history(self, sams: Browser, sam: User) -> None:
        payment = VerifiedPaymentFactory(by=sam, at=utc_now())
        html = sams.get(f"/deals/{payment.deal.code}/").content.decode()
        for shown in (payment.code, "$600.00", "INV-", "Payment verified", "Deal won"):
            assert shown in html

    def test_is_not_found_from_another_organization(self, mallorys: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now())
        for path in (f"/deals/{deal.code}/", f"/deals/{deal.pk}/"):
            assert mallorys.get(path).status_code == 404

    def test_offers_no_steps_to_who_only_reads(self, veras: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now())
        page = veras.get(f"/deals/{deal.code}/")
        assert page.context["steps"] == ([], [])
        assert "/edit/" not in page.content.decode()

    def test_takes_a_note(self, sams: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now())
        sams.post(f"/deals/{deal.code}/notes/", {"text": "Called Nora"})
        assert "Called Nora" in sams.get(f"/deals/{deal.code}/").content.decode()

    def test_asks_as_much_for_many_payments_as_for_one(self, sams: Browser, sam: User) -> None:
        now = utc_now()
        deal = WonDealFactory(by=sam, at=now)
        some = {"by": sam, "at": now, "deal": deal, "money": Money.of("10.00", "USD")}
        VerifiedPaymentFactory(**some)
        few = queries_of(lambda: sams.get(f"/deals/{deal.code}/"))
        for _ in range(5):
            VerifiedPaymentFactory(**some)
        assert queries_of(lambda: sams.get(f"/deals/{deal.code}/")) == few


class TestSteps:
    @pytest.mark.parametrize(
        ("begins", "move", "ends", "typed"),
        [
            ("draft", "submit", DealStatus.OPEN, {}),
            ("open", "win", DealStatus.WON, {}),
            ("open", "lose", DealStatus.LOST, {"reason": "Bought elsewhere"}),
            ("won", "reopen", DealStatus.OPEN, {}),
            ("won", "cancel", DealStatus.CANCELLED, {"reason": "Withdrew"}),
        ],
    )
    def test_move_the_deal(
        self, sams: Browser, sam: User, begins: str, move: str, ends: str, typed: dict[str, str]
    ) -> None:
        deal = DealFactory(by=sam, at=utc_now(), status=begins)
        path = f"/deals/{deal.code}/move/{move}/"
        assert sams.get(path).status_code == 200
        assert sams.post(path, typed)["Location"] == f"/deals/{deal.code}/"
        deal.refresh_from_db()
        assert deal.status == ends

    def test_say_at_the_field_what_is_missing(self, sams: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now())
        page = sams.post(f"/deals/{deal.code}/move/lose/", {"reason": ""})
        assert page.status_code == 400
        assert page.context["form"].errors("/reason")

    def test_say_why_not_from_the_wrong_state(self, sams: Browser, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        page = sams.post(f"/deals/{deal.code}/move/win/")
        assert page.status_code == 409
        assert "The deal is not open." in page.content.decode()

    def test_are_not_found_from_another_organization(self, mallorys: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now())
        assert mallorys.post(f"/deals/{deal.code}/move/win/").status_code == 404
        assert mallorys.post(f"/deals/{deal.code}/move/explode/").status_code == 404

    def test_put_a_draft_away(self, sams: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now(), status="draft")
        assert sams.post(f"/deals/{deal.code}/move/archive/")["Location"] == "/deals/"
        deal.refresh_from_db()
        assert deal.is_archived


def fields_of(form: Any) -> dict[str, str]:
    """Return a form as a browser would send it back."""
    fields: dict[str, str] = {"step": "save", "version": form.version, "request_key": form.key}
    for name, value in form.typed.items():
        if isinstance(value, list):
            for index, row in enumerate(value):
                fields |= {f"{name}.{index}.{part}": text for part, text in row.items()}
        else:
            fields[name] = value
    return fields


class TestEditDeal:
    def test_keeps_everything_that_was_not_changed(self, sams: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now())
        path = f"/deals/{deal.code}/edit/"
        fields = fields_of(sams.get(path).context["form"])
        assert sams.post(path, fields | {"name": "New name"}).status_code == 303
        deal.refresh_from_db()
        assert (deal.name, deal.current_version.number) == ("New name", 1)

    def test_makes_a_version_of_new_terms(self, sams: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now())
        path = f"/deals/{deal.code}/edit/"
        fields = fields_of(sams.get(path).context["form"])
        changed = {"lines.0.unit_price": "1200", "instalments.0.amount": "1200"}
        assert sams.post(path, fields | changed).status_code == 303
        deal.refresh_from_db()
        assert (deal.current_version.number, deal.current_version.total) == (2, 1200)

    def test_changes_only_the_notes_of_a_won_deal(self, sams: Browser, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        path = f"/deals/{deal.code}/edit/"
        page = sams.get(path)
        assert 'name="lines.0.unit_price"' not in page.content.decode()
        fields = fields_of(page.context["form"]) | {"remarks": "Nice people"}
        assert sams.post(path, fields).status_code == 303
        deal.refresh_from_db()
        assert deal.remarks == "Nice people"

    def test_is_not_for_who_only_reads(self, veras: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now())
        assert veras.get(f"/deals/{deal.code}/edit/").status_code == 403


class TestAmendDeal:
    def test_gives_a_won_deal_new_terms(self, sams: Browser, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        path = f"/deals/{deal.code}/amend/"
        fields = fields_of(sams.get(path).context["form"])
        changed = {"lines.0.unit_price": "1500", "reason": "More pages"}
        assert sams.post(path, fields | changed)["Location"] == f"/deals/{deal.code}/"
        deal.refresh_from_db()
        assert (deal.current_version.number, deal.current_version.total) == (2, 1500)
        assert "More pages" in sams.get(f"/deals/{deal.code}/").content.decode()

    def test_needs_a_reason(self, sams: Browser, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        path = f"/deals/{deal.code}/amend/"
        page = sams.post(path, fields_of(sams.get(path).context["form"]))
        assert page.context["form"].errors("/reason")


class TestDealList:
    def test_finds_by_client_and_state(self, sams: Browser, sam: User, client: Client) -> None:
        now = utc_now()
        WonDealFactory(by=sam, at=now, client=client)
        DealFactory(by=sam, at=now)
        rows = sams.get("/deals/", {"q": "northwind", "status": "won"}).context["rows"]
        assert [row.deal.client for row in rows] == [client]

    def test_asks_as_much_for_many_as_for_one(self, sams: Browser, sam: User) -> None:
        now = utc_now()
        WonDealFactory(by=sam, at=now)
        few = queries_of(lambda: sams.get("/deals/"))
        for _ in range(19):
            WonDealFactory(by=sam, at=now)
        assert queries_of(lambda: sams.get("/deals/")) == few


class TestDiscount:
    def test_is_asked_for_and_approved_by_the_lead(
        self, sams: Browser, theo: User, sam: User, acme: Tenant, at_noon: datetime
    ) -> None:
        cheap = (line(discount_percent=Decimal(50)),)
        deal = DealFactory(lines=cheap, by=sam, at=at_noon)
        address = f"/deals/{deal.code}/"
        assert f"{address}discount/" in sams.get(address).content.decode()
        assert sams.post(f"{address}discount/", {"reason": ""}).status_code == 400
        assert sams.post(f"{address}discount/", {"reason": "Two years"}).status_code == 303

        asked = deal.discount_requests.get()
        theos = signed_in(theo, acme)
        assert f"/discounts/{asked.pk}/" in theos.get(address).content.decode()
        seen = {"content_hash": asked.content_hash, "step": "approve"}
        assert theos.post(f"/discounts/{asked.pk}/", seen).status_code == 303
        assert sams.post(f"{address}move/win/").status_code == 303
        deal.refresh_from_db()
        assert deal.status == DealStatus.WON


class TestHandOver:
    def test_moves_deals_and_says_so(
        self, theo: User, sam: User, suki: User, acme: Tenant, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        theos = signed_in(theo, acme)
        assert "/hand-overs/" in theos.get("/deals/").content.decode()
        typed = {
            "leaver": str(sam.pk),
            "successor": str(suki.pk),
            "takes_credit": "true",
            "leaves": "true",
        }
        assert theos.post("/hand-overs/", typed).status_code == 400
        page = theos.post("/hand-overs/", typed | {"reason": "Sam leaves"}, follow=True)
        assert "HO-0001" in page.content.decode()
        deal.refresh_from_db()
        assert deal.owner_id == suki.pk

    def test_is_called_off(
        self, theo: User, sam: User, suki: User, acme: Tenant, at_noon: datetime
    ) -> None:
        theos = signed_in(theo, acme)
        typed = {
            "request_key": "a filling-in of the form",
            "leaver": str(sam.pk),
            "successor": str(suki.pk),
            "effective_on": "2100-01-01",
            "reason": "Sam leaves",
        }
        theos.post("/hand-overs/", typed)
        page = theos.post("/hand-overs/HO-0001/cancel/", follow=True)
        assert "called off" in page.content.decode()
