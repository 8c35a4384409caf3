"""What is sent about an invoice in the browser: mails, reminders, and what holds them back."""

from datetime import timedelta

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.invoices.models import Invoice, PaperMail, Reminder, ReminderPause
from tenant_apps.invoices.services import pause_client_reminders
from tests.factories.clients import ClientFactory
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.portal.conftest import Browsers, key_of
from tests.queries import queries_of

CONTACT = {"name": "Nora", "role": "Billing", "email": "bills@north.example", "phone": ""}


@pytest.fixture
def client(sam: User) -> Client:
    made: Client = ClientFactory(by=sam, at=utc_now(), contacts=[CONTACT])
    return made


@pytest.fixture
def invoice(client: Client, sam: User, fay: User) -> Invoice:
    """An invoice that has been due for some days."""
    then = utc_now() - timedelta(days=20)
    deal = WonDealFactory(by=sam, at=then, client=client)
    return IssuedInvoiceFactory(by=fay, at=then, deal=deal)


@pytest.fixture
def fays(fay: User, browser_of: Browsers) -> Browser:
    return browser_of(fay)


class TestSend:
    def test_shows_the_letter_and_who_gets_it(self, fays: Browser, invoice: Invoice) -> None:
        html = fays.get(f"/invoices/{invoice.number}/send/").content.decode()
        assert 'value="bills@north.example"' in html
        assert f"Invoice {invoice.number}" in html

    def test_writes_the_mail_once(self, fays: Browser, invoice: Invoice) -> None:
        path = f"/invoices/{invoice.number}/send/"
        sent = {"to": "boss@north.example", "request_key": key_of(1)}
        for _ in range(2):
            answer = fays.post(path, sent)
            assert answer["Location"] == f"/invoices/{invoice.number}/#sent"
        assert list(PaperMail.objects.values_list("recipient", flat=True)) == [sent["to"]]
        page = fays.get(f"/invoices/{invoice.number}/")
        assert "boss@north.example" in page.content.decode()
        assert page.context["may_send"] is True

    def test_takes_the_billing_contact_where_nothing_is_typed(
        self, fays: Browser, invoice: Invoice
    ) -> None:
        fays.post(f"/invoices/{invoice.number}/send/", {"to": "", "request_key": key_of(2)})
        assert PaperMail.objects.get().recipient == "bills@north.example"

    def test_keeps_what_was_typed_and_says_why_not(self, fays: Browser, invoice: Invoice) -> None:
        answer = fays.post(f"/invoices/{invoice.number}/send/", {"to": "nobody"})
        assert (answer.status_code, answer.context["form"].value("/to")) == (400, "nobody")
        assert answer.context["form"].errors("/to")
        assert not PaperMail.objects.exists()

    def test_is_not_there_for_a_draft(self, fays: Browser, sam: User) -> None:
        draft = DraftInvoiceFactory(at=utc_now())
        for end in ("send", "remind", "reminders/pause"):
            assert fays.get(f"/invoices/{draft.pk}/{end}/").status_code == 404
        assert "/send/" not in fays.get(f"/invoices/{draft.pk}/").content.decode()

    def test_is_not_found_from_another_organization(
        self, invoice: Invoice, globex: Tenant, mallorys: Browser
    ) -> None:
        for end in ("send", "remind", "reminders/pause", "reminders/resume"):
            assert mallorys.post(f"/invoices/{invoice.pk}/{end}/").status_code == 404

    def test_is_not_offered_to_a_salesperson(self, sams: Browser, invoice: Invoice) -> None:
        page = sams.get(f"/invoices/{invoice.number}/")
        assert (page.context["may_send"], page.context["may_remind"]) == (False, False)
        assert "/send/" not in page.content.decode()


class TestRemind:
    def test_shows_the_letter_and_sends_it(self, fays: Browser, invoice: Invoice) -> None:
        path = f"/invoices/{invoice.number}/remind/"
        page = fays.get(path)
        assert (page.context["level"], page.context["recipient"]) == (1, "bills@north.example")
        assert fays.post(path, {"request_key": key_of(1)}).status_code == 303
        reminder = Reminder.objects.get()
        assert (reminder.level, reminder.mail.subject) == (1, page.context["letter"].subject)

    def test_is_not_offered_before_the_due_day(self, fays: Browser, fay: User) -> None:
        fresh = IssuedInvoiceFactory(by=fay, at=utc_now())
        page = fays.get(f"/invoices/{fresh.number}/")
        assert (page.context["may_send"], page.context["may_remind"]) == (True, False)

    def test_is_refused_twice_a_day(self, fays: Browser, invoice: Invoice) -> None:
        path = f"/invoices/{invoice.number}/remind/"
        fays.post(path, {"request_key": key_of(1)})
        again = fays.post(path, {"request_key": key_of(2)})
        assert again.status_code == 409
        assert "reminded today already" in again.content.decode()


class TestPause:
    def test_holds_reminders_back_and_lets_them_go_on(
        self, fays: Browser, invoice: Invoice
    ) -> None:
        to = f"/invoices/{invoice.number}/"
        given = {"reason": "They count again.", "is_dispute": "true", "request_key": key_of(1)}
        assert fays.post(f"{to}reminders/pause/", given)["Location"] == f"{to}#sent"
        pause = ReminderPause.objects.get()
        assert (pause.reason, pause.is_dispute) == ("They count again.", True)
        page = fays.get(to)
        assert "They count again." in page.content.decode()
        assert page.context["may_remind"] is False
        fays.post(f"{to}reminders/resume/")
        assert fays.get(to).context["may_remind"] is True
        fays.post(f"{to}reminders/resume/")
        assert "Reminders are not paused here." in fays.get(to).content.decode()

    def test_asks_why(self, fays: Browser, invoice: Invoice) -> None:
        answer = fays.post(f"/invoices/{invoice.number}/reminders/pause/", {"reason": ""})
        assert (answer.status_code, bool(answer.context["form"].errors("/reason"))) == (400, True)

    def test_of_the_client_is_told_and_not_ended_here(
        self, fays: Browser, fay: User, client: Client, invoice: Invoice
    ) -> None:
        pause_client_reminders(client_id=client.pk, reason="A friend.", by=fay, at=utc_now())
        html = fays.get(f"/invoices/{invoice.number}/").content.decode()
        assert "All reminders of this client are held back:" in html
        assert "reminders/resume" not in html


def test_an_invoice_asks_as_much_with_many_mails_as_with_one(
    fays: Browser, invoice: Invoice
) -> None:
    page = f"/invoices/{invoice.number}/"
    fays.post(f"{page}send/", {"to": "a@north.example", "request_key": key_of(0)})
    few = queries_of(lambda: fays.get(page))
    for n in range(1, 6):
        fays.post(f"{page}send/", {"to": "a@north.example", "request_key": key_of(n)})
    assert queries_of(lambda: fays.get(page)) == few
