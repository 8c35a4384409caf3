"""The database itself keeps the application's role to what each model declares."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.models import Field, Model
from psycopg import errors
from pytest_django import DjangoDbBlocker

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.rights import EVERY_FIELD
from shared_apps.tenancy.context import Tenant, use_platform, use_schema
from shared_apps.tenancy.models import SchemaState
from shared_apps.tenancy.rights.declared import (
    find_rights,
    is_ours,
    is_theirs,
    models_with_tables,
    undecided,
    wanted_privileges,
)
from shared_apps.tenancy.rights.grants import apply_grants, read_rights, wrong_rights
from shared_apps.tenancy.rights.page import rights_page
from shared_apps.tenancy.rights.roles import application_role, as_owner
from shared_apps.tenancy.runner import Wishes, audit_ledger, migrate_schemas
from shared_apps.tenancy.schemas import create_schema, drop_schema, migrate_schema, schema_name_of

MIGRATED = schema_name_of(uuid4())


@pytest.fixture(scope="module")
def migrated(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A schema that was built by the migrations, not by a replay."""
    with django_db_blocker.unblock():
        create_schema(MIGRATED)
        migrate_schema(MIGRATED)
    yield MIGRATED
    with django_db_blocker.unblock():
        drop_schema(MIGRATED)


@pytest.fixture(params=["replayed", "migrated", "public"])
def schema(request: pytest.FixtureRequest, migrated: str, acme: Tenant, db: None) -> str:
    """A schema of each making."""
    return {"replayed": acme.schema, "migrated": migrated, "public": "public"}[request.param]


def tables_of(schema: str) -> set[str]:
    with use_schema(schema), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {name for (name,) in cursor.fetchall()}


