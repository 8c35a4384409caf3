"""Invoices over HTTP."""

from typing import ClassVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.organizations.selectors import local_day_of
from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.deals.selectors import get_deal
from tenant_apps.invoices import selectors, services
from tenant_apps.invoices.api.downloads import PDF, PaperQuery, pdf_response
from tenant_apps.invoices.api.examples import CERTIFICATE, INVOICE, INVOICE_REQUEST, INVOICE_ROW
from tenant_apps.invoices.api.serializers import (
    CertificateOut,
    CreditUseIn,
    InvoiceDetailOut,
    InvoiceIn,
    InvoiceOut,
    InvoiceQuery,
)
from tenant_apps.returns.api.serializers import RETURN_EXAMPLE, ReasonIn, ReturnOut

VIEW, CREATE, ISSUE = "invoices.view", "invoices.create", "invoices.issue"
APPLY, REQUEST = "payments.apply", "returns.request"


class InvoiceViewSet(ApiViewSet):
    """Invoices of the deals that a person may see. There is no way to change an issued one."""

    permissions: ClassVar = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": CREATE,
        "issue": ISSUE,
        "apply_credit": APPLY,
        "uncollectible": REQUEST,
        "pdf": VIEW,
        "of_deal": VIEW,
        "certificate": VIEW,
    }
    idempotent_actions: ClassVar = frozenset({"create", "issue", "apply_credit", "uncollectible"})

    @documented(response=InvoiceOut, query=InvoiceQuery, example=INVOICE_ROW)
    def list(self, request: Request) -> Response:
        """List the invoices that you may see."""
        today = local_day_of(self.at)
        filters = selectors.InvoiceFilters(today=today, **self.query(InvoiceQuery))
        invoices = selectors.list_invoices(viewer=self.viewer, filters=filters)
        return self.page(invoices, InvoiceOut, today=today)

    @documented(
        request=InvoiceIn,
        response=InvoiceDetailOut,
        status=201,
        request_example=INVOICE_REQUEST,
        example=INVOICE,
    )
    def create(self, request: Request) -> Response:
        """Draft an invoice for a part of a won deal."""
        values = self.read(InvoiceIn)
        deal_id, instalment_id = self._deal_id(values["deal"]), values.get("instalment")
        if instalment_id is None:
            invoice = services.draft_invoice(
                deal_id=deal_id, amount=values.get("amount"), by=self.viewer, at=self.at
            )
        else:
            invoice = services.draft_instalment(
                deal_id=deal_id, instalment_id=instalment_id, by=self.viewer, at=self.at
            )
        return self._show(invoice.pk, status=201)

    @documented(response=InvoiceDetailOut, example=INVOICE)
    def retrieve(self, request: Request, reference: str) -> Response:
        """Show an invoice with its lines, both sides, and the money that met it."""
        return self._show(parse_reference(reference))

    @documented(response=InvoiceDetailOut, example=INVOICE)
    def issue(self, request: Request, reference: str) -> Response:
        """Issue a draft: it takes its number, and nothing in it changes any more."""
        invoice = selectors.get_invoice(
            reference=parse_reference(reference), viewer=self.viewer, permission=ISSUE
        )
        services.issue_invoice(invoice_id=invoice.pk, by=self.viewer, at=self.at)
        return self._show(invoice.pk)

    @documented(
        request=CreditUseIn,
        response=InvoiceDetailOut,
        status=200,
        request_example={"amount": {"amount": "100.00", "currency": "USD"}},
        example=INVOICE,
    )
    def apply_credit(self, request: Request, reference: str) -> Response:
        """Pay an issued invoice with the credit of its client, the oldest payment first."""
        invoice = selectors.get_invoice(
            reference=parse_reference(reference), viewer=self.viewer, permission=APPLY
        )
        amount = self.read(CreditUseIn).get("amount")
        services.pay_with_credit(invoice_id=invoice.pk, amount=amount, by=self.viewer, at=self.at)
        return self._show(invoice.pk)

    @documented(
        request=ReasonIn,
        response=ReturnOut,
        status=201,
        request_example={"reason": "The client is insolvent."},
        example={**RETURN_EXAMPLE, "code": "WO-0001", "kind": "write_off", "payment": None},
    )
    def uncollectible(self, request: Request, reference: str) -> Response:
        """Ask for an open invoice to be given up, with all that its deal owes; others decide."""
        invoice = selectors.get_invoice(
            reference=parse_reference(reference), viewer=self.viewer, permission=REQUEST
        )
        reason = self.read(ReasonIn)["reason"]
        asked = services.ask_to_give_up(
            invoice_id=invoice.pk, reason=reason, by=self.viewer, at=self.at
        )
        return self.one(asked, ReturnOut, status=201)

    @documented(response=OpenApiTypes.BINARY, query=PaperQuery, content_type=PDF)
    def pdf(self, request: Request, reference: str) -> HttpResponse:
        """Download an invoice as PDF; a draft says that it is one."""
        invoice = selectors.get_invoice(reference=parse_reference(reference), viewer=self.viewer)
        return pdf_response(selectors.pdf_of(invoice, at=self.at, **self.query(PaperQuery)))

    @documented(response=InvoiceOut, example=INVOICE_ROW, many=True)
    def of_deal(self, request: Request, reference: str) -> Response:
        """List the invoices of a deal."""
        deal = get_deal(reference=parse_reference(reference), viewer=self.viewer)
        invoices = selectors.invoices_of_deal(deal_id=deal.pk, viewer=self.viewer)
        return self.page(invoices, InvoiceOut, today=local_day_of(self.at))

    @documented(response=CertificateOut, example=CERTIFICATE)
    def certificate(self, request: Request, series_type: str, year: int) -> Response:
        """Show the proof that a series has no gap."""
        certificate = selectors.series_certificate(
            series_type=series_type, year=year, viewer=self.viewer
        )
        return self.one(certificate, CertificateOut)

    def _show(self, reference: UUID | str, *, status: int = 200) -> Response:
        invoice = selectors.get_invoice(reference=reference, viewer=self.viewer)
        today = local_day_of(self.at)
        return self.one(invoice, InvoiceDetailOut, status=status, today=today)

    def _deal_id(self, reference: UUID | str) -> UUID:
        try:
            return get_deal(reference=reference, viewer=self.viewer, permission=CREATE).pk
        except ObjectDoesNotExist:
            message = "There is no such deal, or it is not yours to see."
            raise ValidationFailed.at("/deal", message, code="not_found") from None
