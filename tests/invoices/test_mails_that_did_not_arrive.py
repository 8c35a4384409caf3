"""Mails that bounced or were given up are visible, and somebody is told."""

from datetime import datetime

import pytest

from shared_apps.audit.models import Delivery
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.invoices.models import Invoice, PaperMail
from tenant_apps.invoices.services import deliver_mail, give_up_mails, send_invoice
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.notifications.test_reactions import deliver_everything, told

URL = "/api/business/invoices/"
REASON = "550 No such mailbox"


@pytest.fixture
def mail(sam: User, fay: User, at_noon: datetime) -> PaperMail:
    """Return a mail that Fay sent with an invoice."""
    invoice: Invoice = IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
    Client.objects.filter(pk=invoice.client_id).update(email="office@northwind.example")
    return send_invoice(invoice_id=invoice.pk, to=None, by=fay, at=at_noon)


class TestBounce:
    def test_is_shown_found_and_told_to_the_sender(
        self, as_fay: PrsClient, mail: PaperMail, at_noon: datetime
    ) -> None:
        deliver_mail(mail_id=mail.pk, at=at_noon)
        body = {"message_id": mail.message_id, "reason": REASON}
        assert ok(as_fay.post(f"{URL}mail-bounces/", body))["state"] == "bounced"
        deliver_everything()

        assert list(told("mail_failed")) == ["fay"]
        (row,) = ok(as_fay.get(f"{URL}?mail_state=bounced"))["results"]
        assert row["id"] == str(mail.invoice_id)
        assert ok(as_fay.get(f"{URL}?mail_state=sent"))["results"] == []
        assert error(as_fay.post(f"{URL}mail-bounces/", body), 409)["code"] == "mail_not_sent"

    def test_of_a_foreign_mail_is_not_found(
        self, as_mallory: PrsClient, as_sam: PrsClient, as_fay: PrsClient, mail: PaperMail
    ) -> None:
        body = {"message_id": mail.message_id, "reason": REASON}
        assert error(as_mallory.post(f"{URL}mail-bounces/", body), 404)
        assert error(as_sam.post(f"{URL}mail-bounces/", body), 403)
        assert error(as_fay.post(f"{URL}mail-bounces/", body | {"message_id": "<x@y>"}), 404)


class TestMailThatWasGivenUp:
    def test_is_failed_and_told_once(self, mail: PaperMail, at_noon: datetime) -> None:
        assert give_up_mails(at=at_noon) == 0
        owed = Delivery.objects.filter(reaction="invoices.deliver_mail")
        owed.update(state="dead", last_error="OSError: no route", settled_at=at_noon)
        assert give_up_mails(at=at_noon) == 1
        assert give_up_mails(at=at_noon) == 0

        mail.refresh_from_db()
        assert (mail.state, mail.error) == ("failed", "Given up after every try: OSError: no route")
        for each in Delivery.objects.filter(reaction="notifications.tell_mail_failed"):
            assert each.state == "ready"
