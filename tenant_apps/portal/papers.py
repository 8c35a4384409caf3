"""Rows of invoices: an invoice with what is open of it."""

from typing import TYPE_CHECKING

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money

if TYPE_CHECKING:
    from tenant_apps.invoices.models import Invoice


class InvoiceRow:
    """An invoice as a list shows it."""

    def __init__(self, invoice: "Invoice") -> None:
        self.invoice = invoice

    @property
    def total(self) -> Money:
        """Return the amount of the invoice, tax included."""
        return money_of(self.invoice.total, self.invoice.currency)
