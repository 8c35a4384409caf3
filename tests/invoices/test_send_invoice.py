"""Invoices by e-mail: written down at once, delivered by the outbox to a real mail server."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.db import transaction
from pytest_django import Settings

from shared_apps.audit.delivery import deliver
from shared_apps.audit.models import Delivery
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.invoices.models import Invoice, PaperMail
from tenant_apps.invoices.services import (
    InvoiceNotIssued,
    NoBillingAddress,
    deliver_mail,
    send_invoice,
)
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.invoices.papers import pages_of
from tests.invoices.policies import chosen
from tests.invoices.stories import pay
from tests.notifications.test_reactions import deliver_everything, told
from tests.payments.figures import dollars
from tests.queries import queries_of

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A mail server in a process of its own: its port, and the folder of what it was handed."""
    folder = tmp_path_factory.mktemp("mails")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.invoices.smtp_peer", str(folder)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield int(process.stdout.readline()), folder
    process.communicate()


@pytest.fixture
def mailbox(peer: tuple[int, Path], settings: Settings) -> Path:
    """Let mails go to the mail server; return the empty folder that they arrive in."""
    port, folder = peer
    for path in folder.iterdir():
        path.unlink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    return folder


@pytest.fixture
def invoice(sam: User, at_noon: datetime) -> Invoice:
    """Return an issued invoice of a client with an address."""
    issued: Invoice = IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
    Client.objects.filter(pk=issued.client_id).update(email="office@northwind.example")
    return issued


def received(folder: Path) -> list[EmailMessage]:
    """Return what the mail server was handed, in order."""
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(folder.iterdir())
    ]


class TestSendInvoice:
    def test_reaches_the_client_with_the_pdf(
        self, fay: User, invoice: Invoice, mailbox: Path, at_noon: datetime
    ) -> None:
        mail = send_invoice(invoice_id=invoice.pk, to=None, by=fay, at=at_noon)
        deliver_everything()

        (message,) = received(mailbox)
        assert message["To"] == "office@northwind.example"
        assert message["From"] == '"Acme" <no-reply@localhost>'.replace('"', "")
        assert message["Reply-To"] == "billing@acme.example"
        assert message["Message-ID"] == mail.message_id
        assert message["Subject"] == "Invoice INV-2026-000001 from Acme Ltd"
        (attached,) = message.iter_attachments()
        assert attached.get_filename() == "INV-2026-000001.pdf"
        assert "INV-2026-000001" in pages_of(attached.get_content())[0]
        mail.refresh_from_db()
        assert (mail.state, mail.error) == ("sent", "")

    def test_goes_to_the_contact_for_billing_first(
        self, fay: User, invoice: Invoice, at_noon: datetime
    ) -> None:
        contacts = [
            {"name": "Boss", "role": "CEO", "email": "boss@northwind.example", "phone": ""},
            {"name": "Bill", "role": "Billing", "email": "bill@northwind.example", "phone": ""},
        ]
        Client.objects.filter(pk=invoice.client_id).update(contacts=contacts)
        mail = send_invoice(invoice_id=invoice.pk, to=None, by=fay, at=at_noon)
        assert mail.recipient == "bill@northwind.example"

    def test_speaks_the_language_of_the_invoice(
        self, sam: User, fay: User, at_noon: datetime
    ) -> None:
        with chosen(invoice_locale="de"):
            invoice = IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
        mail = send_invoice(invoice_id=invoice.pk, to="a@b.example", by=fay, at=at_noon)
        assert mail.subject == "Rechnung INV-2026-000001 von Acme Ltd"
        assert "16. März 2026" in mail.body

    @pytest.mark.parametrize(
        ("paid", "said"),
        [(400, "Of that, USD 600.00 is left to be paid"), (1000, "nothing is left to be paid.")],
    )
    def test_asks_for_what_is_open_only(
        self, fay: User, vera: User, invoice: Invoice, at_noon: datetime, paid: int, said: str
    ) -> None:
        later = at_noon + timedelta(days=1)
        pay(invoice.deal, dollars(paid), checker=vera, at=later)
        mail = send_invoice(invoice_id=invoice.pk, to="a@b.example", by=fay, at=later)
        assert said in mail.body
        assert ("due on" in mail.body) is (paid < 1000)

    def test_is_sent_once_however_often_it_is_delivered(
        self, fay: User, invoice: Invoice, mailbox: Path, at_noon: datetime
    ) -> None:
        send_invoice(invoice_id=invoice.pk, to=None, by=fay, at=at_noon)
        deliver_everything()
        Delivery.objects.update(state="ready", settled_at=None, attempts=0)
        deliver_everything()
        assert len(received(mailbox)) == 1

    def test_has_one_message_id_when_a_worker_dies_after_the_server_took_it(
        self, fay: User, invoice: Invoice, mailbox: Path, at_noon: datetime
    ) -> None:
        mail = send_invoice(invoice_id=invoice.pk, to=None, by=fay, at=at_noon)
        with transaction.atomic():  # killed before its transaction ends
            deliver_mail(mail_id=mail.pk, at=at_noon)
            transaction.set_rollback(True)
        deliver_everything()
        first, second = received(mailbox)
        assert first["Message-ID"] == second["Message-ID"] == mail.message_id

    def test_shows_a_refusal_for_good_and_tells_who_asked(
        self, fay: User, invoice: Invoice, mailbox: Path, at_noon: datetime
    ) -> None:
        mail = send_invoice(invoice_id=invoice.pk, to="refused@x.example", by=fay, at=at_noon)
        deliver_everything()
        deliver_everything()
        mail.refresh_from_db()
        assert mail.state == "failed"
        assert "550" in mail.error
        assert told("mail_failed").keys() == {"fay"}

    def test_is_tried_again_after_a_refusal_for_now(
        self, fay: User, invoice: Invoice, mailbox: Path, at_noon: datetime
    ) -> None:
        mail = send_invoice(invoice_id=invoice.pk, to="later@x.example", by=fay, at=at_noon)
        owed = Delivery.objects.get(
            reaction="invoices.deliver_mail", event__payload__mail_id=str(mail.pk)
        )
        assert deliver(delivery_id=owed.pk) is False
        owed.refresh_from_db()
        mail.refresh_from_db()
        assert (owed.state, mail.state) == ("ready", "queued")
        assert "451" in owed.last_error

    def test_is_refused_for_drafts_and_without_an_address(
        self, sam: User, fay: User, invoice: Invoice, at_noon: datetime
    ) -> None:
        draft = DraftInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
        with pytest.raises(InvoiceNotIssued):
            send_invoice(invoice_id=draft.pk, to="a@b.example", by=fay, at=at_noon)
        Client.objects.update(email="", contacts=[])
        with pytest.raises(NoBillingAddress):
            send_invoice(invoice_id=invoice.pk, to=None, by=fay, at=at_noon)


