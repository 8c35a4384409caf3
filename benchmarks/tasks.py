"""What contestants are told to do and timed at, each in a child with its own settings."""

from collections.abc import Sequence
from http import HTTPStatus

from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks.world import found_organization, replay_schema, slug_of
from shared_apps.organizations.models import Organization
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.schemas import drop_schema


def build_ours(schema: str) -> None:
    """Build an organization's schema as provisioning does."""
    replay_schema(schema)


def build_stock(schema: str) -> None:
    """Build a schema as django-tenants does when an organization is saved: by its migrations."""
    Organization(schema_name=schema).create_schema(check_if_exists=True, verbosity=0)


def found_ours(number: int) -> None:
    """Found an organization: its row, schema, roles, policies, accounts and first owner."""
    found_organization(number)


def drop(schema: str) -> None:
    """Drop a schema, whoever made it."""
    drop_schema(schema)


def erase(number: int) -> None:
    """Remove an organization that was founded."""
    with as_owner(), use_platform():
        row = Organization.objects.get(slug=slug_of(number))
        drop_schema(row.schema_name)
        row.delete()
    get_directory().forget()


def migrate_ours() -> None:
    """Bring public and every organization up to date."""
    with use_platform():
        call_command("migrate", interactive=False, verbosity=0)


def migrate_stock() -> None:
    """Bring public and every organization up to date, as django-tenants does."""
    call_command("migrate_schemas", interactive=False, verbosity=0)


def migrate_some_stock(schemas: Sequence[str]) -> None:
    """Bring some organizations up to date, as django-tenants does."""
    for schema in schemas:
        call_command(
            "migrate_schemas", tenant=True, schema_name=schema, interactive=False, verbosity=0
        )


def migrate_plain() -> None:
    """Make the tables of plain Django: all apps in one schema."""
    from django.core.management.commands import migrate  # noqa: PLC0415  Django's own, not ours

    call_command(migrate.Command(), interactive=False, verbosity=0)


def answer(host: str, token: str, path: str, times: int = 50) -> None:
    """Answer a request so many times within this process, for the profiler."""
    client = Client(headers={"host": host, "authorization": f"Bearer {token}"})
    for _ in range(times):
        status = client.get(path).status_code
        if status != HTTPStatus.OK:
            raise RuntimeError(f"{path} answered {status}.")


def name_engine() -> str:
    """Return the database backend that this process works with."""
    return str(connection.settings_dict["ENGINE"])


def touch() -> None:
    """Open the connection, so that no contestant pays for it within a figure."""
    with use_platform(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
