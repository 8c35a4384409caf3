"""Invoices as they are sent and shown."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.web.serializers import (
    InputSerializer,
    MoneyField,
    MoneyOut,
    OutputSerializer,
    QuerySerializer,
    RateField,
    SearchField,
)
from tenant_apps.clients.api.fields import ClientNameOut, CodeOrIdField
from tenant_apps.deals.api.outputs import AmountOut
from tenant_apps.invoices.models import Invoice, MailState, SeriesType, Status
from tenant_apps.invoices.progress import PaymentStatus
from tenant_apps.invoices.selectors import (
    BUCKETS,
    credited_amount,
    lost_amount,
    open_amount,
    payment_status,
    settled_amount,
)

if TYPE_CHECKING:
    from datetime import date


class InvoiceIn(InputSerializer):
    """A draft to be, for a part of a won deal: an amount, an instalment, or all that is left."""

    deal = CodeOrIdField()
    amount = MoneyField(required=False, allow_null=True, allow_zero=False)
    instalment = serializers.UUIDField(
        required=False, allow_null=True, help_text="Instead of an amount: what is left of it."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse an amount beside an instalment: which of the two counts would be a guess."""
        if attrs.get("amount") is not None and attrs.get("instalment") is not None:
            raise serializers.ValidationError({"amount": "Give an amount or an instalment."})
        return attrs


class CreditUseIn(InputSerializer):
    """How much of the client's credit an invoice is paid with; left out: all that is open."""

    amount = MoneyField(required=False, allow_null=True, allow_zero=False)


class InvoiceQuery(QuerySerializer):
    """What a list of invoices may be asked for."""

    orderings = ("created_at", "issued_on", "due_on", "total", "number")

    status = serializers.ChoiceField(choices=Status.choices, required=False)
    client = CodeOrIdField(required=False)
    deal = CodeOrIdField(required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    # allow_null: a parameter that is not sent means None, not False
    is_open = serializers.BooleanField(
        required=False, allow_null=True, help_text="Issued and not fully paid."
    )
    overdue_on = serializers.DateField(
        required=False, help_text="Open invoices that are due before this day."
    )
    age = serializers.ChoiceField(
        choices=list(BUCKETS),
        required=False,
        help_text="Open invoices by the days since they were due, as of today.",
    )
    mail_state = serializers.ChoiceField(
        choices=MailState.choices,
        required=False,
        help_text="Invoices whose last mail stands like this.",
    )
    issued_from = serializers.DateField(required=False)
    issued_to = serializers.DateField(required=False)
    created_after = serializers.DateTimeField(required=False)
    search = SearchField(help_text="The number, the deal's code, or part of the client's name.")


class DealNameOut(ClientNameOut):
    """A deal by id, code and name."""


class InvoiceOut(OutputSerializer):
    """An invoice in a list; needs `today` in the context."""

    id = serializers.UUIDField()
    number = serializers.CharField(allow_null=True)
    external_number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    payment_status = serializers.SerializerMethodField()
    draft_reason = serializers.CharField()
    deal = DealNameOut()
    client = ClientNameOut()
    net = AmountOut(currency="currency")
    tax = AmountOut(currency="currency")
    total = AmountOut(currency="currency")
    prices_include_tax = serializers.BooleanField()
    settled = serializers.SerializerMethodField()
    credited = serializers.SerializerMethodField()
    written_off = serializers.SerializerMethodField()
    open = serializers.SerializerMethodField()
    issued_at = serializers.DateTimeField(allow_null=True)
    issued_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    instalment_id = serializers.UUIDField(allow_null=True)
    planned_due_on = serializers.DateField(allow_null=True)
    content_hash = serializers.CharField()
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    @extend_schema_field(serializers.ChoiceField(choices=[each.value for each in PaymentStatus]))
    def get_payment_status(self, invoice: Invoice) -> str:
        """Return how far the invoice is paid."""
        today: date = self.context["today"]
        return payment_status(invoice, today=today).value

    @extend_schema_field(MoneyOut)
    def get_settled(self, invoice: Invoice) -> dict[str, str]:
        """Return the money that has met the invoice."""
        return settled_amount(invoice).as_json()

    @extend_schema_field(MoneyOut)
    def get_credited(self, invoice: Invoice) -> dict[str, str]:
        """Return what credit notes took back."""
        return credited_amount(invoice).as_json()

    @extend_schema_field(MoneyOut)
    def get_written_off(self, invoice: Invoice) -> dict[str, str]:
        """Return what was given up with its deal."""
        return lost_amount(invoice).as_json()

    @extend_schema_field(MoneyOut)
    def get_open(self, invoice: Invoice) -> dict[str, str]:
        """Return what is still to be paid."""
        return open_amount(invoice).as_json()


class InvoiceLineOut(OutputSerializer):
    """The part of a deal line that the invoice covers."""

    position = serializers.IntegerField()
    deal_line_id = serializers.UUIDField()
    description = serializers.CharField()
    quantity = RateField()
    unit_price = AmountOut(currency="invoice.currency")
    discount_percent = RateField()
    tax_rate_percent = RateField()
    tax_reason = serializers.CharField()
    supplied_on = serializers.DateField(allow_null=True)
    net = AmountOut(currency="invoice.currency")
    tax = AmountOut(currency="invoice.currency")
    gross = AmountOut(currency="invoice.currency")


class SettlingPaymentOut(OutputSerializer):
    """A payment by id and code."""

    id = serializers.UUIDField()
    code = serializers.CharField()


class SettlementOut(OutputSerializer):
    """Verified money that met the invoice."""

    payment = SettlingPaymentOut()
    amount = AmountOut(currency="currency")
    settled_at = serializers.DateTimeField()


class InvoiceDetailOut(InvoiceOut):
    """An invoice with both sides as they were, its lines, and the money that met it."""

    issuer = serializers.DictField()
    party = serializers.DictField()
    lines = InvoiceLineOut(many=True, source="lines.all")
    settlements = SettlementOut(many=True, source="settlements.all")


class CertificateOut(OutputSerializer):
    """The proof that a series has no gap.

    chain_hash: start with 64 zeros; for each invoice in order SHA-256 of
    "<hash before> <number> <content_hash>".
    """

    series_type = serializers.ChoiceField(choices=SeriesType.choices)
    year = serializers.IntegerField()
    first_number = serializers.IntegerField()
    next_number = serializers.IntegerField()
    count = serializers.IntegerField()
    is_gapless = serializers.BooleanField()
    first = serializers.CharField(allow_null=True)
    last = serializers.CharField(allow_null=True)
    totals = serializers.ListField(child=MoneyOut())
    chain_hash = serializers.CharField()
