"""Give an invoice its number, its snapshots and its hash: from then on nothing in it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from shared_apps.organizations.selectors import local_day_of, organization_settings
from shared_apps.tenancy.context import current_tenant
from tenant_apps.clients.selectors import billing_party
from tenant_apps.invoices.certificate import hash_of
from tenant_apps.invoices.documents import document_of
from tenant_apps.invoices.models import Invoice, InvoiceLine, Series, SeriesType, Status

ISSUED_FIELDS = (
    "status",
    "draft_reason",
    "issuer",
    "party",
    "year",
    "sequence",
    "number",
    "issued_at",
    "issued_on",
    "due_on",
    "content_hash",
    "version",
)


@dataclass(frozen=True)
class Parties:
    """Who invoices whom, as plain values; `missing` says what an invoice cannot do without."""

    issuer: Mapping[str, Any]
    party: Mapping[str, Any]
    missing: str


def parties_of(invoice: Invoice) -> Parties:
    """Return both sides of an invoice as they are now."""
    tenant = current_tenant()
    client = billing_party(invoice.client_id)
    return Parties(
        issuer={
            "name": tenant.name,
            "legal_name": tenant.legal_name,
            "address": dict(tenant.billing_address),
            "tax_id": tenant.tax_id,
            "email": tenant.email,
            **_appearance(),
        },
        party={
            "name": client.name,
            "legal_name": client.legal_name,
            "address": dict(client.address),
            "tax_id": client.tax_id,
            "email": client.email,
        },
        missing=_missing(is_client_complete=client.is_complete),
    )


def _appearance() -> dict[str, str]:
    """Return what the organization has chosen for its papers, without what it left open.

    It is part of the snapshot, so that an issued paper looks the same for ever.
    """
    chosen = organization_settings()
    words = {
        "locale": chosen.invoice_locale,
        "colour": chosen.brand_colour,
        "logo": chosen.brand_logo,
        "payment_instructions": chosen.payment_instructions,
        "footer": chosen.invoice_footer,
    }
    return {name: text for name, text in words.items() if text}


def _missing(*, is_client_complete: bool) -> str:
    tenant = current_tenant()
    if not is_client_complete:
        return gettext_noop("The client's name or billing address is incomplete.")
    if not tenant.legal_name or not tenant.billing_address.get("country"):
        return gettext_noop("The organization's legal name or billing country is missing.")
    return ""


def put_number(
    invoice: Invoice, *, lines: Sequence[InvoiceLine], parties: Parties, at: datetime
) -> None:
    """Complete the invoice with snapshots, number, days and hash; the caller stores it.

    Locks the series; see take_place.
    """
    invoice.status, invoice.draft_reason = Status.ISSUED, ""
    invoice.issuer, invoice.party = dict(parties.issuer), dict(parties.party)
    place = take_place(SeriesType.INVOICE, at=at)
    invoice.year, invoice.sequence, invoice.number = place.year, place.sequence, place.number
    invoice.issued_at, invoice.issued_on = at, place.issued_on
    invoice.due_on = _due_on(invoice, issued_on=place.issued_on)
    invoice.content_hash = hash_of(document_of(invoice, lines=lines))


def _due_on(invoice: Invoice, *, issued_on: date) -> date:
    """Return the instalment's own day while it lies ahead, else the usual term from today."""
    if invoice.planned_due_on is not None and invoice.planned_due_on > issued_on:
        return invoice.planned_due_on
    return issued_on + timedelta(days=organization_settings().payment_terms_days)


@dataclass(frozen=True)
class Place:
    """A paper's place in its series."""

    year: int
    sequence: int
    number: str
    issued_on: date


PREFIXES = {SeriesType.INVOICE: "INV", SeriesType.CREDIT_NOTE: "CN"}


def take_place(series_type: SeriesType, *, at: datetime) -> Place:
    """Return the next place of this year's series of a kind of paper.

    Locks the series until the transaction ends, so call it after every other lock.
    """
    series = _lock_series(series_type, local_day_of(at).year)
    sequence, day = series.next_number, _day_in_order(series, at)
    series.next_number += 1
    series.last_issued_on = day
    series.save(update_fields=["next_number", "last_issued_on"])
    number = f"{PREFIXES[series_type]}-{series.year}-{sequence:06d}"
    return Place(year=series.year, sequence=sequence, number=number, issued_on=day)


def _day_in_order(series: Series, at: datetime) -> date:
    """Return the day of issue: requests that cross midnight may not swap the order of days."""
    today = local_day_of(at)
    return max(today, series.last_issued_on or today)


def _lock_series(series_type: SeriesType, year: int) -> Series:
    locked = Series.objects.select_for_update(no_key=True, of=("self",))
    series = locked.filter(series_type=series_type, year=year).first()
    if series is not None:
        return series
    is_invoice = series_type == SeriesType.INVOICE
    first = max(organization_settings().invoice_number_start, 1) if is_invoice else 1
    new = Series(series_type=series_type, year=year, first_number=first, next_number=first)
    Series.objects.bulk_create([new], ignore_conflicts=True)
    return locked.get(series_type=series_type, year=year)
