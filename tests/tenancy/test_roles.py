"""Two roles where two are named, one loudly where one is, and the way from one to the other."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
import structlog
from django.core.checks import run_checks
from django.db import connection, connections
from pytest_django import DjangoDbBlocker, Settings

from config.stack.procfile import CHECKOUT
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.rights.checks import check_rights_hold, warn_of_one_role
from shared_apps.tenancy.rights.roles import (
    OwnerInsideTransaction,
    application_role,
    as_owner,
    has_two_roles,
)
from shared_apps.tenancy.schemas import create_schema
from tests.addresses import at, owner_url


@pytest.fixture
def unlocked(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The database without a transaction, on the platform."""
    with django_db_blocker.unblock(), use_platform():
        yield


@pytest.fixture
def fresh_tenant() -> None:
    """Say that a test wants no transaction."""


def who() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


class TestAsOwner:
    def test_lasts_as_long_as_its_block(self, unlocked: None, fresh_tenant: None) -> None:
        before = connections["default"]
        assert who() == application_role()
        with as_owner():
            owner = who()
            with as_owner():
                assert who() == owner
            assert who() == owner
        assert owner != application_role()
        assert who() == application_role()
        assert connections["default"] is before

    def test_ends_with_an_exception(self, unlocked: None, fresh_tenant: None) -> None:
        def fail() -> None:
            with as_owner():
                raise LookupError

        with pytest.raises(LookupError):
            fail()
        assert who() == application_role()

    def test_leaves_no_session_behind(self, unlocked: None, fresh_tenant: None) -> None:
        with as_owner():
            who()
            left = connections["default"]
        assert left.connection is None

    def test_is_refused_inside_a_transaction(self, acme: Tenant) -> None:
        with pytest.raises(OwnerInsideTransaction, match="before the transaction begins"):
            create_schema(acme.schema)

    def test_is_the_application_where_one_role_does_everything(
        self, unlocked: None, fresh_tenant: None, settings: Settings
    ) -> None:
        settings.DATABASE_OWNER = {}
        with as_owner():
            assert who() == application_role()

    def test_is_timed_like_the_application(self, unlocked: None, fresh_tenant: None) -> None:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("10s",)