class TestOnIssue:
    @pytest.mark.parametrize("count", [1, 0])
    def test_follows_the_setting(self, sam: User, at_noon: datetime, count: int) -> None:
        with chosen(send_invoices_on_issue=bool(count)):
            deal = WonDealFactory(by=sam, at=at_noon)
            Client.objects.filter(pk=deal.client_id).update(email="office@x.example")
            IssuedInvoiceFactory(deal=deal, at=at_noon)
            deliver_everything()
            deliver_everything()
        assert [len(outbox.outbox), PaperMail.objects.count()] == [count, count]


class TestHttp:
    def test_sends_once_per_key_and_lists_what_was_sent(
        self, as_fay: PrsClient, invoice: Invoice
    ) -> None:
        url = f"/api/business/invoices/{invoice.number}/"
        first = ok(as_fay.post(f"{url}send/", {}, key="send-it-once"), 202)
        assert ok(as_fay.post(f"{url}send/", {}, key="send-it-once"), 202) == first
        (row,) = ok(as_fay.get(f"{url}mails/"))["results"]
        assert (row["state"], row["reminder_level"]) == ("queued", None)

    def test_is_refused_to_other_roles_and_organizations(
        self, as_sam: PrsClient, as_audrey: PrsClient, as_mallory: PrsClient, invoice: Invoice
    ) -> None:
        url = f"/api/business/invoices/{invoice.pk}/send/"
        for client in (as_sam, as_audrey):
            error(client.post(url, {}), 403)
        error(as_mallory.post(url, {}), 404)
        assert not PaperMail.objects.exists()

    def test_lists_at_the_same_cost(self, as_fay: PrsClient, fay: User, invoice: Invoice) -> None:
        costs = []
        for count in (1, 9):
            for _ in range(count):
                send_invoice(invoice_id=invoice.pk, to=None, by=fay, at=invoice.created_at)
            url = f"/api/business/invoices/{invoice.pk}/mails/"
            costs.append(queries_of(lambda: ok(as_fay.get(url))))  # noqa: B023  called at once
        assert costs[0] == costs[1]
