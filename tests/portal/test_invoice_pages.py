"""Invoices in the browser: list, detail, PDF, issue."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors.buckets import due_between
from tests.factories.deals import WonDealFactory, line
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.portal.conftest import Browsers
from tests.queries import queries_of


@pytest.fixture
def invoice(sam: User, fay: User) -> Invoice:
    return IssuedInvoiceFactory(at=utc_now())


class TestInvoice:
    def test_shows_lines_and_what_is_to_be_paid(self, sams: Browser, invoice: Invoice) -> None:
        page = sams.get(f"/invoices/{invoice.number}/")
        assert page.context["row"].open == Money.of("1000.00", "USD")
        assert "Website" in page.content.decode()

    def test_is_downloaded_as_paper(self, sams: Browser, invoice: Invoice) -> None:
        answer = sams.get(f"/invoices/{invoice.number}/pdf/")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer.content.startswith(b"%PDF")

    def test_is_not_found_from_another_organization(
        self, mallorys: Browser, invoice: Invoice
    ) -> None:
        for path in (f"/invoices/{invoice.pk}/", f"/invoices/{invoice.pk}/pdf/"):
            assert mallorys.get(path).status_code == 404

    def test_is_not_a_colleagues(self, invoice: Invoice, suki: User, browser_of: Browsers) -> None:
        assert browser_of(suki).get(f"/invoices/{invoice.number}/").status_code == 404


class TestIssue:
    def test_gives_a_draft_its_number(self, fay: User, sam: User, browser_of: Browsers) -> None:
        draft = DraftInvoiceFactory(at=utc_now())
        answer = browser_of(fay).post(f"/invoices/{draft.pk}/issue/")
        draft.refresh_from_db()
        assert answer["Location"] == f"/invoices/{draft.number}/"

    def test_happens_once(self, fay: User, invoice: Invoice, browser_of: Browsers) -> None:
        assert browser_of(fay).post(f"/invoices/{invoice.number}/issue/").status_code == 404

    def test_is_not_open_to_a_salesperson(self, sams: Browser, invoice: Invoice) -> None:
        assert sams.post(f"/invoices/{invoice.pk}/issue/").status_code == 403


class TestInvoices:
    @pytest.mark.parametrize(("asked", "found"), [("", 1), ("open", 1), ("draft", 0)])
    def test_are_filtered(self, sams: Browser, invoice: Invoice, asked: str, found: int) -> None:
        assert len(sams.get("/invoices/", {"status": asked}).context["rows"]) == found

    def test_ask_as_much_for_many_as_for_one(self, sams: Browser, invoice: Invoice) -> None:
        few = queries_of(lambda: sams.get("/invoices/"))
        for _ in range(5):
            IssuedInvoiceFactory(at=utc_now())
        assert queries_of(lambda: sams.get("/invoices/")) == few


class TestAging:
    def test_is_shown_by_bucket_and_asked_for(self, sams: Browser, invoice: Invoice) -> None:
        page = sams.get("/invoices/")
        ((open_now, buckets),) = page.context["aging"]
        assert open_now == Money.of("1000.00", "USD")
        assert dict(buckets)["current"] == open_now
        for age, found in (("current", [invoice]), ("days_1_30", []), ("nonsense", [invoice])):
            rows = sams.get("/invoices/", {"age": age}).context["rows"]
            assert [row.invoice for row in rows] == found

    @pytest.mark.parametrize(
        ("bucket", "first", "last"),
        [
            ("current", date(2026, 3, 31), None),
            ("days_1_30", date(2026, 3, 1), date(2026, 3, 30)),
            ("days_31_60", date(2026, 1, 30), date(2026, 2, 28)),
            ("days_61_90", date(2025, 12, 31), date(2026, 1, 29)),
            ("days_over_90", None, date(2025, 12, 30)),
        ],
    )
    def test_buckets_meet_without_a_gap(
        self, bucket: str, first: date | None, last: date | None
    ) -> None:
        assert due_between(bucket, as_of=date(2026, 3, 31)) == (first, last)


class TestLinesOfAPart:
    def test_say_how_the_price_came_about_as_the_paper_does(self, sams: Browser, fay: User) -> None:
        cheap = line(description="Consulting", quantity=Decimal(2), discount_percent=Decimal(10))
        deal = WonDealFactory(at=utc_now(), lines=(cheap, line("500.00")))
        money = Money.of("1150.00", "USD")
        first = IssuedInvoiceFactory(deal=deal, amount=money, at=utc_now())
        page = sams.get(f"/invoices/{first.number}/")
        html = page.content.decode()
        assert [row.is_part for row in page.context["row"].lines] == [True, True]
        assert html.count("<small>part of the agreed price</small>") == 2
        assert html.count("<small>\N{MINUS SIGN}10%</small>") == 1

    def test_of_the_whole_say_nothing_of_parts(self, sams: Browser, invoice: Invoice) -> None:
        html = sams.get(f"/invoices/{invoice.number}/").content.decode()
        assert "part of the agreed price" not in html
        assert "<small>\N{MINUS SIGN}" not in html
