"""The words of mails about invoices, in the language of the invoice."""

from dataclasses import dataclass

from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import current_tenant
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.papers import words_of

LAST_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it reads: plain text."""

    subject: str
    body: str


def invoice_letter(invoice: Invoice) -> Letter:
    """Return the mail that an invoice is sent with."""
    return _letter(invoice, "mail_invoice", invoice.total_money)


def reminder_letter(invoice: Invoice, *, level: int, open_money: Money) -> Letter:
    """Return the reminder of a level: 0 before the due day, 1 friendly to 3 and above firm."""
    return _letter(invoice, f"mail_reminder_{min(level, LAST_LEVEL)}", open_money)


def _letter(invoice: Invoice, key: str, money: Money) -> Letter:
    words = words_of(str(invoice.issuer.get("locale") or "en"))
    issuer = str(invoice.issuer.get("legal_name") or current_tenant().name)
    values = {
        "number": invoice.number,
        "total": words.money(money),
        "day": words.day(invoice.due_on) if invoice.due_on else "",
        "issuer": issuer,
        "client": str(invoice.party.get("legal_name") or invoice.party.get("name") or ""),
    }
    sentence = words.say(key, **values)
    text = [words.say("mail_hello", **values), sentence]
    instructions = str(invoice.issuer.get("payment_instructions") or "")
    text += [instructions] if instructions else []
    text.append(words.say("mail_goodbye", **values))
    subject = words.say(f"{key}_subject", **values)
    return Letter(subject=" ".join(subject.split())[:300], body="\n\n".join(text) + "\n")
