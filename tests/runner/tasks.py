"""What a child process is told to do."""

import io
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.commands import migrate as stock
from django.db import connection, transaction

from shared_apps.tenancy.blueprint import migrate_instead
from shared_apps.tenancy.blueprint.catalog import read_catalog
from shared_apps.tenancy.context import Tenant, use_platform, use_schema
from shared_apps.tenancy.plan import plan_hash
from shared_apps.tenancy.rights.grants import wrong_rights as rights_of
from shared_apps.tenancy.rights.roles import as_owner


class Directory:
    """Each schema is an organization whose host is called like it; acme has the first one."""

    def by_slug(self, slug: str) -> Tenant | None:
        """Return acme; nobody else is there."""
        return _tenant("t_aaaaaaaaaaaa") if slug == "acme" else None

    def by_schema(self, schema: str) -> Tenant | None:
        """Return the organization of a schema."""
        return _tenant(schema)

    def by_host(self, host: str) -> Tenant | None:
        """Return the organization whose schema the host names: t-aaaaaaaaaaaa.localhost."""
        name = host.partition(".")[0].replace("-", "_")  # a host has no underscores
        return _tenant(name) if name.startswith("t_") else None

    def peek_host(self, host: str) -> tuple[bool, Tenant | None]:
        """Return the same: no database is asked."""
        return True, self.by_host(host)


def _tenant(schema: str) -> Tenant:
    return Tenant(
        id=uuid5(NAMESPACE_DNS, schema),
        schema=schema,
        slug=schema,
        name=schema,
        host=f"{schema}.localhost",
        status="active",
        timezone="UTC",
        currency="USD",
    )


def command(*arguments: str) -> dict[str, Any]:
    """Run a command as manage.py does; return its exit status and what it wrote."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    try:
        with use_platform():
            call_command(*arguments, stdout=out, stderr=err)
    except CommandError as error:
        status = error.returncode
        err.write(str(error))
    except SystemExit as end:
        status = int(end.code or 0)
    return {"status": status, "out": out.getvalue(), "err": err.getvalue()}


def release(package: str) -> str:
    """Be the release whose migrations of `plants` are in a package; return its plan's hash."""
    settings.MIGRATION_MODULES = {"plants": package}
    plan_hash.cache_clear()
    return plan_hash()


def migrate_by_django(schema: str) -> None:
    """Bring a schema up to date as Django alone does."""
    with as_owner(), use_schema(schema):
        call_command(stock.Command(), verbosity=0, interactive=False)


def build_by_migrations(schema: str) -> None:
    """Found a schema as provisioning does without a blueprint."""
    migrate_instead(schema, reason="the test says so")


def read(schema: str) -> list[list[Any]]:
    """Return all lines of a schema, rows included."""
    with as_owner(), use_platform(), transaction.atomic():
        return [list(line) for line in read_catalog(schema).lines]


def wrong_rights(schema: str) -> list[str]:
    """Return the tables of a schema on which the application has other rights than declared."""
    return rights_of(schema)


def find_problems() -> list[list[str]]:
    """Return what is unsafe about the migrations of `plants`: rules and messages."""
    from tests.migration_safety.checking import find_problems as find  # noqa: PLC0415  only here

    return [[problem.rule, problem.message] for problem in find(["plants"])]


def behind() -> dict[str, Any]:
    """Return who is behind, and by how many statements that was found out."""
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415  only here

    from shared_apps.tenancy.runner import list_schemas_behind  # noqa: PLC0415  same

    with use_platform(), CaptureQueriesContext(connection) as queries:
        names = list_schemas_behind()
    asked = [each["sql"] for each in queries if each["sql"].lstrip().startswith("SELECT")]
    return {"names": names, "asked": len(asked)}