def assert_refused(schema: str, statement: str) -> None:
    with (
        use_schema(schema),
        pytest.raises(ProgrammingError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert isinstance(refusal.value.__cause__, errors.InsufficientPrivilege), statement


class TestEveryTable:
    def test_grants_what_its_model_declares(self, schema: str) -> None:
        columns, held = read_rights(schema, application_role())
        wanted = wanted_privileges()
        assert columns.keys() <= wanted.keys()
        assert held == {table: wanted[table] for table in columns}

    def test_cannot_be_truncated_altered_or_dropped(self, schema: str) -> None:
        for table in tables_of(schema):
            assert_refused(schema, f"TRUNCATE {table} CASCADE")
            assert_refused(schema, f"ALTER TABLE {table} ADD sneaked_in int")
            assert_refused(schema, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            assert_refused(schema, f"DROP TABLE {table} CASCADE")
            assert_refused(
                schema, f"CREATE TRIGGER t BEFORE INSERT ON {table} EXECUTE FUNCTION f()"
            )

    def test_gives_no_right_away(self, schema: str) -> None:
        for table in tables_of(schema):
            grant = f"GRANT ALL ON {table} TO {application_role()}"
            with (
                suppress(ProgrammingError),  # or a warning that nothing was granted
                use_schema(schema),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(grant)
        assert wrong_rights_here(schema) == []


def wrong_rights_here(schema: str) -> list[str]:
    """Compare on the test's own connection: the owner's would wait for nothing it can see."""
    columns, held = read_rights(schema, application_role())
    wanted = wanted_privileges()
    return [table for table in columns if held[table] != wanted[table]]


class TestAnAppendOnlyTable:
    def test_keeps_its_rows(self, schema: str) -> None:
        kept = [model for model in models_in(schema) if is_append_only(model)]
        assert len(kept) >= (2 if schema == "public" else 18)
        for model in kept:
            table = model._meta.db_table
            column = quoted(model._meta.concrete_fields[0])
            assert_refused(schema, f"UPDATE {table} SET {column} = {column}")  # noqa: S608  names of models
            assert_refused(schema, f"DELETE FROM {table}")  # noqa: S608  same
            assert_refused(schema, f"SELECT FROM {table} FOR UPDATE")

    def test_keeps_its_rows_from_the_orm(self, acme: Tenant) -> None:
        row = EventRecord.objects.order_by("pk")[0]
        rows = EventRecord.objects.filter(pk=row.pk)
        for write in (row.save, partial(rows.update, name="x"), rows.select_for_update().get):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                write()

    def test_is_what_the_books_are_kept_in(self) -> None:
        books = (
            *("audit.EventRecord", "ledger.JournalEntry", "ledger.Posting", "approvals.Decision"),
            *("approvals.Party", "payments.PaymentApplication", "invoices.InvoiceSettlement"),
            *("invoices.CreditNote", "invoices.CreditNoteLine", "commissions.CommissionLine"),
            *("commissions.CollectedCredit", "deals.DealVersion", "deals.DealLine"),
            *("deals.Instalment", "documents.StoredFile", "approvals.PolicyStep"),
        )
        loose = [label for label in books if not is_append_only(apps.get_model(label))]
        assert loose == []


class TestAColumn:
    def test_that_may_not_change_is_refused_beside_one_that_may(self, schema: str) -> None:
        checked = 0
        for model in models_in(schema):
            rights = find_rights(model)
            if rights is None or not rights.update or rights.update == EVERY_FIELD:
                continue
            for field in model._meta.concrete_fields:
                name = quoted(field)
                table = model._meta.db_table
                statement = f"UPDATE {table} SET {name} = {name} WHERE false"  # noqa: S608  same
                if {field.name, field.attname} & set(rights.update):
                    with use_schema(schema), connection.cursor() as cursor:
                        cursor.execute(statement)
                else:
                    assert_refused(schema, statement)
                    checked += 1
        assert checked > 10


class TestTheRole:
    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TABLE sneaked_in (id int)",
            "CREATE TEMPORARY TABLE sneaked_in (id int)",
            "CREATE SCHEMA sneaked_in",
            "CREATE ROLE sneaked_in",
            "CREATE EXTENSION hstore SCHEMA extensions",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE TABLE extensions.sneaked_in (id int)",
            "CREATE TABLE public.sneaked_in (id int)",
            "DROP SCHEMA extensions CASCADE",
            "SET session_replication_role = replica",
            "COPY django_migrations TO PROGRAM 'true'",
        ],
    )
    def test_makes_nothing(self, schema: str, statement: str) -> None:
        assert_refused(schema, statement)

    @pytest.mark.parametrize("how", ["SET ROLE", "SET SESSION AUTHORIZATION"])
    def test_becomes_nobody_else(self, schema: str, how: str) -> None:
        assert_refused(schema, f"{how} {owner_of(schema)}")

    def test_writes_no_history_of_migrations(self, schema: str) -> None:
        columns = "(app, name, applied) SELECT app, name, applied"
        insert = f"INSERT INTO django_migrations {columns} FROM django_migrations"
        assert_refused(schema, insert)
        assert_refused(schema, "DELETE FROM django_migrations")

    def test_is_not_the_owner(self, schema: str) -> None:
        assert owner_of(schema) != application_role()
        with use_schema(schema), connection.cursor() as cursor:
            cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname=current_user")
            assert cursor.fetchone() == (application_role(), False)


def owner_of(schema: str) -> str:
    with use_schema(schema), connection.cursor() as cursor:
        cursor.execute("SELECT tableowner FROM pg_tables WHERE schemaname = %s LIMIT 1", [schema])
        return str(cursor.fetchone()[0])


def quoted(field: "Field[Any, Any]") -> str:
    return connection.ops.quote_name(str(field.column))


def models_in(schema: str) -> list[type[Model]]:
    names = tables_of(schema)
    return [model for model in models_with_tables() if model._meta.db_table in names]


def is_append_only(model: type[Model]) -> bool:
    rights = find_rights(model)
    return rights is not None and rights.is_append_only


class TestDeclarations:
    def test_are_made_by_every_model(self) -> None:
        assert [*undecided(is_ours), *undecided(is_theirs)] == []

    def test_are_made_on_the_model_itself(self) -> None:
        ours = list(filter(is_ours, models_with_tables()))
        assert len(ours) > 50
        assert [model for model in ours if "rights" not in vars(model)] == []

    def test_that_are_missing_or_wrong_are_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(EventRecord, "rights")
        assert list(undecided(is_ours)) == ["audit.EventRecord declares no rights"]
        delivery = apps.get_model("audit.Delivery")
        wrong = type(delivery.rights)(update=("sneaked_in",))
        monkeypatch.setattr(delivery, "rights", wrong)
        assert "audit.Delivery has no field 'sneaked_in' to update" in list(undecided(is_ours))

    def test_are_on_the_page(self) -> None:
        page = Path("docs/table-rights.md").read_text(encoding="utf-8")
        assert page == rights_page(), "run `manage.py write_rights_docs`"


class TestApplyingGrants:
    @pytest.fixture
    def fresh_tenant(self, fresh_tenant: Tenant) -> Tenant:
        return fresh_tenant

    def spoil(self, tenant: Tenant, statement: str) -> None:
        with as_owner(), use_schema(tenant.schema), connection.cursor() as cursor:
            cursor.execute(statement)

    @pytest.mark.parametrize(
        ("statement", "table"),
        [
            ("GRANT UPDATE ON audit_eventrecord TO {role}", "audit_eventrecord"),
            ("GRANT UPDATE (name) ON audit_eventrecord TO {role}", "audit_eventrecord"),
            ("GRANT TRUNCATE ON ledger_posting TO {role}", "ledger_posting"),
            ("REVOKE INSERT ON ledger_posting FROM {role}", "ledger_posting"),
            ("REVOKE UPDATE (state) ON audit_delivery FROM {role}", "audit_delivery"),
            ("GRANT UPDATE ON audit_delivery TO {role}", "audit_delivery"),
        ],
    )
    def test_repairs_what_differs_and_that_alone(
        self, fresh_tenant: Tenant, statement: str, table: str
    ) -> None:
        self.spoil(fresh_tenant, statement.format(role=application_role()))
        assert wrong_rights(fresh_tenant.schema) == [table]
        assert apply_grants(fresh_tenant.schema) == 1
        assert wrong_rights(fresh_tenant.schema) == []
        assert apply_grants(fresh_tenant.schema) == 0

    def test_leaves_tables_alone_that_no_model_knows(self, fresh_tenant: Tenant) -> None:
        role = application_role()
        self.spoil(fresh_tenant, f"CREATE TABLE old (id int); GRANT ALL ON old TO {role}")
        assert apply_grants(fresh_tenant.schema) == 0
        _, held = read_rights(fresh_tenant.schema, role)
        assert "DELETE" in {each.kind for each in held["old"]}

    def test_passes_over_columns_that_are_not_there_yet(self, fresh_tenant: Tenant) -> None:
        self.spoil(fresh_tenant, "ALTER TABLE audit_delivery DROP last_error CASCADE")
        assert apply_grants(fresh_tenant.schema) == 0

    def test_is_part_of_migrating(self, fresh_tenant: Tenant) -> None:
        self.spoil(fresh_tenant, f"REVOKE ALL ON ledger_posting FROM {application_role()}")
        migrate_schema(fresh_tenant.schema)
        assert wrong_rights(fresh_tenant.schema) == []


class TestTheRunner:
    def spoil(self, tenant: Tenant) -> None:
        """Take a right away behind the ledger's back, as a new release's rights would differ."""
        with as_owner(), use_schema(tenant.schema), connection.cursor() as cursor:
            cursor.execute(f"REVOKE ALL ON ledger_posting FROM {application_role()}")
        with as_owner(), use_platform():
            SchemaState.objects.filter(pk=tenant.schema).update(plan_hash="another release's")

    def test_grants_where_no_migration_is_missing(self, fresh_tenant: Tenant) -> None:
        self.spoil(fresh_tenant)
        report = migrate_schemas([fresh_tenant.schema], Wishes())
        assert (report.migrated, report.left) == (1, {})
        assert wrong_rights(fresh_tenant.schema) == []

    def test_grants_before_an_audit_takes_a_schema_for_ready(self, fresh_tenant: Tenant) -> None:
        self.spoil(fresh_tenant)
        assert fresh_tenant.schema in audit_ledger(mend=True).not_behind
        assert wrong_rights(fresh_tenant.schema) == []

    @pytest.mark.parametrize("statement", ["REVOKE INSERT", "GRANT DELETE"])
    def test_an_audit_finds_and_mends_rights_of_ready_schemas(
        self, fresh_tenant: Tenant, statement: str
    ) -> None:
        towards = "FROM" if statement.startswith("REVOKE") else "TO"
        with as_owner(), use_schema(fresh_tenant.schema), connection.cursor() as cursor:
            cursor.execute(f"{statement} ON ledger_posting {towards} {application_role()}")
        assert fresh_tenant.schema in audit_ledger(mend=False).wrong_rights
        assert wrong_rights(fresh_tenant.schema) == ["ledger_posting"]
        assert fresh_tenant.schema in audit_ledger(mend=True).wrong_rights
        assert audit_ledger(mend=False).wrong_rights == []


def test_a_change_of_rights_alone_makes_schemas_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared_apps.tenancy.plan import plan_hash  # noqa: PLC0415  its memory is cleared here

    before: Any = plan_hash()
    delivery = apps.get_model("audit.Delivery")
    monkeypatch.setattr(delivery, "rights", type(delivery.rights)(update=("state",)))
    try:
        plan_hash.cache_clear()
        assert plan_hash() != before
    finally:
        monkeypatch.undo()
        plan_hash.cache_clear()
    assert plan_hash() == before


def test_the_platforms_own_data_is_kept_as_well(acme: Tenant) -> None:
    with use_platform():
        assert wrong_rights_here("public") == []
