"""Tax rates in the browser: of all days, the next one, its end."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import TaxRate
from tenant_apps.deals.services import NewTaxRate, create_tax_rate
from tests.portal.conftest import Browsers, key_of
from tests.queries import queries_of

FIRST = date(2021, 1, 1)


@pytest.fixture
def rate(adam: User) -> TaxRate:
    new = NewTaxRate(code="standard", name="VAT", rate_percent=Decimal(16), valid_from=FIRST)
    return create_tax_rate(new=new, by=adam, at=utc_now())


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    return browser_of(adam)


def sent(**more: str) -> dict[str, str]:
    """Return the form of a rate."""
    return {
        "code": "standard",
        "name": "VAT",
        "treatment": "taxed",
        "rate_percent": "19",
        "reason": "",
        "valid_from": "2026-01-01",
        "valid_to": "",
        "request_key": key_of(1),
        **more,
    }


class TestTaxRates:
    def test_are_listed(self, adams: Browser, rate: TaxRate) -> None:
        html = adams.get("/settings/taxes/").content.decode()
        assert "16%" in html
        assert f"/settings/taxes/{rate.pk}/edit/" in html

    def test_say_what_to_do_while_there_are_none(self, adams: Browser) -> None:
        assert "No tax yet" in adams.get("/settings/taxes/").content.decode()

    def test_are_looked_at_without_steps_by_a_salesperson(
        self, sams: Browser, rate: TaxRate
    ) -> None:
        page = sams.get("/settings/taxes/")
        assert page.context["may_change"] is False
        assert [url for url, _label, _current in page.context["parts"]] == [
            "/settings/products/",
            "/settings/stages/",
            "/settings/taxes/",
        ]

    def test_ask_as_much_for_many_as_for_one(self, adams: Browser, adam: User) -> None:
        for n in range(6):
            if n == 1:
                few = queries_of(lambda: adams.get("/settings/taxes/"))
            day = FIRST + timedelta(days=n)
            new = NewTaxRate(code="x", name="X", rate_percent=Decimal(n), valid_from=day)
            create_tax_rate(new=new, by=adam, at=utc_now())
        assert queries_of(lambda: adams.get("/settings/taxes/")) == few

    def test_are_one_organizations(self, rate: TaxRate, mallorys: Browser) -> None:
        assert "VAT" not in mallorys.get("/settings/taxes/").content.decode()
        assert mallorys.get(f"/settings/taxes/{rate.pk}/edit/").status_code == 404


class TestNextRate:
    def test_begins_with_what_the_last_was(self, adams: Browser, rate: TaxRate) -> None:
        form = adams.get("/settings/taxes/new/?code=standard").context["form"]
        assert (form.value("/code"), form.value("/name")) == ("standard", "VAT")

    def test_ends_the_one_before_it(self, adams: Browser, rate: TaxRate) -> None:
        assert adams.post("/settings/taxes/new/", sent())["Location"] == "/settings/taxes/"
        rate.refresh_from_db()
        assert rate.valid_to == date(2026, 1, 1)
        assert TaxRate.objects.get(valid_to=None).rate_percent == 19

    def test_reads_a_rate_as_it_is_typed_in_german(self, adams: Browser, adam: User) -> None:
        adam.locale = "de"
        adam.save(update_fields=["locale"])
        adams.post("/settings/taxes/new/", sent(rate_percent="7,5"))
        assert TaxRate.objects.get().rate_percent == Decimal("7.5")

    def test_keeps_what_was_typed_and_says_why_not(self, adams: Browser, rate: TaxRate) -> None:
        exempt = sent(treatment="exempt", rate_percent="0")
        answer = adams.post("/settings/taxes/new/", exempt)
        assert answer.context["form"].errors("/reason") == [
            "Say why no tax is charged: invoices print it."
        ]
        overlapping = adams.post("/settings/taxes/new/", sent(valid_from="2021-01-01"))
        assert overlapping.status_code == 409
        assert TaxRate.objects.count() == 1


class TestEdit:
    def test_renames_and_ends_a_rate(self, adams: Browser, rate: TaxRate) -> None:
        path = f"/settings/taxes/{rate.pk}/edit/"
        version = adams.get(path).context["form"].version
        given = {"name": "VAT, full", "valid_to": "2030-01-01", "version": version}
        assert adams.post(path, given)["Location"] == "/settings/taxes/"
        rate.refresh_from_db()
        assert (rate.name, rate.valid_to) == ("VAT, full", date(2030, 1, 1))

    def test_is_refused_on_what_has_changed_since(self, adams: Browser, rate: TaxRate) -> None:
        given = {"name": "Other", "valid_to": "", "version": "9"}
        assert adams.post(f"/settings/taxes/{rate.pk}/edit/", given).status_code == 412
