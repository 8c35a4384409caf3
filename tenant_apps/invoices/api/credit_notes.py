"""Credit notes over HTTP."""

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import (
    InputSerializer,
    MoneyField,
    OutputSerializer,
    QuerySerializer,
    RateField,
)
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.clients.api.fields import CodeOrIdField
from tenant_apps.deals.api.outputs import AmountOut
from tenant_apps.invoices import selectors, services
from tenant_apps.invoices.api.downloads import PDF, PaperQuery, pdf_response
from tenant_apps.invoices.models import CreditNote

USD = {"currency": "USD"}
CREDIT_REQUEST: dict[str, Any] = {
    "amount": {"amount": "100.00", **USD},
    "reason": "One panel was broken.",
}
CREDIT_NOTE_EXAMPLE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000061",
    "number": "CN-2026-000001",
    "invoice": {"id": "0197f1a0-0000-7000-8000-000000000062", "number": "INV-2026-000001"},
    "reason": "One panel was broken.",
    "reduces_sale": True,
    "net": {"amount": "84.03", **USD},
    "tax": {"amount": "15.97", **USD},
    "total": {"amount": "100.00", **USD},
    "issued_at": "2026-03-02T11:00:00Z",
    "issued_on": "2026-03-02",
    "content_hash": "5f0c3f0e27b54dc08a2f3a4f9a1b7c115f0c3f0e27b54dc08a2f3a4f9a1b7c11",
    "issuer": {"legal_name": "Acme Ltd"},
    "party": {"legal_name": "Northwind GmbH"},
    "lines": [
        {
            "position": 1,
            "description": "Solar panels",
            "tax_rate_percent": "19",
            "tax_reason": "",
            "supplied_on": None,
            "net": {"amount": "84.03", **USD},
            "tax": {"amount": "15.97", **USD},
            "gross": {"amount": "100.00", **USD},
        }
    ],
}


class CreditIn(InputSerializer):
    """How much of an invoice is taken back; without an amount all that is left of it."""

    amount = MoneyField(required=False, allow_null=True, allow_zero=False)
    reason = serializers.CharField(max_length=500)


class CreditNoteQuery(QuerySerializer):
    """What a list of credit notes may be asked for."""

    orderings = ("issued_at", "number")

    client = CodeOrIdField(required=False)
    deal = CodeOrIdField(required=False)
    issued_from = serializers.DateField(required=False)
    issued_to = serializers.DateField(required=False)


class InvoiceNumberOut(OutputSerializer):
    """An invoice by id and number."""

    id = serializers.UUIDField()
    number = serializers.CharField()


class CreditNoteLineOut(OutputSerializer):
    """The part of an invoice line that is taken back."""

    position = serializers.IntegerField()
    description = serializers.CharField()
    tax_rate_percent = RateField()
    tax_reason = serializers.CharField()
    supplied_on = serializers.DateField(allow_null=True)
    net = AmountOut(currency="credit_note.currency")
    tax = AmountOut(currency="credit_note.currency")
    gross = AmountOut(currency="credit_note.currency")


class CreditNoteOut(OutputSerializer):
    """A credit note, both sides as the invoice has them."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    invoice = InvoiceNumberOut()
    reason = serializers.CharField()
    reduces_sale = serializers.BooleanField()
    net = AmountOut(currency="currency")
    tax = AmountOut(currency="currency")
    total = AmountOut(currency="currency")
    issued_at = serializers.DateTimeField()
    issued_on = serializers.DateField()
    content_hash = serializers.CharField()
    issuer = serializers.DictField()
    party = serializers.DictField()
    lines = CreditNoteLineOut(many=True, source="lines.all")


class CreditNoteViewSet(ApiViewSet):
    """Credit notes of the deals that a person may see. There is no way to change one."""

    permissions: ClassVar = {
        "list": "invoices.view",
        "retrieve": "invoices.view",
        "pdf": "invoices.view",
        "create": "invoices.issue",
    }
    idempotent_actions: ClassVar = frozenset({"create"})

    @documented(response=CreditNoteOut, query=CreditNoteQuery, example=CREDIT_NOTE_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List the credit notes that you may see."""
        notes = selectors.list_credit_notes(viewer=self.viewer, **self.query(CreditNoteQuery))
        return self.page(notes, CreditNoteOut)

    @documented(response=CreditNoteOut, example=CREDIT_NOTE_EXAMPLE)
    def retrieve(self, request: Request, reference: str) -> Response:
        """Show a credit note with its lines."""
        return self.one(self._get(reference), CreditNoteOut)

    @documented(response=OpenApiTypes.BINARY, query=PaperQuery, content_type=PDF)
    def pdf(self, request: Request, reference: str) -> HttpResponse:
        """Download a credit note as PDF."""
        note = self._get(reference)
        return pdf_response(selectors.pdf_of(note, at=self.at, **self.query(PaperQuery)))

    @documented(
        request=CreditIn,
        response=CreditNoteOut,
        status=201,
        request_example=CREDIT_REQUEST,
        example=CREDIT_NOTE_EXAMPLE,
    )
    def create(self, request: Request, reference: str) -> Response:
        """Credit an issued invoice, in whole or in part: the client owes less."""
        invoice = selectors.get_invoice(
            reference=parse_reference(reference), viewer=self.viewer, permission="invoices.issue"
        )
        given = self.read(CreditIn)
        note = services.credit_invoice(
            invoice_id=invoice.pk,
            amount=given.get("amount"),
            reason=given["reason"],
            by=self.viewer,
            at=self.at,
        )
        return self.one(self._get(str(note.pk)), CreditNoteOut, status=201)

    def _get(self, reference: str) -> CreditNote:
        return selectors.get_credit_note(reference=parse_reference(reference), viewer=self.viewer)
