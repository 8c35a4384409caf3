"""Lists as files: scoped and filtered as on the page, harmless, noted, after a proof."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.deals.models import Deal
from tenant_apps.documents import exporting
from tenant_apps.documents.exporting import csv_lines, note_export
from tests.cast import person_named
from tests.factories.clients import ClientFactory
from tests.factories.commissions import PlanFactory
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.portal.conftest import Browsers
from tests.queries import queries_of

FILES = {
    "/deals/export/": "deals",
    "/clients/export/": "clients",
    "/payments/export/": "payments",
    "/invoices/export/": "invoices",
    "/commissions/export/": "commission",
}


def read(answer: Any) -> list[dict[str, str]]:
    """Return the rows of a file by the names of their columns."""
    assert answer.status_code == 200, answer.status_code
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def story(sam: User, fay: User) -> None:
    """Something in each list of Sam's."""
    PlanFactory(author=fay, checker=person_named("adam"), payees=[sam], at=utc_now())
    VerifiedPaymentFactory(by=sam, at=utc_now())
    IssuedInvoiceFactory(by=fay, at=utc_now())


class TestFile:
    @pytest.mark.parametrize("path", FILES)
    def test_has_a_row_for_each_of_the_list(self, story: None, sams: Browser, path: str) -> None:
        page = sams.get(path.replace("export/", ""))
        answer = sams.get(path)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert f'attachment; filename="{FILES[path]}-' in answer["Content-Disposition"]
        rows = read(answer)
        assert len(rows) == page.context["shown"].count > 0
        assert all(None not in row and None not in row.values() for row in rows)

    def test_says_amounts_and_days_plainly(self, story: None, sams: Browser, sam: User) -> None:
        (row,) = read(sams.get("/payments/export/"))
        assert (row["Amount"], row["Currency"], row["Verified"]) == ("400.00", "USD", "400.00")
        assert row["Received"] == local_day_of(utc_now()).isoformat()
        assert (row["State"], row["Method"]) == ("Verified", "Bank transfer")

    def test_is_filtered_as_the_page(self, sams: Browser, sam: User) -> None:
        for name, status in (("Alpha", "open"), ("Beta", "draft")):
            DealFactory(name=name, by=sam, at=utc_now(), status=status)
        rows = read(sams.get("/deals/export/", {"status": "open", "page": "7"}))
        assert [row["Name"] for row in rows] == ["Alpha"]
        page = sams.get("/deals/", {"status": "open"}).content.decode()
        assert 'href="/deals/export/?status=open"' in page

    def test_is_what_the_person_may_see(
        self, sams: Browser, sam: User, suki: User, browser_of: Browsers, mallorys: Browser
    ) -> None:
        DealFactory(name="Sam's", by=sam, at=utc_now(), status="open")
        assert [row["Name"] for row in read(sams.get("/deals/export/"))] == ["Sam's"]
        assert read(browser_of(suki).get("/deals/export/")) == []
        assert read(mallorys.get("/deals/export/")) == []

    @pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
    def test_has_no_formula(self, sams: Browser, sam: User, name: str) -> None:
        ClientFactory(name=f"{name} Ltd", by=sam, at=utc_now())
        (row,) = read(sams.get("/clients/export/"))
        assert row["Client"][:1] not in "=+-@\t"

    def test_speaks_the_readers_language(self, sams: Browser, sam: User) -> None:
        SubmittedPaymentFactory(by=sam, at=utc_now())
        sam.locale = "de"
        sam.save(update_fields=["locale"])
        (row,) = read(sams.get("/payments/export/"))
        assert (row["Betrag"], row["Zahlungsart"]) == ("400.00", "Überweisung")

    def test_is_noted(self, sams: Browser, sam: User) -> None:
        DealFactory(by=sam, at=utc_now(), status="open")
        sams.get("/deals/export/", {"status": "open"})
        event = EventRecord.objects.get(name="documents.list_exported")
        assert (event.actor_id, event.subject_id) == (str(sam.pk), sam.pk)
        assert event.payload["what"] == "deals"
        assert (event.payload["filters"], event.payload["rows"]) == ("status=open", 1)

    def test_asks_who_it_is_after_a_while(self, sams: Browser, sam: User) -> None:
        SignIn.objects.filter(user=sam).update(proved_at=utc_now() - timedelta(days=1))
        answer = sams.get("/deals/export/?status=open")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/confirm/?next=%2Fdeals%2Fexport%2F%3Fstatus")
        assert not EventRecord.objects.filter(name="documents.list_exported").exists()


class TestPortions:
    def test_of_a_long_list_are_read_one_by_one_in_its_order(
        self, sam: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exporting, "AT_ONCE", 2)
        names = [WonDealFactory(name=f"No {n}", by=sam, at=utc_now()).name for n in range(5)]
        lines = self.lines_of(sam, {"Name": lambda deal: deal.name})
        assert len(list(lines())) == 4
        assert b"".join(lines()).decode("utf-8-sig").split() == ["Name"] + [
            word for name in names for word in name.split()
        ]
        assert queries_of(lambda: list(lines())) == 3

    def test_leave_out_what_has_gone_since(self, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        rows = Deal.objects.order_by("pk")
        taken = note_export(what="deals", filters="", rows=rows, by=sam, at=utc_now())
        gone = rows.exclude(pk=deal.pk)
        lines = csv_lines(taken, gone, {"Name": lambda each: each.name})
        assert b"".join(lines).decode("utf-8-sig") == "Name\r\n"

    def test_a_list_that_is_too_long_is_refused(
        self, sams: Browser, sam: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exporting, "MOST_ROWS", 1)
        for _ in range(2):
            DealFactory(by=sam, at=utc_now(), status="open")
        answer = sams.get("/deals/export/")
        assert answer.status_code == 409
        assert "filter it first" in answer.content.decode()

    @staticmethod
    def lines_of(by: User, columns: exporting.Columns) -> Callable[[], Any]:
        """Return a function that reads all deals as a file, the earliest first."""
        rows = Deal.objects.order_by("pk")
        taken = note_export(what="deals", filters="", rows=rows, by=by, at=utc_now())
        return lambda: csv_lines(taken, rows, columns)
