"""What is printed on an invoice or a credit note, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared_apps.kernel.money import Money, total

DEFAULT_COLOUR = "#1f3a5f"


class PaperKind(StrEnum):
    """The kinds of papers."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DRAFT = "draft"


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperLine:
    """One line. Quantity and unit price are the deal's; net and tax are this paper's part."""

    description: str
    quantity: Decimal | None = None
    unit_price: Money | None = None
    discount_percent: Decimal = Decimal(0)
    tax_rate_percent: Decimal
    tax_reason: str = ""
    supplied_on: date | None = None
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """Return what the line costs on this paper, tax included."""
        return self.net + self.tax

    @property
    def is_part(self) -> bool:
        """Return whether the paper covers less than the whole of the deal's line."""
        if self.quantity is None or self.unit_price is None:
            return False
        whole = self.quantity * self.unit_price.amount * (100 - self.discount_percent) / 100
        covered = (self.net.amount, self.gross.amount)
        return all(abs(whole - each) > Decimal("0.01") for each in covered)


@dataclass(frozen=True, slots=True)
class TaxSum:
    """The net and tax of all lines of one rate (and of one reason, where no tax is due)."""

    rate_percent: Decimal
    reason: str
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class PaperPayment:
    """Money that had met an invoice when it was issued: of which payment, received when."""

    code: str
    received_on: date
    money: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """An invoice, a credit note or a draft.

    `issuer` and `party` are the snapshots; `issuer` also has what the organization had chosen when
    the paper was issued: locale, colour, payment_instructions, footer. `logo` is a PNG or empty.
    """

    kind: PaperKind
    number: str
    reference: str
    corrects: str = ""
    reason: str = ""
    issued_at: datetime
    issued_on: date
    due_on: date | None = None
    issuer: Mapping[str, Any]
    party: Mapping[str, Any]
    net: Money
    tax: Money
    total: Money
    lines: tuple[PaperLine, ...]
    payments: tuple[PaperPayment, ...] = ()
    prices_include_tax: bool = False
    content_hash: str = ""
    logo: bytes = b""
    is_copy: bool = False

    @property
    def locale(self) -> str:
        """Return the locale that the organization had chosen."""
        return str(self.issuer.get("locale") or "en")

    @property
    def colour(self) -> tuple[int, int, int]:
        """Return the organization's colour as red, green, blue (0 to 255)."""
        code = str(self.issuer.get("colour") or DEFAULT_COLOUR).removeprefix("#")
        return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)

    @property
    def paid(self) -> Money:
        """Return the money that had met the paper when it was issued."""
        return total((each.money for each in self.payments), currency=self.total.currency)

    @property
    def left(self) -> Money:
        """Return what was left to be paid when the paper was issued."""
        return max(self.total - self.paid, Money.zero(self.total.currency))

    @property
    def tax_sums(self) -> list[TaxSum]:
        """Return net and tax by rate and reason, the highest rate first."""
        keys = sorted({(-line.tax_rate_percent, line.tax_reason) for line in self.lines})
        return [self._sum(-rate, reason) for rate, reason in keys]

    def _sum(self, rate: Decimal, reason: str) -> TaxSum:
        meant = [
            line
            for line in self.lines
            if (line.tax_rate_percent, line.tax_reason) == (rate, reason)
        ]
        currency = self.total.currency
        return TaxSum(
            rate_percent=rate,
            reason=reason,
            net=total((line.net for line in meant), currency=currency),
            tax=total((line.tax for line in meant), currency=currency),
        )

    def texts(self) -> list[str]:
        """Return every text that somebody wrote: they decide which fonts are needed."""
        written = [str(value) for side in (self.issuer, self.party) for value in _flat(side)]
        lines = [text for line in self.lines for text in (line.description, line.tax_reason)]
        return [*written, *lines, self.reason, self.reference]


def address_lines(side: Mapping[str, Any]) -> list[str]:
    """Return the lines of an address block, without empty ones."""
    address: Mapping[str, str] = side.get("address") or {}
    names = [side.get("legal_name") or side.get("name") or ""]
    streets = [address.get("line1") or address.get("street") or "", address.get("line2") or ""]
    city = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    return [part for part in (*names, *streets, city, address.get("region")) if part]


def _flat(side: Mapping[str, Any]) -> list[Any]:
    address: Mapping[str, str] = side.get("address") or {}
    return [*(value for value in side.values() if isinstance(value, str)), *address.values()]
