"""Mails, reminders and links of invoices over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer, OutputSerializer
from shared_apps.web.views import ApiViewSet, parse_id, parse_reference
from tenant_apps.clients.api.fields import ClientNameOut
from tenant_apps.clients.selectors import get_client
from tenant_apps.invoices import selectors, services
from tenant_apps.invoices.models import Invoice, InvoiceLink, MailState, PaperMail

VIEW, ISSUE = "invoices.view", "invoices.issue"
MAIL: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000071",
    "recipient": "billing@northwind.example",
    "subject": "Invoice INV-2026-000001 from Acme Ltd",
    "body": "Dear Northwind GmbH, ...",
    "state": "sent",
    "error": "",
    "reminder_level": None,
    "queued_at": "2026-03-02T11:00:00Z",
    "settled_at": "2026-03-02T11:00:02Z",
}
LINK: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000072",
    "made_at": "2026-03-02T11:00:00Z",
    "expires_at": "2026-04-01T11:00:00Z",
    "revoked_at": None,
    "views": 0,
    "last_viewed_at": None,
}
NEW_LINK: dict[str, Any] = {**LINK, "url": "https://acme.example.com/i/hJ3k.../"}
PREVIEW: dict[str, Any] = {
    "invoice": {"id": "0197f1a0-0000-7000-8000-000000000021", "number": "INV-2026-000001"},
    "client": {
        "id": "0197f1a0-0000-7000-8000-000000000001",
        "code": "CL-0001",
        "name": "Northwind",
    },
    "level": 1,
    "recipient": "billing@northwind.example",
    "subject": "Reminder: invoice INV-2026-000001",
    "body": "Dear Northwind GmbH, ...",
}


class SendIn(InputSerializer):
    """Whom an invoice is sent to; without an address the client's billing contact."""

    to = serializers.EmailField(required=False, allow_null=True)


class ReasonIn(InputSerializer):
    """Why all reminders of a client are held back."""

    reason = serializers.CharField(max_length=500)


class BounceIn(InputSerializer):
    """Which mail came back, by its Message-ID, and what the bounce says."""

    message_id = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=500)


class PauseIn(ReasonIn):
    """Why reminders of an invoice are held back."""

    is_dispute = serializers.BooleanField(required=False, default=False)


class LinkIn(InputSerializer):
    """How long a link is good."""

    days = serializers.IntegerField(required=False, default=30, min_value=1, max_value=365)


class MailOut(OutputSerializer):
    """A mail about an invoice."""

    id = serializers.UUIDField()
    recipient = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    state = serializers.ChoiceField(choices=MailState.choices)
    error = serializers.CharField()
    reminder_level = serializers.SerializerMethodField()
    queued_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)

    def get_reminder_level(self, mail: PaperMail) -> int | None:
        """Return which reminder the mail is; None for the invoice itself."""
        reminder = getattr(mail, "reminder", None)
        return reminder.level if reminder else None


class LinkOut(OutputSerializer):
    """A link to an invoice, without its address."""

    id = serializers.UUIDField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    views = serializers.IntegerField()
    last_viewed_at = serializers.DateTimeField(allow_null=True)


class NewLinkOut(LinkOut):
    """A new link with its address, which is shown this once."""

    url = serializers.SerializerMethodField()

    def get_url(self, link: InvoiceLink) -> str:
        """Return the address."""
        return str(self.context["url"])


class ReminderInvoiceOut(OutputSerializer):
    """An invoice by id and number."""

    id = serializers.UUIDField()
    number = serializers.CharField()


class PreviewOut(OutputSerializer):
    """A reminder as it would be sent."""

    invoice = ReminderInvoiceOut()
    client = ClientNameOut(source="invoice.client")
    level = serializers.IntegerField()
    recipient = serializers.CharField()
    subject = serializers.CharField(source="letter.subject")
    body = serializers.CharField(source="letter.body")


