"""Tax rates over HTTP."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer, QuerySerializer
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.deals import selectors, services
from tenant_apps.deals.api.catalog import EDIT, VIEW
from tenant_apps.deals.api.outputs import TaxRateOut
from tenant_apps.deals.api.serializers import percent
from tenant_apps.deals.models import TaxTreatment

CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
TAX_RATE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000021",
    "code": "standard",
    "name": "Standard rate",
    "treatment": "taxed",
    "rate_percent": "19",
    "reason": "",
    "valid_from": "2021-01-01",
    "valid_to": None,
    "created_at": "2026-03-02T11:00:00Z",
    "updated_at": "2026-03-02T11:00:00Z",
    "version": 1,
}
EXEMPT_REQUEST: dict[str, Any] = {
    "code": "eu-services",
    "name": "Services to EU businesses",
    "treatment": "reverse_charge",
    "rate_percent": "0",
    "reason": "Reverse charge: the recipient owes the tax.",
    "valid_from": "2021-01-01",
}


class TaxRateIn(InputSerializer):
    """A rate to enter; the one before it with the same code ends where this one begins."""

    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=80)
    treatment = serializers.ChoiceField(choices=TaxTreatment.choices, required=False)
    rate_percent = percent()
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)


class TaxRateChangesIn(InputSerializer):
    """What may be changed of a rate: its name and its end."""

    name = serializers.CharField(max_length=80)
    valid_to = serializers.DateField(required=False, allow_null=True)


class TaxRateQuery(QuerySerializer):
    """Which tax rates to list."""

    code = serializers.CharField(required=False, max_length=40)
    on = serializers.DateField(required=False, help_text="Only the rates of this day.")


class TaxRateViewSet(ApiViewSet):
    """The tax rates of the organization."""

    permissions: ClassVar = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": EDIT,
        "partial_update": EDIT,
    }

    @documented(response=TaxRateOut, query=TaxRateQuery, example=TAX_RATE)
    def list(self, request: Request) -> Response:
        """List the tax rates by code, the newest first."""
        rates = selectors.list_tax_rates(**self.query(TaxRateQuery))
        return self.page(rates, TaxRateOut)

    @documented(
        request=TaxRateIn,
        response=TaxRateOut,
        status=201,
        request_example=EXEMPT_REQUEST,
        example=TAX_RATE | EXEMPT_REQUEST,
    )
    def create(self, request: Request) -> Response:
        """Enter a rate, from a day on."""
        new = services.NewTaxRate(**self.read(TaxRateIn))
        rate = services.create_tax_rate(new=new, by=self.viewer, at=self.at)
        return self.one(rate, TaxRateOut, status=201)

    @documented(response=TaxRateOut, example=TAX_RATE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a tax rate."""
        return self.one(selectors.get_tax_rate(tax_rate_id=parse_id(pk)), TaxRateOut)

    @documented(
        request=TaxRateChangesIn,
        response=TaxRateOut,
        request_example={"valid_to": "2027-01-01"},
        example=TAX_RATE,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Rename a rate, or choose its last day; deals keep the rates they were made with."""
        rate = selectors.get_tax_rate(tax_rate_id=parse_id(pk))
        changed = services.update_tax_rate(
            tax_rate_id=rate.pk,
            changes=self.read(TaxRateChangesIn, current=TaxRateOut(rate)),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self.one(changed, TaxRateOut)
