"""An invoice for whoever holds its link: a page and the PDF, without a sign-in."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_redis.exceptions import ConnectionInterrupted

from shared_apps.audit.request import current_request_info
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.selectors import local_day_of
from shared_apps.web.pages.language import language_of
from tenant_apps.invoices.api.downloads import pdf_response
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.papers import words_of
from tenant_apps.invoices.papers.content import address_lines
from tenant_apps.invoices.selectors import credits_of, open_amount, payment_status, pdf_of
from tenant_apps.invoices.services import open_link

GUESSES, WINDOW_S = 30, 600


@require_safe
def invoice_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invoice of a link."""
    invoice = _invoice_of(token)
    if invoice is None:
        return _nothing(request)
    return _strictly(render(request, "invoices/link.html", _page(invoice, token)))


@require_safe
def invoice_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """Give the PDF of a link's invoice."""
    invoice = _invoice_of(token)
    if invoice is None:
        return _nothing(request)
    return _strictly(pdf_response(pdf_of(invoice, at=utc_now())))


def _invoice_of(token: str) -> Invoice | None:
    """Return the invoice of a token, unless this address has guessed too often of late."""
    if _guesses() >= GUESSES:
        return None
    invoice = open_link(token=token, at=utc_now())
    if invoice is None:
        _count_guess()
    return invoice


def _guess_key() -> str:
    # over all organizations: subdomains may not multiply the tries
    return f"invoice-link:{current_request_info().ip}"


def _guesses() -> int:
    try:
        return int(cache.get(_guess_key(), 0))
    except (ConnectionInterrupted, OSError):
        return 0  # 256 random bits are not guessed while the cache is away


def _count_guess() -> None:
    try:
        cache.add(_guess_key(), 0, timeout=WINDOW_S)
        cache.incr(_guess_key())
    except (ConnectionInterrupted, OSError, ValueError):
        return


def _nothing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    with translation.override(language):
        said = {
            "language": language,
            "title": _("There is nothing here"),
            "advice": _(
                "The link is wrong, has expired or was withdrawn. Ask whoever sent it to you for a"
                " new one."
            ),
        }
    response = render(request, "invoices/no_link.html", said, status=404)
    # Django would log the address, and with it a token that may be another organization's
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
    return _strictly(response)


def _strictly(response: HttpResponse) -> HttpResponse:
    """Let no cache, search engine or other site hear of the address."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    return response


def _page(invoice: Invoice, token: str) -> dict[str, object]:
    words = words_of(str(invoice.issuer.get("locale") or "en"))
    left = open_amount(invoice)
    return {
        "words": words.labels,
        "language": words.locale.language,
        "direction": "rtl" if words.is_right_to_left else "ltr",
        "invoice": invoice,
        "issuer": address_lines(invoice.issuer),
        "party": address_lines(invoice.party),
        "issued_on": words.day(invoice.issued_on) if invoice.issued_on else "",
        "due_on": words.day(invoice.due_on) if invoice.due_on else "",
        "total": words.money(invoice.total_money),
        "credits": [
            (f"{words['credit_note']} {note.number}", words.money(-note.total_money))
            for note in credits_of(invoice)
        ],
        "open": words.money(left),
        "is_open": bool(left),
        "status": payment_status(invoice, today=local_day_of(utc_now())).value,
        "instructions": invoice.issuer.get("payment_instructions", ""),
        "pdf": f"/i/{token}/pdf/",
    }
