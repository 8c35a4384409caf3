"""Links to an invoice, in the browser: made, shown once, counted, withdrawn."""

import re

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.invoices.models import Invoice, InvoiceLink
from tests.factories.invoices import IssuedInvoiceFactory
from tests.portal.conftest import Browsers
from tests.queries import queries_of

ADDRESS = re.compile(r"<code>(http[^<]+)</code>")


@pytest.fixture
def fays(fay: User, browser_of: Browsers) -> Browser:
    return browser_of(fay)


@pytest.fixture
def invoice(fay: User) -> Invoice:
    return IssuedInvoiceFactory(by=fay, at=utc_now())


def test_a_link_is_shown_once_and_opens_the_invoice(
    fays: Browser, nobodys: Browser, invoice: Invoice
) -> None:
    url = f"/invoices/{invoice.number}/links/"
    assert fays.get(url).status_code == 200
    shown = ADDRESS.search(fays.post(url, {"days": "7"}).content.decode())
    assert shown is not None
    path = "/" + shown[1].split("/", 3)[3]
    assert nobodys.get(path).status_code == 200
    page = fays.get(f"/invoices/{invoice.number}/").content.decode()
    assert "1 time" in page
    assert path not in page


def test_a_link_is_withdrawn(fays: Browser, invoice: Invoice) -> None:
    fays.post(f"/invoices/{invoice.number}/links/", {"days": "7"})
    link = InvoiceLink.objects.get()
    revoke = f"/invoices/{invoice.number}/links/{link.pk}/revoke/"
    assert revoke in fays.get(f"/invoices/{invoice.number}/").content.decode()
    assert fays.post(revoke)["Location"] == f"/invoices/{invoice.number}/#sent"
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert "Withdrawn" in fays.get(f"/invoices/{invoice.number}/").content.decode()


def test_days_out_of_bounds_are_refused_at_the_field(fays: Browser, invoice: Invoice) -> None:
    answer = fays.post(f"/invoices/{invoice.number}/links/", {"days": "400"})
    assert answer.status_code == 400
    assert answer.context["form"].errors("/days") != []
    assert InvoiceLink.objects.count() == 0


def test_only_who_may_issue_makes_links(
    sams: Browser, mallorys: Browser, fays: Browser, invoice: Invoice
) -> None:
    url = f"/invoices/{invoice.number}/links/"
    fays.post(url, {"days": "7"})
    link = InvoiceLink.objects.get()
    assert sams.post(url, {"days": "7"}).status_code == 403
    assert sams.post(f"{url}{link.pk}/revoke/").status_code == 403
    assert mallorys.post(f"{url}{link.pk}/revoke/").status_code in (403, 404)
    link.refresh_from_db()
    assert link.revoked_at is None
    assert InvoiceLink.objects.count() == 1


def test_an_invoice_asks_as_much_for_many_links_as_for_one(fays: Browser, invoice: Invoice) -> None:
    page = f"/invoices/{invoice.number}/"
    fays.post(f"{page}links/", {"days": "7"})
    few = queries_of(lambda: fays.get(page))
    for _more in range(3):
        fays.post(f"{page}links/", {"days": "7"})
    assert queries_of(lambda: fays.get(page)) == few
