"""Dated tax rates, and the lines that name them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal, DealLine, TaxRate
from tenant_apps.deals.services import (
    DealChanges,
    InvalidTerms,
    NewInstalment,
    NewTaxRate,
    TaxRateOverlaps,
    TermChanges,
    amend_deal,
    create_tax_rate,
    update_deal,
)
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import pdf_of
from tenant_apps.invoices.services import credit_invoice, draft_invoice
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory, line
from tests.factories.invoices import IssuedInvoiceFactory
from tests.invoices.papers import pages_of
from tests.invoices.stories import pay
from tests.payments.figures import dollars
from tests.queries import queries_of
from tests.together import run_together

RATES, DEALS = "/api/business/tax-rates/", "/api/business/deals/"
REASON = "Reverse charge: the recipient owes the tax."
STANDARD: dict[str, Any] = {
    "code": "standard",
    "name": "Standard",
    "rate_percent": "19",
    "valid_from": "2021-01-01",
}
ABROAD = {
    "code": "abroad",
    "name": "Abroad",
    "treatment": "reverse_charge",
    "rate_percent": "0",
    "reason": REASON,
    "valid_from": "2021-01-01",
}


def enter(by: User, at: datetime, code: str = "standard", **given: Any) -> TaxRate:
    given = {"rate_percent": Decimal(19), "valid_from": date(2021, 1, 1), **given}
    return create_tax_rate(new=NewTaxRate(code=code, name=code, **given), by=by, at=at)


class TestTaxRates:
    def test_end_where_the_next_one_begins(self, as_adam: PrsClient) -> None:
        first = ok(as_adam.post(RATES, STANDARD), 201)
        raised = {**STANDARD, "rate_percent": "21", "valid_from": "2027-01-01"}
        ok(as_adam.post(RATES, raised), 201)

        shown = ok(as_adam.get(f"{RATES}{first['id']}/"))
        assert (shown["valid_to"], shown["version"]) == ("2027-01-01", 2)
        on = {
            day: [each["rate_percent"] for each in ok(as_adam.get(f"{RATES}?on={day}"))["results"]]
            for day in ("2020-12-31", "2026-12-31", "2027-01-01")
        }
        assert on == {"2020-12-31": [], "2026-12-31": ["19"], "2027-01-01": ["21"]}
        assert history_of(subject_type="deals.tax_rate", subject_id=first["id"]).count() == 2

    def test_change_their_name_and_end_alone(self, as_adam: PrsClient) -> None:
        made = ok(as_adam.post(RATES, STANDARD), 201)
        address = f"{RATES}{made['id']}/"
        changed = ok(as_adam.patch(address, {**made, "valid_to": "2027-01-01"}, version=1))
        assert changed["valid_to"] == "2027-01-01"
        refused = as_adam.patch(address, {"rate_percent": "7"}, version=2)
        assert error(refused, 400)["code"] == "validation_error"
        assert error(as_adam.patch(address, {"name": "x"}, version=1), 412)
        assert error(as_adam.patch(address, {"name": "x"}), 428)

    @pytest.mark.parametrize(
        ("change", "place"),
        [
            ({"rate_percent": "7"}, "/rate_percent"),
            ({"reason": " "}, "/reason"),
            ({"treatment": "taxed"}, "/reason"),
            ({"valid_to": "2020-01-01"}, "/valid_to"),
            ({"code": "with blank"}, "/code"),
        ],
    )
    def test_are_refused_when_they_contradict_themselves(
        self, as_adam: PrsClient, change: dict[str, str], place: str
    ) -> None:
        refused = error(as_adam.post(RATES, ABROAD | change), 400)
        assert [each["field"] for each in refused["errors"]] == [place]

    def test_are_read_by_sellers_and_written_by_administrators(
        self, as_sam: PrsClient, as_mallory: PrsClient, as_adam: PrsClient
    ) -> None:
        made = ok(as_adam.post(RATES, ABROAD), 201)
        assert ok(as_sam.get(RATES))["results"] == [made]
        assert error(as_sam.post(RATES, STANDARD), 403)
        assert error(as_mallory.get(f"{RATES}{made['id']}/"), 404)

    def test_cost_the_same_queries_for_1_and_50_rows(
        self, as_sam: PrsClient, adam: User, at_noon: datetime
    ) -> None:
        enter(adam, at_noon, "a0")
        one = queries_of(lambda: as_sam.get(f"{RATES}?page_size=100"))
        for number in range(1, 50):
            enter(adam, at_noon, f"a{number}")
        assert queries_of(lambda: as_sam.get(f"{RATES}?page_size=100")) == one

    def test_have_one_rate_a_day_under_concurrency(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        adam = person_named("adam")
        results = run_together(fresh_tenant, [lambda: enter(adam, at_noon)] * 8)
        assert sum(isinstance(each, TaxRate) for each in results) == 1
        assert sum(isinstance(each, TaxRateOverlaps) for each in results) == 7


class TestLinesThatNameATax:
    def test_get_the_rate_of_the_deals_day(
        self, as_sam: PrsClient, sam: User, adam: User, at_noon: datetime
    ) -> None:
        enter(adam, at_noon)
        enter(adam, at_noon, rate_percent=Decimal(21), valid_from=date(2027, 1, 1))
        deal = DealFactory(lines=(line("100.00", tax_code="standard"),), by=sam, at=at_noon)
        assert deal.current_version.total == Decimal("119.00")

        later = as_sam.patch(f"{DEALS}{deal.code}/", {"deal_on": "2027-02-01"}, version=1)
        assert ok(later)["total"] == {"amount": "121.00", "currency": "USD"}
        assert ok(later)["lines"][0]["tax_rate_percent"] == "21"

    def test_are_refused_without_a_rate_or_beside_another(
        self, sam: User, adam: User, at_noon: datetime
    ) -> None:
        enter(adam, at_noon)
        for given in ({"tax_code": "luxury"}, {"tax_code": "standard", "tax_rate_percent": 7}):
            with pytest.raises(InvalidTerms):
                DealFactory(lines=(line("100.00", **given),), by=sam, at=at_noon)

    def test_keep_their_tax_when_only_the_text_changes(
        self, sam: User, adam: User, at_noon: datetime
    ) -> None:
        enter(adam, at_noon)
        deal = DealFactory(lines=(line("100.00", tax_code="standard"),), by=sam, at=at_noon)
        changes = DealChanges(terms=TermChanges(text="Net 30", prices_include_tax=True))
        changed = update_deal(
            deal_id=deal.pk, changes=changes, expected_version=1, by=sam, at=at_noon
        )
        row = DealLine.objects.get(version=changed.current_version)
        assert (row.tax_code, row.tax_rate_percent) == ("standard", Decimal(19))
        assert (row.net, row.tax) == (Decimal("84.03"), Decimal("15.97"))

    def test_print_on_the_invoice_why_they_are_not_taxed(
        self, as_fay: PrsClient, sam: User, adam: User, at_noon: datetime
    ) -> None:
        enter(
            adam,
            at_noon,
            "abroad",
            rate_percent=Decimal(0),
            treatment="reverse_charge",
            reason=REASON,
        )
        deal = WonDealFactory(lines=(line("100.00", tax_code="abroad"),), by=sam, at=at_noon)
        invoice = IssuedInvoiceFactory(deal=deal, by=person_named("fay"), at=at_noon)

        shown = ok(as_fay.get(f"/api/business/invoices/{invoice.number}/"))
        assert shown["lines"][0]["tax_reason"] == REASON
        with_reason = Invoice.objects.with_settled().get(pk=invoice.pk)
        (page,) = pages_of(pdf_of(with_reason, at=at_noon).content)
        assert "Reverse charge" in page


class TestDaysOfSupply:
    """19 % until the end of 2026, 21 % from then on; a year of service over the change."""

    @pytest.fixture
    def raised(self, adam: User, at_noon: datetime) -> None:
        enter(adam, at_noon)
        enter(adam, at_noon, rate_percent=Decimal(21), valid_from=date(2027, 1, 1))

    BEFORE, AFTER = date(2026, 12, 1), date(2027, 1, 1)

    def won(self, by: User, at: datetime, *, order: int = 1) -> Deal:
        """A year's service in two halves (order -1: the later one first), paid half by half."""
        halves = [
            line("1000.00", description=f"From {day}", tax_code="standard", supplied_on=day)
            for day in (self.BEFORE, self.AFTER)
        ]
        deal: Deal = WonDealFactory(
            lines=tuple(halves[::order]),
            instalments=(
                NewInstalment(due_on=self.BEFORE, amount=dollars(1190)),
                NewInstalment(due_on=self.AFTER, amount=dollars(1210)),
            ),
            by=by,
            at=at,
        )
        return deal

    @pytest.mark.usefixtures("raised")
    def test_decide_the_rate_of_each_line(self, sam: User, at_noon: datetime) -> None:
        version = self.won(sam, at_noon).current_version
        rates = version.lines.order_by("position").values_list("tax_rate_percent", flat=True)
        assert list(rates) == [Decimal(19), Decimal(21)]
        assert (version.tax, version.total) == (Decimal(400), Decimal(2400))

    @pytest.mark.usefixtures("raised")
    @pytest.mark.parametrize("order", [1, -1])
    def test_give_each_instalments_invoice_the_tax_of_its_time(
        self, sam: User, vera: User, at_noon: datetime, order: int
    ) -> None:
        deal = self.won(sam, at_noon, order=order)
        for amount in (1190, 1210):
            pay(deal, dollars(amount), checker=vera, at=at_noon)
        first, second = Invoice.objects.filter(deal=deal).order_by("sequence")
        assert [(one.description, one.tax_rate_percent) for one in first.lines.all()] == [
            (f"From {self.BEFORE}", Decimal(19))
        ]
        assert [(one.description, one.tax_rate_percent) for one in second.lines.all()] == [
            (f"From {self.AFTER}", Decimal(21))
        ]
        assert (first.tax, second.tax) == (Decimal(190), Decimal(210))

    @pytest.mark.usefixtures("raised")
    def test_stand_on_invoice_credit_note_and_paper(
        self, as_fay: PrsClient, sam: User, at_noon: datetime
    ) -> None:
        deal, fay = self.won(sam, at_noon), person_named("fay")
        issued = IssuedInvoiceFactory(deal=deal, by=fay, at=at_noon)
        shown = ok(as_fay.get(f"/api/business/invoices/{issued.number}/"))
        assert [each["supplied_on"] for each in shown["lines"]] == ["2026-12-01", "2027-01-01"]
        found = Invoice.objects.with_settled().get(pk=issued.pk)
        (page,) = pages_of(pdf_of(found, at=at_noon).content)
        assert "supplied on January 1, 2027" in page
        note = credit_invoice(
            invoice_id=issued.pk, amount=dollars(240), reason="Late", by=fay, at=at_noon
        )
        days = note.lines.order_by("position").values_list("supplied_on", flat=True)
        assert list(days) == [self.BEFORE, self.AFTER]

    @pytest.mark.usefixtures("raised")
    def test_are_kept_by_an_amendment(self, sam: User, vera: User, at_noon: datetime) -> None:
        """What was invoiced of the first half stays invoiced of it."""
        deal = self.won(sam, at_noon)
        pay(deal, dollars(1190), checker=vera, at=at_noon)
        lines = (
            line("1000.00", tax_code="standard", supplied_on=self.BEFORE),
            line("500.00", tax_code="standard", supplied_on=self.AFTER),
        )
        amend_deal(
            deal_id=deal.pk,
            changes=TermChanges(lines=lines),
            reason="Half of it",
            by=sam,
            at=at_noon,
        )
        rest = draft_invoice(deal_id=deal.pk, amount=None, by=person_named("fay"), at=at_noon)
        assert [(one.tax_rate_percent, one.tax) for one in rest.lines.all()] == [
            (Decimal(21), Decimal(105))
        ]

    @pytest.mark.usefixtures("raised")
    def test_come_over_the_api_and_show_in_the_comparison(self, as_sam: PrsClient) -> None:
        client = ClientFactory(by=person_named("sam"))
        sold = {
            "description": "Service",
            "quantity": "1",
            "unit_price": {"amount": "100.00", "currency": "USD"},
            "tax_code": "standard",
        }
        body = {"client": client.code, "name": "A year", "lines": [sold], "deal_on": "2026-12-01"}
        made = ok(as_sam.post(DEALS, {**body, "currency": "USD"}), 201)
        assert made["total"]["amount"] == "119.00"
        later = {**sold, "supplied_on": "2027-01-01"}
        address = f"{DEALS}{made['code']}/"
        changed = ok(as_sam.patch(address, {"lines": [later]}, version=made["version"]))
        assert (changed["total"]["amount"], changed["lines"][0]["supplied_on"]) == (
            "121.00",
            "2027-01-01",
        )
        (line_1,) = [
            each
            for each in ok(as_sam.get(f"{address}versions/2/diff/"))["results"]
            if each["what"] == "line 1"
        ]
        assert line_1["after"].endswith("plus 21% tax, supplied on 2027-01-01")
        far = {**sold, "tax_code": "", "supplied_on": "0001-01-01"}
        refused = as_sam.patch(address, {"lines": [far]}, version=changed["version"])
        assert error(refused, 400)["errors"][0]["field"] == "/lines/0/supplied_on"
