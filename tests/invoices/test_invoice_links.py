"""Links that show one invoice without a sign-in."""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.invoices.api.pages import GUESSES
from tenant_apps.invoices.models import Invoice, InvoiceLink
from tenant_apps.invoices.services import (
    InvoiceNotIssued,
    credit_invoice,
    link_invoice,
    open_link,
    revoke_link,
)
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.invoices.papers import pages_of
from tests.invoices.stories import pay
from tests.payments.figures import dollars
from tests.queries import queries_of

URL = "/api/business/invoices/"


@pytest.fixture(autouse=True)
def _no_guesses() -> None:
    cache.clear()


@pytest.fixture
def invoice(sam: User, at_noon: datetime) -> Invoice:
    """Return an issued invoice."""
    issued: Invoice = IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
    return issued


@pytest.fixture
def path(invoice: Invoice, fay: User) -> str:
    """Return the path of a link to the invoice."""
    return urlsplit(link_invoice(invoice_id=invoice.pk, days=30, by=fay, at=utc_now()).url).path


@pytest.fixture
def browser(acme: Tenant) -> Browser:
    """A browser of somebody who has no account."""
    return Browser(SERVER_NAME=acme.host)


class TestPage:
    def test_names_the_credit_note(
        self, browser: Browser, path: str, invoice: Invoice, fay: User
    ) -> None:
        assert "Credit note" not in browser.get(path).content.decode()
        at = utc_now()
        money = dollars(100)
        note = credit_invoice(invoice_id=invoice.pk, amount=money, reason="Late", by=fay, at=at)
        html = browser.get(path).content.decode()
        assert f"<dt>Credit note {note.number}</dt><dd>-USD 100.00</dd>" in html.replace(
            "\xa0", " "
        )
        assert "USD 900.00" in html.replace("\xa0", " ")

    def test_shows_the_invoice_and_its_pdf(
        self, browser: Browser, path: str, invoice: Invoice
    ) -> None:
        page = browser.get(path)
        html = page.content.decode()
        assert page.status_code == 200
        assert "INV-2026-000001" in html
        assert "USD 1,000.00" in html
        pdf = browser.get(f"{path}pdf/")
        assert invoice.content_hash in pages_of(pdf.content)[0]

    def test_asks_for_no_money_that_has_come(
        self, browser: Browser, path: str, invoice: Invoice, vera: User, at_noon: datetime
    ) -> None:
        assert "Due on" in browser.get(path).content.decode()
        pay(invoice.deal, dollars(1000), checker=vera, at=at_noon)
        html = browser.get(path).content.decode()
        assert "Nothing is to be paid." in html
        assert "Due on" not in html

    def test_is_kept_from_caches_search_engines_and_other_sites(
        self, browser: Browser, path: str
    ) -> None:
        for address in (path, f"{path}pdf/", "/i/wrong/"):
            answer = browser.get(address)
            assert answer["Cache-Control"] == "private, no-store"
            assert "noindex" in answer["X-Robots-Tag"]
            assert answer["Referrer-Policy"] == "no-referrer"
            assert "default-src 'none'" in answer["Content-Security-Policy"]
            assert not answer.cookies

    def test_changes_nothing(self, browser: Browser, path: str) -> None:
        assert browser.post(path).status_code == 405

    def test_counts_its_views_and_notes_the_first(self, browser: Browser, path: str) -> None:
        for _ in range(3):
            browser.get(path)
        assert InvoiceLink.objects.get().views == 3
        assert EventRecord.objects.filter(name="invoices.invoice_viewed").count() == 1


class TestRefusal:
    def test_tells_no_wrong_token_from_another(
        self, browser: Browser, path: str, globex: Tenant, fay: User
    ) -> None:
        link = InvoiceLink.objects.get()
        wrong = browser.get("/i/wrong/")
        foreign = Browser(SERVER_NAME=globex.host).get(path)
        revoke_link(invoice_id=link.invoice_id, link_id=link.pk, by=fay, at=utc_now())
        revoked = browser.get(path)
        assert {page.status_code for page in (wrong, foreign, revoked)} == {404}
        assert wrong.content == foreign.content == revoked.content

    def test_is_in_the_language_of_the_browser(self, browser: Browser) -> None:
        page = browser.get("/i/wrong/", headers={"Accept-Language": "de"}).content.decode()
        assert '<html lang="de">' in page
        assert "Der Link ist falsch, abgelaufen oder zurückgezogen." in page

    def test_comes_when_the_time_is_over(
        self, invoice: Invoice, fay: User, at_noon: datetime
    ) -> None:
        new = link_invoice(invoice_id=invoice.pk, days=1, by=fay, at=at_noon)
        token = urlsplit(new.url).path.split("/")[2]
        day = timedelta(days=1)
        assert open_link(token=token, at=at_noon + day - timedelta(seconds=1)) == invoice
        assert open_link(token=token, at=at_noon + day) is None

    def test_comes_after_too_many_guesses(self, browser: Browser, path: str) -> None:
        for number in range(GUESSES):
            browser.get(f"/i/guess-{number}/")
        assert browser.get(path).status_code == 404
        cache.clear()
        assert browser.get(path).status_code == 200

    def test_keeps_tokens_out_of_the_logs(
        self, path: str, globex: Tenant, browser: Browser, caplog: pytest.LogCaptureFixture
    ) -> None:
        token = path.split("/")[2]
        with caplog.at_level(logging.DEBUG):
            browser.get(path)
            Browser(SERVER_NAME=globex.host).get(path)
        lines = [record for record in caplog.records if not record.name.startswith("django.db")]
        assert [line.getMessage() for line in lines if token in line.getMessage()] == []

    def test_keeps_no_token_in_the_database(self, path: str) -> None:
        assert path.split("/")[2] not in InvoiceLink.objects.get().token_hash


class TestMaking:
    def test_is_refused_for_drafts_and_strange_times(
        self, sam: User, fay: User, invoice: Invoice, at_noon: datetime
    ) -> None:
        draft = DraftInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
        with pytest.raises(InvoiceNotIssued):
            link_invoice(invoice_id=draft.pk, days=30, by=fay, at=at_noon)
        for days in (0, 366):
            with pytest.raises(ValidationFailed):
                link_invoice(invoice_id=invoice.pk, days=days, by=fay, at=at_noon)

    def test_works_over_http(
        self, as_fay: PrsClient, as_sam: PrsClient, as_mallory: PrsClient, invoice: Invoice
    ) -> None:
        url = f"{URL}{invoice.pk}/links/"
        error(as_sam.post(url, {}), 403)
        error(as_mallory.post(url, {}), 404)
        made = ok(as_fay.post(url, {"days": 7}), 201)
        assert "/i/" in made["url"]
        (row,) = ok(as_fay.get(url))["results"]
        assert "url" not in row
        assert row["views"] == 0
        error(as_sam.post(f"{url}{made['id']}/revoke/"), 403)
        assert ok(as_fay.post(f"{url}{made['id']}/revoke/"))["revoked_at"] is not None
        error(as_fay.post(f"{url}{invoice.pk}/revoke/"), 404)


def test_are_listed_at_the_same_cost(as_fay: PrsClient, fay: User, invoice: Invoice) -> None:
    url, costs = f"{URL}{invoice.pk}/links/", []
    for count in (1, 9):
        for _ in range(count):
            link_invoice(invoice_id=invoice.pk, days=30, by=fay, at=utc_now())
        costs.append(queries_of(lambda: as_fay.get(url)))
    assert len(ok(as_fay.get(url))["results"]) == 10
    assert costs[0] == costs[1]
