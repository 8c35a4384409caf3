"""Rows of what goes back or is given up: a refund, a write-off, a recovery as a list shows it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from tenant_apps.returns.selectors import ReturnFilters, list_returns

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.returns.models import Return


@dataclass(frozen=True)
class ReturnRow:
    """A return as a list shows it."""

    asked: "Return"

    @property
    def words(self) -> str:
        """Return which words its state has: a chargeback is lost or won."""
        return "chargeback" if self.asked.kind == "chargeback" else "return"

    @property
    def about(self) -> str:
        """Return the code of the payment, or of the deal, that it is about."""
        payment, deal = self.asked.payment, self.asked.deal
        return payment.code if payment else deal.code if deal else ""


def returns_of(
    viewer: "User", *, payment: UUID | None = None, deal: UUID | None = None
) -> list[ReturnRow]:
    """Return what the person may see of what goes back of a payment, or of a deal."""
    filters = ReturnFilters(payment=payment, deal=deal)
    return [ReturnRow(each) for each in list_returns(viewer=viewer, filters=filters)]
