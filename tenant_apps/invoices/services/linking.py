"""Links that show one invoice to whoever holds them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.kernel.wording import worded
from shared_apps.tenancy.context import current_tenant
from tenant_apps.invoices.events import InvoiceLinked, InvoiceLinkRevoked, InvoiceViewed
from tenant_apps.invoices.models import Invoice, InvoiceLink
from tenant_apps.invoices.selectors import find_invoice
from tenant_apps.invoices.services.crediting import InvoiceNotIssued

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

TOKEN_BYTES = 32
LONGEST_DAYS = 365
GUEST = Actor.system("invoice-link")


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link and its address, which is shown once and kept nowhere."""

    link: InvoiceLink
    url: str


def hash_token(token: str) -> str:
    """Return what is kept of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def link_invoice(*, invoice_id: UUID, days: int, by: "User", at: datetime) -> NewLink:
    """Make a link to an issued invoice that is good for some days. Records InvoiceLinked.

    Raises: InvoiceNotIssued, ValidationFailed, Invoice.DoesNotExist.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationFailed.at(
            "/days", worded("Between 1 and %(most)s days.", most=LONGEST_DAYS), code="max_value"
        )
    invoice = find_invoice(invoice_id)
    if invoice.is_draft:
        raise InvoiceNotIssued("Only an issued invoice can be shown by a link.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = InvoiceLink.objects.create(
        invoice=invoice,
        token_hash=hash_token(token),
        made_at=at,
        made_by_id=by.pk,
        expires_at=at + timedelta(days=days),
    )
    record(InvoiceLinked(invoice_id=invoice.pk, link_id=link.pk), actor=by.actor, at=at)
    return NewLink(link, address_of(token))


def address_of(token: str) -> str:
    """Return the address of a token on the organization's own host, from the domain table."""
    _, colon, port = settings.BASE_DOMAIN.partition(":")
    return f"{settings.PUBLIC_SCHEME}://{current_tenant().host}{colon}{port}/i/{token}/"


@transaction.atomic
def revoke_link(*, invoice_id: UUID, link_id: UUID, by: "User", at: datetime) -> InvoiceLink:
    """End a link; one that is revoked already stays so. Records InvoiceLinkRevoked.

    Raises: InvoiceLink.DoesNotExist.
    """
    locked = InvoiceLink.objects.select_for_update(no_key=True, of=("self",))
    link = locked.get(pk=link_id, invoice_id=invoice_id)
    if link.revoked_at is None:
        link.revoked_at = at
        link.save(update_fields=["revoked_at"])
        event = InvoiceLinkRevoked(invoice_id=invoice_id, link_id=link.pk)
        record(event, actor=by.actor, at=at)
    return link


@transaction.atomic
def open_link(*, token: str, at: datetime) -> Invoice | None:
    """Return the invoice that a token shows and count the view; None for any other token.

    A token of another organization, an expired, revoked or invented one are not told apart.
    Records InvoiceViewed at the first view of a link.
    """
    link = InvoiceLink.objects.filter(token_hash=hash_token(token)).first()
    if link is None or not link.is_open(at):
        return None
    InvoiceLink.objects.filter(pk=link.pk).update(views=F("views") + 1, last_viewed_at=at)
    if InvoiceLink.objects.filter(pk=link.pk, views=1).exists():
        record(InvoiceViewed(invoice_id=link.invoice_id, link_id=link.pk), actor=GUEST, at=at)
    return find_invoice(link.invoice_id)
