"""Make an invoice for a part of a deal, not stored yet."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.money import Money, total
from shared_apps.kernel.wording import worded
from tenant_apps.deals.selectors import DealTerms, LineTerms
from tenant_apps.invoices.models import Invoice, InvoiceLine
from tenant_apps.invoices.selectors import invoiced_shares, lost_on_invoices
from tenant_apps.invoices.shares import Share, gross_of, left_after, take_as_supplied
from tenant_apps.ledger.selectors import AccountCode, balance_of


class NothingToInvoice(DomainError):
    """The whole deal has been invoiced or drafted."""

    code, status = "nothing_to_invoice", 409
    message = "Everything of this deal has been invoiced or drafted already."


@dataclass(frozen=True)
class Composed:
    """An invoice and its lines, not stored yet."""

    invoice: Invoice
    lines: tuple[InvoiceLine, ...]


def left_to_invoice(terms: DealTerms) -> list[Share]:
    """Return the part of each line of the current terms that no invoice or draft covers yet."""
    nothing = Share(Money.zero(terms.currency), Money.zero(terms.currency))
    invoiced = invoiced_shares(terms.deal_id, currency=terms.currency)
    taken = [invoiced.pop(line.id, nothing) for line in terms.lines]
    carried = gross_of(list(invoiced.values()), currency=terms.currency)
    wholes = [Share(line.net, line.tax) for line in terms.lines]
    return left_after(wholes, taken=taken, carried=carried, days=terms.days_of_supply)


def check_amount(amount: Money | None, *, left: list[Share], terms: DealTerms) -> Money:
    """Return the amount to invoice: what is asked for, or everything that is left and not given up.

    Raises: NothingToInvoice, ValidationFailed.
    """
    available = still_expected(gross_of(left, currency=terms.currency), deal_id=terms.deal_id)
    if not available:
        raise NothingToInvoice
    if amount is None:
        return available
    if amount.currency != terms.currency:
        raise ValidationFailed.at(
            "/amount",
            worded("The deal is in %(currency)s.", currency=terms.currency),
            code="currency_mismatch",
        )
    if not amount or amount > available:
        raise ValidationFailed.at(
            "/amount",
            worded("Between nothing and %(available)s can be invoiced.", available=available),
            code="max_value",
        )
    return amount


def still_expected(left: Money, *, deal_id: UUID) -> Money:
    """Return what can be asked for of what is not invoiced of a deal: what was given up cannot."""
    currency = left.currency
    bad_debt = balance_of(AccountCode.BAD_DEBT, currency=currency, deal_id=deal_id)
    given_up = bad_debt - lost_on_invoices(deal_id, currency=currency)
    return max(left - given_up, Money.zero(currency))


def compose(
    amount: Money, *, left: list[Share], terms: DealTerms, by_id: UUID | None, at: datetime
) -> Composed:
    """Return an invoice of `amount` over the deal's lines.

    What is supplied first is invoiced first; of one day pro rata to what is left of each line.
    """
    shares = take_as_supplied(amount, left=left, days=terms.days_of_supply)
    net = total((share.net for share in shares), currency=terms.currency)
    invoice = Invoice(
        deal_id=terms.deal_id,
        deal_version_id=terms.version_id,
        client_id=terms.client_id,
        currency=terms.currency,
        net=net.amount,
        tax=(amount - net).amount,
        total=amount.amount,
        prices_include_tax=terms.prices_include_tax,
        created_by_id=by_id,
        created_at=at,
    )
    pairs = zip(terms.lines, shares, strict=True)
    lines = [_line(invoice, line, share) for line, share in pairs if share.gross]
    for position, line in enumerate(lines, start=1):
        line.position = position
    return Composed(invoice, tuple(lines))


def _line(invoice: Invoice, line: LineTerms, share: Share) -> InvoiceLine:
    return InvoiceLine(
        invoice=invoice,
        deal_line_id=line.id,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price.amount,
        discount_percent=line.discount_percent,
        tax_rate_percent=line.tax_rate_percent,
        tax_reason=line.tax_reason,
        supplied_on=line.supplied_on,
        net=share.net.amount,
        tax=share.tax.amount,
        gross=share.gross.amount,
    )