class TestChecks:
    def ids(self, **options: Any) -> set[str | None]:
        return {each.id for each in run_checks(**options)}

    def test_are_content_with_two_roles(self, acme: Tenant) -> None:
        assert has_two_roles()
        found = self.ids(databases=["default"], include_deployment_checks=False)
        assert not {each for each in found if each and each.startswith("tenancy.")}

    def test_warn_of_one_role(self, acme: Tenant, settings: Settings) -> None:
        settings.DATABASE_OWNER = {}
        assert "tenancy.W001" in self.ids()

    def test_warn_of_the_same_role_twice(self, acme: Tenant, settings: Settings) -> None:
        settings.DATABASE_OWNER = {"USER": application_role()}
        (found,) = [each for each in run_checks() if each.id == "tenancy.W001"]
        assert "names the same role" in str(found.msg)

    def test_warn_of_a_role_that_may_anything(
        self, acme: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mighty = str(urlsplit(owner_url()).username)
        monkeypatch.setitem(settings.DATABASES["default"], "USER", mighty)
        settings.DATABASE_OWNER = {"USER": "another"}
        (found,) = check_rights_hold(databases=["default"])
        assert (found.id, f'"{mighty}" is a superuser' in str(found.msg)) == ("tenancy.W002", True)


class TestStart:
    def test_says_nothing_of_two_roles(self, unlocked: None, fresh_tenant: None) -> None:
        with structlog.testing.capture_logs() as lines:
            warn_of_one_role()
        assert lines == []

    def test_says_it_where_the_application_may_anything(
        self,
        unlocked: None,
        fresh_tenant: None,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        who()  # a session that is there already
        mighty = urlsplit(owner_url()).username
        monkeypatch.setitem(settings.DATABASES["default"], "USER", mighty)
        with structlog.testing.capture_logs() as lines:
            warn_of_one_role()
        (line,) = lines
        assert (line["event"], line["log_level"]) == ("rights_not_enforced", "warning")
        assert "is a superuser" in line["reason"]


class Deployment:
    """A database whose one role is no superuser, as a hosted PostgreSQL gives it out."""

    def __init__(self, admin: psycopg.Connection[Any]) -> None:
        mark = uuid4().hex[:10]
        self.admin, self.database = admin, f"hosted_{mark}"
        self.owner, self.application = f"landlord_{mark}", f"lodger_{mark}"
        self.sql(f"CREATE ROLE {self.owner} LOGIN PASSWORD 'old'")
        self.sql(f"CREATE DATABASE {self.database} OWNER {self.owner}")

    def sql(self, statement: str) -> None:
        self.admin.execute(statement.encode())

    def remove(self) -> None:
        self.sql(f"DROP DATABASE {self.database} WITH (FORCE)")
        self.sql(f"DROP ROLE IF EXISTS {self.application}")
        self.sql(f"DROP ROLE {self.owner}")

    def url(self, role: str, password: str) -> str:
        server = urlsplit(owner_url())
        there = f"{role}:{password}@{server.hostname}:{server.port}"
        return at(urlunsplit(server._replace(netloc=there)), self.database)

    @property
    def one_role(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url(self.owner, "old"), "DATABASE_OWNER_URL": ""}

    @property
    def two_roles(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.url(self.application, "new"),
            "DATABASE_OWNER_URL": self.url(self.owner, "old"),
        }

    def manage(self, *arguments: str, urls: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env={**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *arguments: str, urls: dict[str, str]) -> str:
        result = self.manage(*arguments, urls=urls)
        assert result.returncode == 0, result.stderr
        return result.stdout + result.stderr


@pytest.fixture
def deployment(unlocked: None) -> Iterator[Deployment]:
    """A deployment of its own on the tests' server."""
    with psycopg.connect(owner_url(), autocommit=True) as admin:
        found = Deployment(admin)
        try:
            yield found
        finally:
            found.remove()


NEW = (
    *("--slug", "initech", "--name", "Initech", "--currency", "USD"),
    *("--owner-email", "o@initech.example", "--owner-name", "Olga Owner"),
)


@pytest.mark.timeout(300)
def test_an_existing_deployment_tells_its_roles_apart(
    deployment: Deployment, fresh_tenant: None
) -> None:
    """The whole way with real commands: one role, then two, with an organization in between."""
    one, two = deployment.one_role, deployment.two_roles
    deployment.run("migrate", urls=one)
    deployment.run("create_organization", *NEW, urls=one)
    assert "tenancy.W001" in deployment.run("check", urls=one)

    refused = deployment.manage("migrate", urls=two)
    assert refused.returncode == 2, refused.stderr
    assert f'CREATE ROLE "{deployment.application}" LOGIN' in refused.stderr

    deployment.sql(f"ALTER ROLE {deployment.owner} CREATEROLE")
    deployment.run("migrate", urls=two)
    assert "tenancy.W" not in deployment.run("check", "--database", "default", urls=two)
    assert "initech" in deployment.run("list_organizations", urls=two)
    assert_held_to_its_rights(two["DATABASE_URL"])
    # what runs still, with the old role, goes on
    deployment.run(
        "suspend_organization", "--organization", "initech", "--reason", "Unpaid", urls=one
    )
    deployment.run("create_organization", *NEW[:1], "second", *NEW[2:], urls=two)


def assert_held_to_its_rights(url: str) -> None:
    found = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'"
    with psycopg.connect(url, autocommit=True) as session:
        schemas = [name for (name,) in session.execute(found.encode())]
        assert len(schemas) == 1
        for schema in [*schemas, "public"]:
            session.execute(f"SELECT FROM {schema}.audit_eventrecord".encode())
            for tampering in ("UPDATE {}.audit_eventrecord SET name = ''", "CREATE TABLE {}.x ()"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(tampering.format(schema).encode())