class SendingViewSet(ApiViewSet):
    """What is sent about an invoice."""

    permissions: ClassVar = {
        "list": VIEW,
        "create": ISSUE,
        "remind": ISSUE,
        "preview": ISSUE,
        "pause": ISSUE,
        "resume": ISSUE,
        "pause_client": ISSUE,
        "resume_client": ISSUE,
        "links": VIEW,
        "link": ISSUE,
        "revoke": ISSUE,
        "bounce": ISSUE,
    }
    idempotent_actions: ClassVar = frozenset({"create", "remind", "link"})

    @documented(response=MailOut, example=MAIL)
    def list(self, request: Request, reference: str) -> Response:
        """List the mails about an invoice."""
        return self.page(selectors.mails_of(self._invoice(reference, VIEW)), MailOut)

    @documented(
        request=SendIn,
        response=MailOut,
        status=202,
        request_example={"to": "billing@northwind.example"},
        example={**MAIL, "state": "queued", "settled_at": None},
    )
    def create(self, request: Request, reference: str) -> Response:
        """Send an issued invoice by e-mail, as PDF; a worker delivers it."""
        invoice, given = self._invoice(reference, ISSUE), self.read(SendIn)
        mail = services.send_invoice(
            invoice_id=invoice.pk, to=given.get("to"), by=self.viewer, at=self.at
        )
        return self.one(mail, MailOut, status=202)

    @documented(
        request=BounceIn,
        response=MailOut,
        status=200,
        request_example={
            "message_id": "<0197f1a0-0000-7000-8000-000000000071@acme.example.com>",
            "reason": "550 No such mailbox",
        },
        example={**MAIL, "state": "bounced", "error": "550 No such mailbox"},
    )
    def bounce(self, request: Request) -> Response:
        """Note that a mail came back, as whoever reads the sender's mailbox tells it."""
        given = self.read(BounceIn)
        mail = selectors.find_mail_to_bounce(message_id=given["message_id"], viewer=self.viewer)
        noted = services.note_bounce(
            mail_id=mail.pk, reason=given["reason"], by=self.viewer, at=self.at
        )
        return self.one(noted, MailOut)

    @documented(response=MailOut, status=202, example={**MAIL, "reminder_level": 1})
    def remind(self, request: Request, reference: str) -> Response:
        """Send the next reminder of an open invoice."""
        invoice = self._invoice(reference, ISSUE)
        reminder = services.remind_client(invoice_id=invoice.pk, by=self.viewer, at=self.at)
        return self.one(reminder.mail, MailOut, status=202)

    @documented(response=PreviewOut, example=PREVIEW, many=True)
    def preview(self, request: Request) -> Response:
        """List the reminders that would be sent today."""
        found = selectors.previewed_reminders(viewer=self.viewer, at=self.at)
        return self.page(found, PreviewOut)

    @documented(request=PauseIn, request_example={"reason": "The client disputes it."})
    def pause(self, request: Request, reference: str) -> Response:
        """Hold the reminders of an invoice back."""
        invoice, given = self._invoice(reference, ISSUE), self.read(PauseIn)
        services.pause_invoice_reminders(invoice_id=invoice.pk, **given, by=self.viewer, at=self.at)
        return self.nothing()

    @documented()
    def resume(self, request: Request, reference: str) -> Response:
        """Let the reminders of an invoice go on."""
        invoice = self._invoice(reference, ISSUE)
        services.resume_invoice_reminders(invoice_id=invoice.pk, by=self.viewer, at=self.at)
        return self.nothing()

    @documented(request=ReasonIn, request_example={"reason": "They asked for patience."})
    def pause_client(self, request: Request, reference: str) -> Response:
        """Hold all reminders of a client back."""
        client_id, given = self._client_id(reference), self.read(ReasonIn)
        services.pause_client_reminders(
            client_id=client_id, reason=given["reason"], by=self.viewer, at=self.at
        )
        return self.nothing()

    @documented()
    def resume_client(self, request: Request, reference: str) -> Response:
        """Let the reminders of a client go on."""
        client_id = self._client_id(reference)
        services.resume_client_reminders(client_id=client_id, by=self.viewer, at=self.at)
        return self.nothing()

    @documented(response=LinkOut, example=LINK, many=True)
    def links(self, request: Request, reference: str) -> Response:
        """List the public links of an invoice."""
        return self.page(selectors.links_of(self._invoice(reference, VIEW)), LinkOut)

    @documented(
        request=LinkIn,
        response=NewLinkOut,
        status=201,
        request_example={"days": 30},
        example=NEW_LINK,
    )
    def link(self, request: Request, reference: str) -> Response:
        """Make a link that shows an invoice without a sign-in; its address is shown this once."""
        invoice, given = self._invoice(reference, ISSUE), self.read(LinkIn)
        new = services.link_invoice(
            invoice_id=invoice.pk, days=given["days"], by=self.viewer, at=self.at
        )
        return self.one(new.link, NewLinkOut, status=201, url=new.url)

    @documented(response=LinkOut, example={**LINK, "revoked_at": "2026-03-03T09:00:00Z"})
    def revoke(self, request: Request, reference: str, link: str) -> Response:
        """Withdraw a link."""
        invoice = self._invoice(reference, ISSUE)
        revoked = services.revoke_link(
            invoice_id=invoice.pk, link_id=parse_id(link), by=self.viewer, at=self.at
        )
        return self.one(revoked, LinkOut)

    def _client_id(self, reference: str) -> UUID:
        client = get_client(
            reference=parse_reference(reference), viewer=self.viewer, permission=ISSUE
        )
        return client.pk

    def _invoice(self, reference: str, permission: str) -> Invoice:
        return selectors.get_invoice(
            reference=parse_reference(reference), viewer=self.viewer, permission=permission
        )
