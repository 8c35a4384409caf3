"""A form that is sent as it came changes nothing, in either language."""

from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db.models import Model
from django.forms.models import model_to_dict
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import read_choices
from shared_apps.organizations.services import OrganizationChanges, change_organization
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.selectors import list_stages
from tenant_apps.deals.services import NewTaxRate, create_tax_rate, lose_deal
from tenant_apps.portal.forms.settings import PARTS
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, ProductFactory, WonDealFactory, line
from tests.factories.payments import SubmittedPaymentFactory
from tests.portal.conftest import Browsers

ODD = (
    line("1234.50", quantity=Decimal("1.125"), discount_percent=Decimal("2.5")),
    line("1000.00", description="Support", tax_rate_percent=Decimal("7.125")),
)

ADDRESS = {
    "line1": "Unter den Linden 1",
    "line2": "Hof",
    "city": "Berlin",
    "postal_code": "10117",
    "region": "",
    "country": "DE",
}


class Controls(HTMLParser):
    """What a browser would send of the form that posts to its own page."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.sent: dict[str, str] = {}
        self.is_inside, self.is_offered, self.select, self.text = False, False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.is_inside = given.get("action", self.path) == self.path
            self.is_inside &= given.get("method") == "post"
        elif not self.is_inside:
            return
        elif tag == "input":
            self._input(name, given)
        elif tag in ("select", "textarea"):
            self.select, self.text = (name, "") if tag == "select" else ("", name)
            self.is_offered = False
            self.sent.setdefault(name, "")
        elif tag == "option" and ("selected" in given or not self.is_offered):
            self.is_offered = True  # without a chosen one, a browser takes the first
            self.sent[self.select] = given.get("value", "")

    def _input(self, name: str, given: dict[str, str]) -> None:
        is_box = given.get("type") in ("checkbox", "radio")
        if given.get("type") != "file" and ("checked" in given or not is_box):
            self.sent[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.text:
            self.sent[self.text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        self.text = "" if tag == "textarea" else self.text


def controls_of(html: str, path: str) -> dict[str, str]:
    """Return the names of the controls and what stands in them."""
    reader = Controls(path)
    reader.feed(html)
    return reader.sent


def send_untouched(browser: Browser, path: str) -> None:
    """Send a form as its page gives it; it is taken."""
    sent = controls_of(browser.get(path).content.decode(), path)
    answer = browser.post(path, sent | {"step": "save"})
    assert answer.status_code == 303, answer.context["form"].said


def said_of(row: Model) -> dict[str, Any]:
    """Return what a row says, but for its count of changes."""
    row.refresh_from_db()
    names = {field.name for field in row._meta.concrete_fields} - {"version", "updated_at"}
    return {name: value for name, value in model_to_dict(row).items() if name in names}


def terms_of(deal: Deal) -> dict[str, Any]:
    """Return what a deal's version says: its text, its lines, parts and shares."""
    deal.refresh_from_db()
    version = deal.current_version
    rows = (*version.lines.all(), *version.instalments.all(), *deal.splits.all())
    ids = {"id", "version", "deal"}
    values = [model_to_dict(row, exclude=ids) for row in rows]
    return {"terms": version.terms, "total": version.total, "rows": values}


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    return browser_of(adam)


@pytest.fixture(params=["en", "de"], autouse=True)
def language(request: pytest.FixtureRequest, sams: Browser, adams: Browser) -> None:
    for browser in (sams, adams):
        browser.cookies["language"] = request.param


class TestSentAsItCame:
    def test_a_deal_stays_what_it_is(self, sams: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now(), lines=ODD, terms="Payable in Hamburg.")
        before = said_of(deal), terms_of(deal)
        send_untouched(sams, f"/deals/{deal.code}/edit/")
        assert (said_of(deal), terms_of(deal)) == before
        assert before[1]["terms"] == "Payable in Hamburg."

    def test_a_line_keeps_what_is_no_longer_offered(
        self, sams: Browser, sam: User, adam: User
    ) -> None:
        stage = list_stages()[0]
        last_year = date(utc_now().year - 1, 1, 1)
        rate = NewTaxRate(
            code="old",
            name="Old tax",
            rate_percent=Decimal("7.5"),
            valid_from=last_year,
            valid_to=last_year.replace(month=12),
        )
        create_tax_rate(new=rate, by=adam, at=utc_now())
        taxed = line(tax_code="old", supplied_on=last_year)
        deal = DealFactory(by=sam, at=utc_now(), lines=(taxed,), stage_id=stage.pk)
        before = said_of(deal), terms_of(deal)
        send_untouched(sams, f"/deals/{deal.code}/edit/")
        assert (said_of(deal), terms_of(deal)) == before

    def test_a_won_deal_keeps_its_notes(self, sams: Browser, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now(), remarks="Nice people", source="Fair")
        before = said_of(deal)
        send_untouched(sams, f"/deals/{deal.code}/edit/")
        assert said_of(deal) == before

    def test_a_payment_stays_what_it_is(self, sams: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now(), money=Money.of("234.50", "USD"))
        before = said_of(payment)
        send_untouched(sams, f"/payments/{payment.code}/edit/")
        assert said_of(payment) == before

    def test_a_payment_stays_on_a_deal_that_was_lost(self, sams: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now(), status="open")
        payment = SubmittedPaymentFactory(by=sam, at=utc_now(), deal=deal)
        lose_deal(deal_id=deal.pk, reason="They went elsewhere.", by=sam, at=utc_now())
        page = sams.get(f"/payments/{payment.code}/edit/").content.decode()
        assert f'<option value="{deal.code}" selected>' in page

    def test_a_client_stays_what_it_is(self, sams: Browser, sam: User) -> None:
        contacts = [{"name": "Nora", "role": "CFO", "email": "n@north.example", "phone": ""}]
        client = ClientFactory(
            by=sam, at=utc_now(), contacts=contacts, tags=["north", "sea"], billing_address=ADDRESS
        )
        before = said_of(client)
        send_untouched(sams, f"/clients/{client.code}/edit/")
        assert said_of(client) == before

    def test_a_product_and_a_stage_stay_what_they_are(self, adams: Browser, adam: User) -> None:
        product = ProductFactory(by=adam, list_price=Money.of("1234.50", "USD"))
        for row, path in ((product, "products"), (list_stages()[0], "stages")):
            before = said_of(row)
            send_untouched(adams, f"/settings/{path}/{row.pk}/edit/")
            assert said_of(row) == before

    @pytest.mark.usefixtures("forgets_changes")
    @pytest.mark.parametrize("part", PARTS)
    def test_the_settings_stay_what_they_are(self, adams: Browser, adam: User, part: str) -> None:
        odd = {"discount_limit_percent": Decimal("12.5"), "write_off_tolerance": Decimal("1.25")}
        changes, version = OrganizationChanges(settings=odd), read_choices().version
        change_organization(changes=changes, expected_version=version, by=adam.actor, at=utc_now())
        before = read_choices()
        send_untouched(adams, f"/settings/{part}/")
        after = read_choices()
        assert after.settings == before.settings
        assert model_to_dict(after.organization) == model_to_dict(before.organization)
