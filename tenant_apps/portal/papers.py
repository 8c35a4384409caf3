"""Rows of papers: an invoice with how far it is paid, a credit note, their lines with amounts."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.invoices.papers import PaperLine
from tenant_apps.invoices.selectors import lost_amount, open_amount, paper_line, payment_status

if TYPE_CHECKING:
    from tenant_apps.invoices.models import CreditNote, Invoice


class InvoiceRow:
    """An invoice as a list shows it."""

    def __init__(self, invoice: "Invoice", *, today: date) -> None:
        self.invoice = invoice
        self.state = payment_status(invoice, today=today).value

    @property
    def reference(self) -> str:
        """Return the number; the id of a draft, which has none."""
        return self.invoice.number or str(self.invoice.pk)

    @property
    def total(self) -> Money:
        """Return the amount of the invoice, tax included."""
        return self._money(self.invoice.total)

    @property
    def net(self) -> Money:
        """Return the amount without tax."""
        return self._money(self.invoice.net)

    @property
    def tax(self) -> Money:
        """Return the tax."""
        return self._money(self.invoice.tax)

    @property
    def written_off(self) -> Money:
        """Return what was given up with its deal."""
        return lost_amount(self.invoice)

    @property
    def open(self) -> Money:
        """Return what is still to be paid."""
        return open_amount(self.invoice)

    @property
    def lines(self) -> list[PaperLine]:
        """Return the lines of an invoice that came with its details."""
        currency = self.invoice.currency
        return [paper_line(line, currency=currency) for line in self.invoice.lines.all()]

    def _money(self, amount: Decimal) -> Money:
        return money_of(amount, self.invoice.currency)


class CreditedLine(NamedTuple):
    """A line of a credit note."""

    description: str
    tax_rate_percent: Decimal
    net: Money
    tax: Money
    gross: Money


class CreditNoteRow:
    """A credit note as it is shown."""

    def __init__(self, note: "CreditNote") -> None:
        self.note = note

    @property
    def net(self) -> Money:
        """Return the amount without tax."""
        return money_of(self.note.net, self.note.currency)

    @property
    def tax(self) -> Money:
        """Return the tax."""
        return money_of(self.note.tax, self.note.currency)

    @property
    def lines(self) -> list[CreditedLine]:
        """Return the lines with their amounts."""
        currency = self.note.currency
        return [
            CreditedLine(
                description=line.description,
                tax_rate_percent=line.tax_rate_percent,
                net=money_of(line.net, currency),
                tax=money_of(line.tax, currency),
                gross=money_of(line.gross, currency),
            )
            for line in self.note.lines.all()
        ]
