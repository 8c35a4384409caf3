"""An organization is founded whole or not at all, and only then answers."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.organizations.models import Organization, Status
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    OrganizationAlreadyProvisioned,
    SlugTaken,
    provision_organization,
    request_organization,
)
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.schemas import schema_name_of

OWNER = FirstOwner(email="olga@initech.example", first_name="Olga", last_name="Owner")


def new(**changes: Any) -> NewOrganization:
    values = {"slug": "initech", "name": "Initech", "currency": "USD"} | changes
    return NewOrganization(**values)


class TestAWish:
    def test_is_written_down_and_not_routable(self, acme: Tenant) -> None:
        row = request_organization(new())
        assert row.status == Status.REQUESTED
        assert row.schema_name == schema_name_of(row.pk)
        found = get_directory().by_slug("initech")
        assert found is not None
        assert not found.is_routable

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("slug", "Initech"),
            ("slug", "-x"),
            ("slug", "x-"),
            ("slug", "a" * 41),
            ("slug", "a.b"),
            ("slug", "www"),
            ("name", "  "),
            ("currency", "usd"),
            ("currency", "XXQ"),
            ("timezone", "Mars/Olympus"),
            ("timezone", "../etc/passwd"),
            ("email", "not an address"),
        ],
    )
    def test_is_refused_by_the_name_of_the_field(
        self, acme: Tenant, field: str, value: str
    ) -> None:
        with pytest.raises(ValidationFailed) as refusal:
            request_organization(new(**{field: value}))
        assert [problem.field for problem in refusal.value.problems] == [f"/{field}"]

    @pytest.mark.parametrize(
        "settings",
        [
            {"no_such": 1},
            {"invoice_when": "never"},
            {"discount_limit_percent": "120"},
            {"discount_limit_percent": 0.5},
            {"payment_terms_days": -1},
            {"working_days": [9]},
        ],
    )
    def test_is_refused_for_settings_that_mean_nothing(
        self, acme: Tenant, settings: dict[str, Any]
    ) -> None:
        with pytest.raises(ValidationFailed):
            request_organization(new(settings=settings))

    def test_is_refused_for_a_taken_subdomain(self, acme: Tenant) -> None:
        with pytest.raises(SlugTaken):
            request_organization(new(slug="acme"))


class TestProvisioning:
    def test_is_refused_a_second_time(self, acme: Tenant, at_noon: datetime) -> None:
        with pytest.raises(OrganizationAlreadyProvisioned):
            provision_organization(organization_id=acme.id, owner=OWNER, at=at_noon)

    def test_goes_on_where_it_was_killed(self, fresh_tenant: Tenant, at_noon: datetime) -> None:
        """Killed after the schema was founded, before the host was opened: one first event."""
        with use_platform():
            Organization.objects.filter(pk=fresh_tenant.id).update(status=Status.PROVISIONING)
        again = provision_organization(organization_id=fresh_tenant.id, owner=OWNER, at=at_noon)
        assert again.is_routable
        with use_tenant(again):
            names = [row.name for row in history_of("organizations.organization", again.id)]
        assert names.count("organizations.organization_provisioned") == 1

    def test_says_why_it_failed_and_is_tried_again(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        with use_platform():
            Organization.objects.filter(pk=fresh_tenant.id).update(status=Status.FAILED)
        with as_owner(), use_tenant(fresh_tenant), connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_delivery")
            cursor.execute("DELETE FROM audit_eventrecord")
            cursor.execute("ALTER TABLE audit_eventrecord RENAME TO hidden")
        with pytest.raises(Exception, match="audit_eventrecord"):
            provision_organization(organization_id=fresh_tenant.id, owner=OWNER, at=at_noon)
        with use_platform():
            row = Organization.objects.get(pk=fresh_tenant.id)
        assert row.status == Status.FAILED
        assert "audit_eventrecord" in row.failure
