"""A new deal in the browser: one form for everything, the first payment included."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import Deal, DealStatus
from tenant_apps.payments.models import Payment
from tests.factories.clients import ClientFactory
from tests.factories.deals import ProductFactory
from tests.factories.documents import picture, upload

NEW = "/deals/new/"


@pytest.fixture
def client(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(name="Northwind", by=sam, at=at_noon)


@pytest.fixture
def typed(client: Client, sam: User, suki: User) -> dict[str, Any]:
    return {
        "request_key": "a filling-in of the form",
        "step": "save",
        "client": client.code,
        "name": "Website",
        "currency": "USD",
        "status": "won",
        "deal_on": "2026-03-02",
        "lines.0.description": "Website",
        "lines.0.quantity": "2",
        "lines.0.unit_price": "1,500.50",
        "lines.0.tax_rate_percent": "19",
        "lines.1.quantity": "1",
        "splits.0.payee": str(sam.pk),
        "splits.0.share_percent": "70",
        "splits.1.payee": str(suki.pk),
        "splits.1.share_percent": "30",
        "instalments.0.due_on": "2026-03-10",
        "instalments.0.amount": "1000.00",
        "instalments.0.kind": "deposit",
        "instalments.1.due_on": "2026-04-10",
        "instalments.1.amount": "2571.19",
    }


@pytest.fixture
def first_payment() -> dict[str, Any]:
    return {
        "payment.amount": "400.00",
        "payment.method": "bank_transfer",
        "payment.received_on": utc_now().date().isoformat(),
        "payment.reference": "REF-1",
        "proof": upload(picture(), "receipt.png"),
    }


class TestNewDeal:
    def test_is_entered_with_lines_splits_and_instalments(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        page = sams.post(NEW, typed, follow=True)
        deal = Deal.objects.get(name="Website")
        assert page.redirect_chain == [(f"/deals/{deal.code}/", 303)]
        version = deal.current_version
        assert (deal.status, version.total) == (DealStatus.WON, Decimal("3571.19"))
        assert version.lines.count() == 1
        assert version.instalments.count() == 2
        assert deal.splits.count() == 2

    def test_brings_its_first_payment_with_the_proof(
        self, sams: Browser, typed: dict[str, Any], first_payment: dict[str, Any]
    ) -> None:
        assert sams.post(NEW, typed | first_payment).status_code == 303
        payment = Payment.objects.get(deal__name="Website")
        assert payment.is_submitted
        assert payment.proofs.count() == 1

    def test_is_entered_once_however_often_it_is_sent(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        answers = [sams.post(NEW, typed) for _ in range(2)]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert Deal.objects.filter(name="Website").count() == 1

    def test_keeps_what_was_typed_and_says_at_the_field_why(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        wrong = {"lines.0.quantity": "many", "instalments.1.amount": "1", "name": ""}
        page = sams.post(NEW, typed | wrong)
        assert page.status_code == 400
        form = page.context["form"]
        assert form.errors("/lines/0/quantity")
        assert form.errors("/name")
        html = page.content.decode()
        assert 'value="many"' in html
        assert 'value="1,500.50"' in html
        assert not Deal.objects.exists()

    def test_names_the_part_and_the_row_of_each_problem(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        wrong = {"lines.1.unit_price": "x", "instalments.0.amount": "x", "payment.amount": "x"}
        page = sams.post(NEW, typed | wrong)
        parts = {each.anchor: each.part for each in page.context["form"].places}
        assert parts["f-lines-1-unit_price"] == "Line 2"
        assert parts["f-instalments-0-amount"] == "Instalment 1"
        assert parts["f-payment-amount"] == "First payment"
        assert '<a href="#f-lines-1-unit_price">Line 2, Price: <span>' in page.content.decode()

    def test_says_in_the_part_what_is_wrong_with_the_whole_of_it(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        page = sams.post(NEW, typed | {"splits.1.share_percent": "41"})
        (place,) = page.context["form"].places
        assert (place.anchor, place.part) == ("f-splits", "Credit")
        html = page.content.decode()
        assert f'<p class="error">{place.message}</p>' in html
        assert f'<a href="#f-splits">Credit: <span>{place.message}</span>' in html

    def test_says_what_the_service_refuses_as_well(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        page = sams.post(NEW, typed | {"splits.1.share_percent": "20"})
        assert "The shares total 90%, not 100%." in page.content.decode()
        page = sams.post(NEW, typed | {"payment.amount": "5", "payment.method": "cheque"})
        assert page.context["form"].errors("/payment/received_on")
        assert not Deal.objects.exists()

    def test_sells_a_product_at_its_list_price(self, sams: Browser, typed: dict[str, Any]) -> None:
        product = ProductFactory()
        sold = {"lines.1.product": str(product.pk), "lines.1.unit_price": ""}
        plain = {name: value for name, value in typed.items() if "instalments" not in name}
        assert sams.post(NEW, plain | sold).status_code == 303
        line = Deal.objects.get(name="Website").current_version.lines.get(position=2)
        assert (line.description, line.unit_price) == (product.name, Decimal(100))

    def test_gives_another_row_without_losing_any(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        page = sams.post(NEW, typed | {"step": "lines+"})
        assert page.status_code == 200
        assert 'name="lines.1.unit_price"' in page.content.decode()
        assert 'value="1,500.50"' in page.content.decode()
        assert not Deal.objects.exists()

    @pytest.mark.parametrize("group", ["lines", "instalments", "splits"])
    def test_gives_another_row_below_an_empty_one(
        self, sams: Browser, typed: dict[str, Any], group: str
    ) -> None:
        blank = {"lines.2.unit_price": "", "instalments.2.amount": "", "splits.2.payee": ""}
        page = sams.post(NEW, typed | blank | {"step": f"{group}+"})
        form = page.context["form"]
        assert len(form.typed[group]) == 4
        assert form.focus.startswith(f"/{group}/3/")
        others = {"lines": 1, "instalments": 2, "splits": 2}
        del others[group]
        assert {name: len(form.typed[name]) for name in others} == others
        page = sams.post(NEW, typed | blank | {"step": f"{group}-0"})
        assert len(page.context["form"].typed[group]) == 2

    def test_takes_a_row_away_and_goes_on_beside_it(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        page = sams.post(NEW, typed | {"step": "instalments-0"})
        assert page.context["form"].typed["instalments"] == [
            {"due_on": "2026-04-10", "amount": "2571.19"}
        ]
        assert page.context["form"].focus == "/instalments/0/due_on"
        typed |= {"lines.1.description": "Support", "lines.1.unit_price": "9"}
        for step, left in (("lines-0", "9.00"), ("lines-1", "3571.19"), ("lines-7", "3580.19")):
            page = sams.post(NEW, typed | {"step": step})
            assert page.context["terms"].total == Money.of(left, "USD"), step
        assert sams.post(NEW, typed | {"step": "lines-x"}).status_code == 200
        assert not Deal.objects.exists()

    def test_says_which_files_are_to_be_chosen_again(
        self, sams: Browser, typed: dict[str, Any], first_payment: dict[str, Any]
    ) -> None:
        page = sams.post(NEW, typed | first_payment | {"payment.amount": "much"})
        assert "Choose again: receipt.png." in page.content.decode()
        assert "Choose again" not in sams.post(NEW, typed | {"name": ""}).content.decode()

    def test_works_out_the_total_by_the_rules_of_deals(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        page = sams.post(NEW, typed | {"step": "totals"})
        assert page.context["terms"].total == Money.of("3571.19", "USD")

    def test_is_not_open_to_a_verifier(self, veras: Browser, typed: dict[str, Any]) -> None:
        assert veras.post(NEW, typed).status_code == 403


class TestPricesWithTax:
    def test_are_entered_and_shown_in_the_form_again(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        typed = {name: text for name, text in typed.items() if not name.startswith("instalments")}
        sams.post(NEW, typed | {"prices_include_tax": "true", "status": "open"})
        deal = Deal.objects.get(name="Website")
        assert deal.current_version.total == Decimal("3001.00")
        page = sams.get(f"/deals/{deal.code}/edit/")
        assert page.context["form"].value("/prices_include_tax") == "true"
