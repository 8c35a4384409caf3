"""What an organization chooses, as it is sent and shown."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.organizations.selectors import Chosen
from shared_apps.organizations.services import OrganizationChanges
from shared_apps.organizations.settings import (
    INVOICE_POLICIES,
    MAX_LEVELS,
    METHODS,
    whole_address,
)
from shared_apps.web.reference import list_countries
from shared_apps.web.serializers import InputSerializer, OutputSerializer

COLUMNS = ("name", "legal_name", "tax_id", "email", "billing_address", "currency", "timezone")
MAX_TEXT = 1000


def _text(max_length: int) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=max_length)


_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


@extend_schema_field({"type": "string", "pattern": _CLOCK})
class ClockTimeField(serializers.TimeField):
    """Hours and minutes, without the seconds that a time of the API document has."""


class AddressIn(InputSerializer):
    """The organization's address, always whole; `country` is ISO 3166 alpha-2."""

    line1 = _text(200)
    line2 = _text(200)
    city = _text(100)
    postal_code = _text(20)
    region = _text(100)
    country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, allow_blank=True)

    def validate_country(self, country: str) -> str:
        """Refuse two letters that are no country."""
        if country and country not in {known.code for known in list_countries()}:
            raise serializers.ValidationError("This is not an ISO 3166 country code.")
        return country


class AddressOut(OutputSerializer):
    """The organization's address."""

    line1 = serializers.CharField()
    line2 = serializers.CharField()
    city = serializers.CharField()
    postal_code = serializers.CharField()
    region = serializers.CharField()
    country = serializers.CharField()


class SettingsIn(InputSerializer):
    """What to change of an organization's choices."""

    name = serializers.CharField(max_length=200)
    legal_name = _text(200)
    tax_id = _text(64)
    email = serializers.EmailField(required=False, allow_blank=True)
    billing_address = AddressIn(required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    timezone = serializers.CharField(max_length=64)
    invoice_when = serializers.ChoiceField(choices=INVOICE_POLICIES)
    invoice_days_before_due = serializers.IntegerField(min_value=0, max_value=365)
    discount_limit_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    proof_required_methods = serializers.ListField(
        child=serializers.ChoiceField(choices=METHODS), max_length=len(METHODS)
    )
    invoice_number_start = serializers.IntegerField(min_value=1, max_value=999_999)
    payment_terms_days = serializers.IntegerField(min_value=0, max_value=365)
    working_days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), max_length=7
    )
    working_hours = serializers.ListField(
        child=serializers.RegexField(_CLOCK), min_length=2, max_length=2
    )
    verification_sla_hours = serializers.IntegerField(min_value=1, max_value=10_000)
    review_lease_minutes = serializers.IntegerField(min_value=1, max_value=10_000)
    review_assignment_hours = serializers.IntegerField(min_value=1, max_value=10_000)
    fiscal_year_start_month = serializers.IntegerField(min_value=1, max_value=12)
    write_off_tolerance = serializers.DecimalField(max_digits=10, decimal_places=4, min_value=0)
    invoice_locale = serializers.CharField(max_length=16)
    brand_colour = _text(7)
    brand_logo = serializers.UUIDField(allow_null=True)
    payment_instructions = _text(MAX_TEXT)
    invoice_footer = _text(MAX_TEXT)
    send_invoices_on_issue = serializers.BooleanField()
    reminders_enabled = serializers.BooleanField()
    reminder_days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=365), max_length=MAX_LEVELS
    )
    reminder_before_due_days = serializers.IntegerField(min_value=0, max_value=365)
    reminders_at_most = serializers.IntegerField(min_value=0, max_value=100)


class SettingsOut(OutputSerializer):
    """An organization's choices; those that it never made have the product's default."""

    name = serializers.CharField(source="organization.name")
    legal_name = serializers.CharField(source="organization.legal_name")
    tax_id = serializers.CharField(source="organization.tax_id")
    email = serializers.CharField(source="organization.email")
    billing_address = AddressOut(source="address")
    currency = serializers.CharField(source="organization.currency")
    timezone = serializers.CharField(source="organization.timezone")
    invoice_when = serializers.CharField(source="settings.invoice_when")
    invoice_days_before_due = serializers.IntegerField(source="settings.invoice_days_before_due")
    discount_limit_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, source="settings.discount_limit_percent"
    )
    proof_required_methods = serializers.ListField(
        child=serializers.CharField(), source="settings.proof_required_methods"
    )
    invoice_number_start = serializers.IntegerField(source="settings.invoice_number_start")
    payment_terms_days = serializers.IntegerField(source="settings.payment_terms_days")
    working_days = serializers.ListField(
        child=serializers.IntegerField(), source="settings.working_days"
    )
    working_hours = serializers.ListField(
        child=ClockTimeField(format="%H:%M"), source="settings.working_hours"
    )
    verification_sla_hours = serializers.IntegerField(source="settings.verification_sla_hours")
    review_lease_minutes = serializers.IntegerField(source="settings.review_lease_minutes")
    review_assignment_hours = serializers.IntegerField(source="settings.review_assignment_hours")
    fiscal_year_start_month = serializers.IntegerField(source="settings.fiscal_year_start_month")
    write_off_tolerance = serializers.DecimalField(
        max_digits=19, decimal_places=4, source="settings.write_off_tolerance"
    )
    invoice_locale = serializers.CharField(source="settings.invoice_locale")
    brand_colour = serializers.CharField(source="settings.brand_colour")
    brand_logo = serializers.SerializerMethodField()
    payment_instructions = serializers.CharField(source="settings.payment_instructions")
    invoice_footer = serializers.CharField(source="settings.invoice_footer")
    send_invoices_on_issue = serializers.BooleanField(source="settings.send_invoices_on_issue")
    reminders_enabled = serializers.BooleanField(source="settings.reminders_enabled")
    reminder_days = serializers.ListField(
        child=serializers.IntegerField(), source="settings.reminder_days"
    )
    reminder_before_due_days = serializers.IntegerField(source="settings.reminder_before_due_days")
    reminders_at_most = serializers.IntegerField(source="settings.reminders_at_most")
    version = serializers.IntegerField()

    def get_brand_logo(self, chosen: Chosen) -> str | None:
        """Return the id of the picture, null without one."""
        return chosen.settings.brand_logo or None


def as_changes(values: Mapping[str, Any]) -> OrganizationChanges:
    """Return what was sent as the service takes it."""
    columns = {name: values[name] for name in COLUMNS if name in values}
    if "billing_address" in columns:
        columns["billing_address"] = whole_address(columns["billing_address"])
    chosen = {name: value for name, value in values.items() if name not in columns}
    if "brand_logo" in chosen:
        chosen["brand_logo"] = str(chosen["brand_logo"] or "")
    return OrganizationChanges(columns=columns, settings=chosen)
