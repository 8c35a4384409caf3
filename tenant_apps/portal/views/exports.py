"""Lists as files: all pages of what a list shows, for whoever has just proved who they are."""

from typing import ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shared_apps.tenancy.streaming import stream_response
from tenant_apps.documents.exporting import Columns, csv_lines, note_export
from tenant_apps.portal import exports
from tenant_apps.portal.listing import ListPage
from tenant_apps.portal.views.clients import ClientList
from tenant_apps.portal.views.commissions import LineList
from tenant_apps.portal.views.deals import DealList
from tenant_apps.portal.views.invoices import InvoiceList
from tenant_apps.portal.views.payments import PaymentList


class ListFile(ListPage):
    """A list as CSV: the permission and the filters are those of the list's page."""

    confirmed: ClassVar[frozenset[str]] = frozenset({"get"})
    what: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Stream the file; that it was taken away is in the audit log."""
        rows = self.listed()
        taken = note_export(
            what=self.what,
            filters=request.GET.urlencode(),
            rows=rows,
            by=self.viewer,
            at=self.at,
        )
        name = f"{self.what}-{self.today}.csv"
        return stream_response(
            request,
            csv_lines(taken, rows, self.columns()),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-store",
            },
        )

    def columns(self) -> Columns:
        """Return what the file says of each row."""
        raise NotImplementedError


class DealsFile(ListFile, DealList):
    """The deals as a file."""

    what = "deals"

    def columns(self) -> Columns:
        """Return what the file says of each deal."""
        return exports.deal_columns(self.figure())


class ClientsFile(ListFile, ClientList):
    """The clients as a file."""

    what = "clients"

    def columns(self) -> Columns:
        """Return what the file says of each client."""
        return exports.client_columns()


class PaymentsFile(ListFile, PaymentList):
    """The payments as a file."""

    what = "payments"

    def columns(self) -> Columns:
        """Return what the file says of each payment."""
        return exports.payment_columns(self.figure(self.listed()))


class InvoicesFile(ListFile, InvoiceList):
    """The invoices as a file."""

    what = "invoices"

    def columns(self) -> Columns:
        """Return what the file says of each invoice."""
        return exports.invoice_columns(self.today)


class LinesFile(ListFile, LineList):
    """The commission lines as a file."""

    what = "commission"

    def columns(self) -> Columns:
        """Return what the file says of each line."""
        return exports.line_columns()
