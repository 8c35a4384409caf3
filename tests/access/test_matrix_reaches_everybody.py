"""A change of the role matrix reaches every organization with the next migration."""

from dataclasses import replace

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.organizations.models import Organization, Status
from shared_apps.tenancy.context import PUBLIC_SCHEMA, Tenant, use_platform, use_tenant
from shared_apps.tenancy.models import SchemaState
from shared_apps.tenancy.plan import plan_hash
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.runner import Wishes, audit_ledger, list_schemas_behind, migrate_schemas
from tenant_apps.access.models import Grant, Role
from tenant_apps.access.role_matrix import ORGANIZATION_ROLES, OWN
from tenant_apps.access.services import BUILT_IN_ROLES

OF_LEADS = {"role__code": "team_lead", "permission": "deals.hand_over"}


@pytest.fixture
def behind(fresh_tenant: Tenant) -> Tenant:
    """Return an organization of a release that had no hand-overs yet."""
    Grant.objects.filter(**OF_LEADS).delete()
    with as_owner(), use_platform():
        SchemaState.objects.filter(pk=fresh_tenant.schema).update(plan_hash="another release's")
    return fresh_tenant


def applied(tenant: Tenant) -> list[str]:
    """Return who has applied the matrix since the founding."""
    with use_tenant(tenant):
        events = EventRecord.objects.filter(name="access.role_matrix_applied").order_by("pk")
        return list(events.values_list("actor_label", flat=True))[1:]


class TestMigration:
    def test_brings_new_permissions_to_built_in_roles(self, behind: Tenant) -> None:
        report = migrate_schemas([behind.schema], Wishes())
        assert (report.migrated, report.left) == (1, {})
        assert Grant.objects.filter(**OF_LEADS).exists()
        assert applied(behind) == ["system:migrate"]

    def test_says_nothing_where_nothing_differs(self, behind: Tenant) -> None:
        migrate_schemas([behind.schema], Wishes())
        with as_owner(), use_platform():
            SchemaState.objects.filter(pk=behind.schema).update(plan_hash="yet another's")
        migrate_schemas([behind.schema], Wishes())
        assert applied(behind) == ["system:migrate"]

    def test_leaves_roles_of_ones_own_alone(self, behind: Tenant) -> None:
        own = Role.objects.create(code="juniors", name="Juniors")
        Grant.objects.create(role=own, permission="deals.view", scope=OWN)
        migrate_schemas([behind.schema], Wishes())
        assert list(own.grants.values_list("permission", flat=True)) == ["deals.view"]

    def test_happens_before_an_audit_takes_a_schema_for_ready(self, behind: Tenant) -> None:
        assert behind.schema in audit_ledger(mend=True).not_behind
        assert Grant.objects.filter(**OF_LEADS).exists()

    def test_waits_for_an_organization_that_is_being_founded(self, behind: Tenant) -> None:
        with use_platform():
            Organization.objects.filter(pk=behind.id).update(status=Status.PROVISIONING)
        migrate_schemas([behind.schema], Wishes())
        assert applied(behind) == []


def test_an_audit_mends_public_as_well(fresh_tenant: Tenant) -> None:
    with as_owner(), use_platform():
        SchemaState.objects.filter(pk=PUBLIC_SCHEMA).update(plan_hash="another release's")
    assert PUBLIC_SCHEMA in audit_ledger(mend=True).not_behind
    with use_platform():
        assert SchemaState.objects.get(pk=PUBLIC_SCHEMA).plan_hash == plan_hash()


def test_a_change_of_the_matrix_alone_puts_everybody_behind(
    fresh_tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fresh_tenant.schema not in list_schemas_behind()
    *others, last = ORGANIZATION_ROLES
    changed = replace(last, grants={**last.grants, "deals.hand_over": OWN})
    monkeypatch.setattr("tenant_apps.access.services.matrix.ORGANIZATION_ROLES", (*others, changed))
    try:
        plan_hash.cache_clear()
        assert not BUILT_IN_ROLES.is_in_line()
        assert fresh_tenant.schema in list_schemas_behind()
    finally:
        monkeypatch.undo()
        plan_hash.cache_clear()
    assert fresh_tenant.schema not in list_schemas_behind()
