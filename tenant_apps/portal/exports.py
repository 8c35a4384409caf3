"""The columns of the lists that can be taken away as files."""

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from shared_apps.kernel.models import money_of
from shared_apps.tenancy.context import current_tenant
from tenant_apps.documents.exporting import Cell, Columns
from tenant_apps.portal.papers import InvoiceRow
from tenant_apps.portal.rows import DealRow
from tenant_apps.portal.wording import word_for

if TYPE_CHECKING:
    from decimal import Decimal

    from tenant_apps.portal.figures import Figure


def deal_columns(figure: "Figure | None" = None) -> Columns:
    """Return those of deals: what was sold to whom, its price, and how far it is paid."""
    return {
        _("Deal"): lambda deal: deal.code,
        _("Name"): lambda deal: deal.name,
        _("Client"): lambda deal: deal.client.name,
        _("Client's code"): lambda deal: deal.client.code,
        _("Owner"): lambda deal: deal.owner.full_name,
        _("State"): lambda deal: _word("deal", deal.status),
        _("Payment"): lambda deal: _word("progress", DealRow(deal).money.progress),
        _("Date"): lambda deal: deal.deal_on,
        _("Currency"): lambda deal: deal.current_version.currency,
        _("Net"): lambda deal: DealRow(deal).net.amount,
        _("Total"): lambda deal: DealRow(deal).money.total.amount,
        _("Paid"): lambda deal: DealRow(deal).money.applied.amount,
        _("Open"): lambda deal: DealRow(deal).money.outstanding.amount,
        **_of_figure(figure),
    }


def client_columns() -> Columns:
    """Return those of clients: how they are reached, who looks after them, how they stand."""
    return {
        _("Client's code"): lambda client: client.code,
        _("Client"): lambda client: client.name,
        _("E-mail"): lambda client: client.email,
        _("Phone"): lambda client: client.phone,
        _("Looked after by"): lambda client: client.owner.full_name,
        _("Relation"): lambda client: _word("client", client.status),
        _("Account"): lambda client: _word("account", vars(client).get("account_status", "")),
        _("Entered"): lambda client: _local(client.created_at),
    }


def payment_columns(figure: "Figure | None" = None) -> Columns:
    """Return those of payments: what came from whom, how, and what was decided."""
    return {
        _("Payment"): lambda payment: payment.code,
        _("Client"): lambda payment: payment.client.name,
        _("Client's code"): lambda payment: payment.client.code,
        _("Deal"): lambda payment: payment.deal.code if payment.deal else "",
        _("State"): lambda payment: _word("payment", payment.status),
        _("Method"): lambda payment: _word("method", payment.method),
        _("Reference"): lambda payment: payment.reference,
        _("Received"): lambda payment: payment.received_on,
        _("Currency"): lambda payment: payment.currency,
        _("Amount"): lambda payment: payment.money.amount,
        _("Verified"): lambda payment: _amount(payment.verified_money),
        _("Added by"): lambda payment: payment.maker.full_name,
        _("Submitted"): lambda payment: _local(payment.submitted_at),
        _("Verified on"): lambda payment: _local(payment.verified_at),
        **_of_figure(figure),
    }


def invoice_columns(today: date) -> Columns:
    """Return those of invoices: to whom, over what, and what is still to be paid."""
    return {
        _("Invoice"): lambda invoice: invoice.number or "",
        _("Client"): lambda invoice: invoice.client.name,
        _("Client's code"): lambda invoice: invoice.client.code,
        _("Deal"): lambda invoice: invoice.deal.code,
        _("State"): lambda invoice: _word("invoice", InvoiceRow(invoice, today=today).state),
        _("Issued"): lambda invoice: invoice.issued_on,
        _("Due"): lambda invoice: invoice.due_on,
        _("Currency"): lambda invoice: invoice.currency,
        _("Net"): lambda invoice: money_of(invoice.net, invoice.currency).amount,
        _("Tax"): lambda invoice: money_of(invoice.tax, invoice.currency).amount,
        _("Total"): lambda invoice: money_of(invoice.total, invoice.currency).amount,
        _("Open"): lambda invoice: InvoiceRow(invoice, today=today).open.amount,
    }


def line_columns() -> Columns:
    """Return those of commission lines: who earned what, by which payment, under which plan."""
    return {
        _("Person"): lambda line: line.payee.full_name,
        _("Deal"): lambda line: line.deal.code,
        _("Payment"): lambda line: line.payment.code,
        _("Plan"): lambda line: line.plan_version.plan.name,
        _("Month"): lambda line: line.period,
        _("Day"): lambda line: line.commission_on,
        _("State"): lambda line: _word("line", line.status),
        _("Currency"): lambda line: line.currency,
        _("Credited"): lambda line: line.base_money.amount,
        _("Commission"): lambda line: line.money.amount,
    }


def _word(kind: str, value: Any) -> str:
    return str(word_for(kind, str(value)).label) if value else ""


def _of_figure(figure: "Figure | None") -> Columns:
    """Return the column of a measure, where one was asked for."""
    return {str(figure.label): partial(_part, figure)} if figure else {}


def _part(figure: "Figure", row: Any) -> "Decimal | None":
    return _amount(figure.part_of(row))


def _amount(money: Any) -> "Decimal | None":
    return money.amount if money else None


def _local(at: datetime | None) -> Cell:
    return at.astimezone(ZoneInfo(current_tenant().timezone)) if at else None
