"""The words of mails about invoices, in the language of the invoice."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import current_tenant
from tenant_apps.invoices.models import CreditNote, Invoice
from tenant_apps.invoices.papers import Words, words_of

LAST_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it reads: plain text."""

    subject: str
    body: str


def invoice_letter(
    invoice: Invoice, *, open_money: Money, notes: Sequence[CreditNote] = ()
) -> Letter:
    """Return the mail that an invoice is sent with; it asks for what is open and no more.

    Where credit notes took part of it back, it says by which and what is left.
    """
    total, key = invoice.total_money, "mail_invoice"
    if open_money < total:
        settled = "mail_invoice_settled" if notes else "mail_invoice_paid"
        key = "mail_invoice_rest" if open_money else settled
    account = account_of(invoice, open_money=open_money, notes=notes)
    return _letter(invoice, key, account, total=total, subject="mail_invoice_subject")


def reminder_letter(
    invoice: Invoice, *, level: int, open_money: Money, notes: Sequence[CreditNote] = ()
) -> Letter:
    """Return the reminder of a level: 0 before the due day, 1 friendly to 3 and above firm."""
    key = f"mail_reminder_{min(level, LAST_LEVEL)}"
    account = account_of(invoice, open_money=open_money, notes=notes)
    return _letter(invoice, key, account, total=open_money, subject=f"{key}_subject")


@dataclass(frozen=True, slots=True)
class Account:
    """How an invoice came to what is open of it, in words; no lines where nothing is credited."""

    words: Words
    open_money: Money
    lines: tuple[str, ...]


def account_of(invoice: Invoice, *, open_money: Money, notes: Sequence[CreditNote]) -> Account:
    """Return the lines from an invoice's total by its credit notes to what is open of it."""
    words = words_of(str(invoice.issuer.get("locale") or "en"))
    if not notes:
        return Account(words, open_money, ())
    settled = invoice.total_money - open_money
    lines = [_line(words, "total", invoice.total_money, number=invoice.number)]
    for note in notes:
        settled -= note.total_money
        lines.append(_line(words, "credit", note.total_money, note=note.number))
    if settled.amount > 0:
        lines.append(_line(words, "settled", settled))
    lines.append(_line(words, "open", open_money))
    return Account(words, open_money, tuple(lines))


def _line(words: Words, key: str, money: Money, **values: object) -> str:
    return words.say(f"mail_account_{key}", money=words.money_in_text(money), **values)


def _letter(invoice: Invoice, key: str, account: Account, *, total: Money, subject: str) -> Letter:
    words, open_money = account.words, account.open_money
    issuer = str(invoice.issuer.get("legal_name") or current_tenant().name)
    values = {
        "number": invoice.number,
        "total": words.money_in_text(total),
        "open": words.money_in_text(open_money),
        "day": words.day(invoice.due_on) if invoice.due_on else "",
        "issuer": issuer,
        "client": str(invoice.party.get("legal_name") or invoice.party.get("name") or ""),
    }
    sentence = words.say(key, **values)
    text = [words.say("mail_hello", **values), sentence]
    text += ["\n".join(account.lines)] if account.lines else []
    instructions = str(invoice.issuer.get("payment_instructions") or "")
    text += [instructions] if instructions and open_money else []
    text.append(words.say("mail_goodbye", **values))
    line = words.say(subject, **values)
    return Letter(subject=" ".join(line.split())[:300], body="\n\n".join(text) + "\n")
