"""Dated tax rates, and the lines that name them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import DealLine, TaxRate
from tenant_apps.deals.services import (
    DealChanges,
    InvalidTerms,
    NewTaxRate,
    TaxRateOverlaps,
    TermChanges,
    create_tax_rate,
    update_deal,
)
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import pdf_of
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.deals import DealFactory, WonDealFactory, line
from tests.factories.invoices import IssuedInvoiceFactory
from tests.invoices.papers import pages_of
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
