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


def invoice_letter(invoice: Invoice, *, open_money: Money) -> Letter:
    """Return the mail that an invoice is sent with; it asks for what is open and no more."""
    total, key = invoice.total_money, "mail_invoice"
    if open_money < total:
        key = "mail_invoice_rest" if open_money else "mail_invoice_paid"
    return _letter(invoice, key, total, open_money=open_money, subject="mail_invoice_subject")


def reminder_letter(invoice: Invoice, *, level: int, open_money: Money) -> Letter:
    """Return the reminder of a level: 0 before the due day, 1 friendly to 3 and above firm."""
    key = f"mail_reminder_{min(level, LAST_LEVEL)}"
    return _letter(invoice, key, open_money, open_money=open_money, subject=f"{key}_subject")


def _letter(invoice: Invoice, key: str, money: Money, *, open_money: Money, subject: str) -> Letter:
    words = words_of(str(invoice.issuer.get("locale") or "en"))
    issuer = str(invoice.issuer.get("legal_name") or current_tenant().name)
    values = {
        "number": invoice.number,
        "total": words.money_in_text(money),
        "open": words.money_in_text(open_money),
        "day": words.day(invoice.due_on) if invoice.due_on else "",
        "issuer": issuer,
        "client": str(invoice.party.get("legal_name") or invoice.party.get("name") or ""),
    }
    sentence = words.say(key, **values)
    text = [words.say("mail_hello", **values), sentence]
    instructions = str(invoice.issuer.get("payment_instructions") or "")
    text += [instructions] if instructions and open_money else []
    text.append(words.say("mail_goodbye", **values))
    line = words.say(subject, **values)
    return Letter(subject=" ".join(line.split())[:300], body="\n\n".join(text) + "\n")
