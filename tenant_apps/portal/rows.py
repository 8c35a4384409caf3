"""Rows of lists: an object and what its row shows of it."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.deals.selectors import DealMoney, money_of_deal

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal


class PricedLine(NamedTuple):
    """A line of a deal with its amounts."""

    description: str
    quantity: Decimal
    unit_price: Money
    discount_percent: Decimal
    tax_rate_percent: Decimal
    tax_reason: str
    supplied_on: date | None
    gross: Money


class Part(NamedTuple):
    """An instalment with its amount."""

    due_on: date
    kind: str
    amount: Money


class DealRow:
    """A deal that came with its header and money."""

    def __init__(self, deal: "Deal") -> None:
        self.deal = deal
        self.money: DealMoney = money_of_deal(deal)

    @property
    def net(self) -> Money:
        """Return the price without tax."""
        version = self.deal.current_version
        return money_of(version.net, version.currency)

    @property
    def lines(self) -> list[PricedLine]:
        """Return the lines of a deal that came with its details."""
        version = self.deal.current_version
        return [
            PricedLine(
                description=line.description,
                quantity=line.quantity,
                unit_price=money_of(line.unit_price, version.currency),
                discount_percent=line.discount_percent,
                tax_rate_percent=line.tax_rate_percent,
                tax_reason=line.tax_reason,
                supplied_on=line.supplied_on,
                gross=money_of(line.gross, version.currency),
            )
            for line in version.lines.all()
        ]

    @property
    def parts(self) -> list[Part]:
        """Return the instalments of a deal that came with its details."""
        version = self.deal.current_version
        return [
            Part(part.due_on, part.kind, money_of(part.amount, version.currency))
            for part in version.instalments.all()
        ]

    @property
    def state_kind(self) -> str:
        """Return whether its payment progress or its own status says more."""
        return "progress" if self.deal.is_won else "deal"

    @property
    def state(self) -> str:
        """Return the value of that."""
        return str(self.money.progress) if self.deal.is_won else self.deal.status

    @property
    def paid_part(self) -> Decimal:
        """Return how much of what it costs is paid, 0 to 1."""
        whole = self.money.applied.amount + self.money.outstanding.amount
        return self.money.applied.amount / whole if whole > 0 else Decimal(0)

    @property
    def paid_percent(self) -> Decimal:
        """Return the same in per cent, rounded down: 100 only when all of it is paid."""
        return (self.paid_part * 100).to_integral_value(rounding="ROUND_FLOOR")
