"""What the organization chooses, for those who administer it."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.organizations.api.serializers import SettingsIn, SettingsOut, as_changes
from shared_apps.organizations.selectors import read_choices
from shared_apps.organizations.services import change_organization
from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet

VIEW, MANAGE = "settings.view", "settings.manage"
EXAMPLE: dict[str, Any] = {
    "name": "Acme",
    "legal_name": "Acme Ltd",
    "tax_id": "DE123456789",
    "email": "billing@acme.example",
    "billing_address": {
        "line1": "1 Main St",
        "line2": "",
        "city": "Berlin",
        "postal_code": "10115",
        "region": "",
        "country": "DE",
    },
    "currency": "USD",
    "timezone": "Europe/Berlin",
    "invoice_when": "on_verification",
    "invoice_days_before_due": 14,
    "discount_limit_percent": "15.00",
    "proof_required_methods": ["bank_transfer", "cheque", "wallet", "other"],
    "invoice_number_start": 1,
    "payment_terms_days": 14,
    "working_days": [0, 1, 2, 3, 4],
    "working_hours": ["09:00", "17:00"],
    "verification_sla_hours": 8,
    "review_lease_minutes": 30,
    "review_assignment_hours": 72,
    "fiscal_year_start_month": 1,
    "write_off_tolerance": "0.0000",
    "invoice_locale": "en",
    "brand_colour": "#1f3a5f",
    "brand_logo": None,
    "payment_instructions": "",
    "invoice_footer": "",
    "send_invoices_on_issue": False,
    "reminders_enabled": False,
    "reminder_days": [3, 10, 20],
    "reminder_before_due_days": 0,
    "reminders_at_most": 6,
    "version": 1,
}


class SettingsViewSet(ApiViewSet):
    """The organization's choices."""

    permissions: ClassVar = {"retrieve": VIEW, "partial_update": MANAGE}

    @documented(response=SettingsOut, example=EXAMPLE)
    def retrieve(self, request: Request) -> Response:
        """Show what the organization chose."""
        return self.one(read_choices(), SettingsOut)

    @documented(
        request=SettingsIn,
        response=SettingsOut,
        request_example={"working_days": [0, 1, 2, 3], "working_hours": ["08:00", "18:00"]},
        example={**EXAMPLE, "working_days": [0, 1, 2, 3], "version": 2},
    )
    def partial_update(self, request: Request) -> Response:
        """Change some of it; the currency stays once money is posted.

        Every process knows the new choices within five seconds.
        """
        shown = SettingsOut(read_choices())
        change_organization(
            changes=as_changes(self.read(SettingsIn, current=shown)),
            expected_version=self.expected_version(),
            by=self.viewer.actor,
            at=self.at,
        )
        return self.one(read_choices(), SettingsOut)
