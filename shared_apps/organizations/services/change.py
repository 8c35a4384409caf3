"""Change what an organization chose: its names, address, currency, zone and settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import StaleVersion, check_filled
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import Money
from shared_apps.organizations.events import OrganizationChanged
from shared_apps.organizations.models import Organization
from shared_apps.organizations.services.checking import (
    check_currency,
    check_email,
    check_timezone,
)
from shared_apps.organizations.settings import parse_settings, stored_form, whole_address
from shared_apps.organizations.tolerance import check_tolerance
from shared_apps.tenancy.context import current_tenant, use_platform
from shared_apps.tenancy.directory import get_directory

TOLERANCE = "write_off_tolerance"


@dataclass(frozen=True, kw_only=True)
class OrganizationChanges:
    """What to change; what is not named stays.

    columns: name, legal_name, tax_id, email, billing_address, currency, timezone.
    settings: the names of OrganizationSettings.
    """

    columns: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def change_organization(
    *, changes: OrganizationChanges, expected_version: int, by: Actor, at: datetime
) -> Organization:
    """Change what the organization at work chose; the same again changes and records nothing.

    Locks the organization. Records OrganizationChanged, whose reactions refuse what must stay: the
    currency once money is posted, the first number once an invoice has one, a logo that is no
    picture. Other processes hear of it within the seconds that hosts are remembered.
    Raises: StaleVersion, ValidationFailed, and what the reactions raise.
    """
    organization_id = current_tenant().id
    with use_platform():
        rows = Organization.objects.select_for_update(no_key=True)
        row: Organization = rows.get(pk=organization_id)
    if row.version != expected_version:
        raise StaleVersion
    before, after = _differences(row, changes)
    if after:
        _check(changes.columns)
        _check_tolerance(row, after)
        _save(row, changes, at)
        event = OrganizationChanged(
            organization_id=row.pk,
            changed=tuple(sorted(after)),
            brand_logo=str(after.get("brand_logo", "")),
            tolerance_raised=_raised(row, before, after),
        )
        record(event, actor=by, at=at, before=before, after=after)
        transaction.on_commit(get_directory().forget)
    return row


def _differences(
    row: Organization, changes: OrganizationChanges
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what differs, as it was and as it is to be, in the form that is stored.

    Raises: ValidationFailed.
    """
    old = stored_form(parse_settings(row.settings))
    parsed = stored_form(parse_settings({**row.settings, **changes.settings}))
    wanted = {**changes.columns, **{name: parsed[name] for name in changes.settings}}
    columns = {**vars(row), "billing_address": whole_address(row.billing_address)}
    current = {name: old[name] if name in old else columns[name] for name in wanted}
    differing = [name for name in wanted if wanted[name] != current[name]]
    return {name: current[name] for name in differing}, {name: wanted[name] for name in differing}


def _check(columns: Mapping[str, Any]) -> None:
    if "name" in columns:
        check_filled(columns["name"], at="/name")
    if "currency" in columns:
        check_currency(columns["currency"])
    if "timezone" in columns:
        check_timezone(columns["timezone"])
    if columns.get("email"):
        check_email(columns["email"])


def _check_tolerance(row: Organization, after: Mapping[str, Any]) -> None:
    """Hold a new tolerance, or the old one in a new currency, to the limit.

    One of before there was a limit stays as it is, and counts no further than the limit.
    """
    if TOLERANCE in after or "currency" in after:
        kept = stored_form(parse_settings(row.settings))[TOLERANCE]
        wanted = Decimal(after.get(TOLERANCE, kept))
        check_tolerance(wanted, str(after.get("currency", row.currency)))


def _raised(row: Organization, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the new tolerance as an amount when it is higher than before, else nothing."""
    if TOLERANCE not in after or Decimal(after[TOLERANCE]) <= Decimal(before[TOLERANCE]):
        return ""
    return str(Money.rounded(Decimal(after[TOLERANCE]), row.currency))


def _save(row: Organization, changes: OrganizationChanges, at: datetime) -> None:
    parsed = stored_form(parse_settings({**row.settings, **changes.settings}))
    row.settings = {**row.settings, **{name: parsed[name] for name in changes.settings}}
    for name, value in changes.columns.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.version += 1
    row.updated_at = at
    with use_platform():
        row.save(update_fields=[*changes.columns, "settings", "version", "updated_at"])
