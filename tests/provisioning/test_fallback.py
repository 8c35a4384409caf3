"""Where no blueprint serves, the migrations build the schema: loudly, and the list says why."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import structlog
from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangosMigrate
from django.db import connection
from django.utils.timezone import now
from pytest_django import DjangoDbBlocker

from shared_apps.organizations.models import BuiltBy
from shared_apps.organizations.selectors import get_tenant
from shared_apps.organizations.services import provision_organization
from shared_apps.organizations.services.claim import claim_provisioning, note_fallback
from shared_apps.tenancy.blueprint import get_blueprint
from shared_apps.tenancy.blueprint.catalog import differences, read_catalog
from shared_apps.tenancy.blueprint.drawing import comparable
from shared_apps.tenancy.blueprint.lines import Line
from shared_apps.tenancy.blueprint.store import KEPT, blueprint_key
from shared_apps.tenancy.context import Tenant, use_platform, use_schema
from shared_apps.tenancy.models import SchemaBlueprint
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.schemas import create_schema, schema_exists
from tests.addresses import owner_url, urls_of
from tests.provisioning.conftest import Wish, let_time_pass, provisioning
from tests.provisioning.test_claims import assert_complete_and_single

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def fresh_tenant() -> None:
    """Say that these tests commit: they make organizations of their own."""


@pytest.fixture
def stored(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[SchemaBlueprint]:
    """The blueprint of this database as a test may spoil it; whole again afterwards."""
    with django_db_blocker.unblock(), use_platform():
        get_blueprint()
        key = blueprint_key()
        whole = SchemaBlueprint.objects.get(pk=key)
        yield SchemaBlueprint.objects.get(pk=key)
        with as_owner():
            SchemaBlueprint.objects.exclude(pk=key).delete()
            whole.save()


def spoil(stored: SchemaBlueprint) -> None:
    """Keep a blueprint that a test has spoilt; the application itself may not."""
    with as_owner():
        stored.save()


def provision(organization_id: UUID) -> Tenant:
    return provision_organization(organization_id=organization_id, at=now())


def listed(tenant: Tenant) -> dict[str, str]:
    out = io.StringIO()
    call_command("list_organizations", "--json", stdout=out)
    (row,) = [row for row in json.loads(out.getvalue()) if row["slug"] == tenant.slug]
    return dict(row)


class TestTheMigrations:
    def test_build_what_a_blueprint_was_refused_for(
        self, wish: Wish, fresh_tenant: None, stored: SchemaBlueprint
    ) -> None:
        stored.refusal = "UnknownObject: view v"
        spoil(stored)
        asked = wish()
        with structlog.testing.capture_logs() as lines:
            tenant = provision(asked)
        assert_complete_and_single(asked)
        (loud,) = [line for line in lines if line["event"] == "blueprint_unusable"]
        assert (loud["log_level"], loud["reason"]) == ("error", "UnknownObject: view v")
        row = listed(tenant)
        assert (row["built_by"], row["note"]) == ("migrations", "UnknownObject: view v")

    def test_build_what_a_replay_got_wrong(
        self, wish: Wish, fresh_tenant: None, stored: SchemaBlueprint
    ) -> None:
        stored.statements = [*stored.statements, "DROP INDEX event_newest"]
        spoil(stored)
        asked = wish()
        tenant = provision(asked)
        assert_complete_and_single(asked)
        row = listed(tenant)
        assert row["built_by"] == "migrations"
        assert "missing index event_newest of audit_eventrecord" in row["note"]

    def test_build_what_the_server_refused(
        self, wish: Wish, fresh_tenant: None, stored: SchemaBlueprint
    ) -> None:
        stored.statements = ["CREATE TABLE t (a no_such_type)"]
        spoil(stored)
        asked = wish()
        tenant = provision(asked)
        assert_complete_and_single(asked)
        assert "no_such_type" in listed(tenant)["note"]

    def test_complete_a_schema_that_they_half_made(self, wish: Wish, fresh_tenant: None) -> None:
        """Killed in the middle of the migrations: the first reason is kept."""
        asked = wish()
        note_fallback(claim_provisioning(organization_id=asked), "UnknownObject: view v")
        schema = get_tenant(asked).schema
        create_schema(schema)
        with as_owner(), use_schema(schema):
            call_command(DjangosMigrate(), "contenttypes", verbosity=0)
        let_time_pass(asked)
        provision(asked)
        assert_complete_and_single(asked)
        row = provisioning(asked)
        assert (row.built_by, row.note) == (BuiltBy.MIGRATIONS, "UnknownObject: view v")

    def test_make_the_same_schema_as_a_replay(
        self, wish: Wish, fresh_tenant: None, stored: SchemaBlueprint
    ) -> None:
        replayed = provision(wish())
        stored.refusal = "on purpose"
        spoil(stored)
        migrated = provision(wish())
        assert differences(form_of(replayed), form_of(migrated)) == []

    def test_that_fail_leave_the_reason_in_the_list(
        self, wish: Wish, fresh_tenant: None, stored: SchemaBlueprint
    ) -> None:
        stored.refusal = "on purpose"
        spoil(stored)
        asked = wish()
        tenant = get_tenant(asked)
        create_schema(tenant.schema)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {tenant.schema}.audit_eventrecord (id int)")
        with pytest.raises(Exception, match="audit_eventrecord"):
            provision(asked)
        row = listed(tenant)
        assert row["status"] == "failed"
        assert "audit_eventrecord" in row["note"]
        assert "on purpose" in row["note"]
        assert "attempts: 1" in row["note"]


def form_of(tenant: Tenant) -> list[Line]:
    """Return all but the rows, which say when each migration ran."""
    with as_owner():
        lines = comparable(read_catalog(tenant.schema))
    return [line for line in lines if line.kind not in ("row", "position")]


class TestTheStore:
    def test_draws_once_and_keeps_the_newest(
        self, fresh_tenant: None, stored: SchemaBlueprint
    ) -> None:
        with as_owner():
            SchemaBlueprint.objects.all().delete()
            for number in range(KEPT + 2):
                SchemaBlueprint.objects.create(key=f"old {number}", statements=[], fingerprint="")
        create_schema("scratch_00000000dead")
        first = get_blueprint()
        assert SchemaBlueprint.objects.count() == KEPT
        assert not schema_exists("scratch_00000000dead")
        assert get_blueprint().built_at == first.built_at
        assert first.migrated_ms

    def test_draws_anew_for_other_apps(self, acme: Tenant, settings: Any) -> None:
        key = blueprint_key()
        settings.TENANT_APPS = [*settings.TENANT_APPS, "another"]
        assert blueprint_key() != key


def test_a_migration_with_a_view_is_refused_by_name_and_the_product_goes_on(
    acme: Tenant, fresh_tenant: None
) -> None:
    """The whole way with real commands: an app's migration makes a view in every schema."""
    with database_of_its_own() as urls:
        run("migrate", urls=urls)
        made = run("create_organization", *NEW, urls=urls)
        rows = json.loads(run("list_organizations", "--json", urls=urls).stdout)
    assert "initech answers at" in made.stdout
    assert "blueprint_refused" in made.stdout + made.stderr
    assert "blueprint_unusable" in made.stdout + made.stderr
    (row,) = rows
    assert (row["status"], row["built_by"]) == ("active", "migrations")
    assert "view outlook_open" in row["note"]


NEW = (
    *("--slug", "initech", "--name", "Initech", "--currency", "USD"),
    *("--owner-email", "o@initech.example", "--owner-name", "Olga Owner"),
)


@contextmanager
def database_of_its_own() -> Iterator[dict[str, str]]:
    name = f"outlook_{uuid4().hex[:12]}"
    with psycopg.connect(owner_url(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield urls_of(name)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(*arguments: str, urls: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        **urls,
        "DJANGO_SETTINGS_MODULE": "tests.provisioning.outlook_settings",
    }
    result = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result
