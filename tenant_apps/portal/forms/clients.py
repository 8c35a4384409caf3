"""A client and a contact as they are typed, in the words of the API."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from shared_apps.tenancy.context import current_tenant
from shared_apps.web.pages.form import Form, without_blanks

if TYPE_CHECKING:
    from tenant_apps.clients.models import Client

TEXTS = ("name", "legal_name", "tax_id", "email", "phone", "remarks", "status")
ADDRESS = ("line1", "line2", "city", "postal_code", "region", "country")
CONTACT = ("name", "role", "email", "phone")


def client_body(form: Form) -> dict[str, Any]:
    """Return a client as the API reads it: every control of the form counts, empty ones too."""
    body: dict[str, Any] = {name: form.value(f"/{name}") for name in TEXTS}
    body["billing_address"] = {part: form.value(f"/billing_address/{part}") for part in ADDRESS}
    body["tags"] = [tag.strip() for tag in str(form.value("/tags")).split(",") if tag.strip()]
    satisfaction = form.value("/satisfaction")
    body["satisfaction"] = satisfaction or None
    people = form.typed.get("contacts", [])
    kept = [each for each in people if isinstance(each, dict) and any(each.values())]
    form.typed["contacts"] = kept
    body["contacts"] = [{name: each.get(name, "") for name in CONTACT} for each in kept]
    return body


def typed_client(client: "Client") -> dict[str, Any]:
    """Return a client as it would be typed."""
    return {
        **{name: getattr(client, name) for name in TEXTS},
        "billing_address": dict(client.billing_address),
        "tags": ", ".join(client.tags),
        "satisfaction": str(client.satisfaction or ""),
        "contacts": [dict(each) for each in client.contacts],
    }


def people_of(form: Form) -> list[str]:
    """Return the numbers of the rows for people: those that are filled in, and one more."""
    return [str(number) for number in range(len(form.typed.get("contacts", [])) + 1)]


def people_names(form: Form) -> dict[str, str]:
    """Return what each row for a person is called."""
    count = len(form.typed.get("contacts", []))
    return {f"/contacts/{n}": _("Person %(n)s") % {"n": n + 1} for n in range(count)}


def contact_body(form: Form) -> dict[str, Any]:
    """Return a contact as the API reads it; the time was typed in the organization's zone."""
    body = without_blanks(form.typed)
    typed = body.get("happened_at")
    if typed:
        body["happened_at"] = _in_zone(str(typed))
    return body


def _in_zone(typed: str) -> str:
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return local.replace(tzinfo=ZoneInfo(current_tenant().timezone)).isoformat()
