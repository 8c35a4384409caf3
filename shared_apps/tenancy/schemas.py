"""Schemas: made, migrated and dropped here and nowhere else."""

import re
from base64 import b32encode
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, transaction

from shared_apps.tenancy.context import use_platform, use_schema
from shared_apps.tenancy.ledger import forget_schema
from shared_apps.tenancy.rights.roles import as_owner

SCHEMA_NAME_PATTERN = r"^t_[a-z2-7]{12}$"
SCRATCH_NAME_PATTERN = r"^scratch_[0-9a-f]{12}(_trial)?$"
# Statements over many schemas lock something in each, and a server has room for some thousands.
SCHEMAS_AT_A_TIME = 250


def schema_name_of(organization_id: UUID) -> str:
    """Return the schema's name: "t_" and 60 bits of the id's SHA-256 in base32.

    Opaque on purpose: a subdomain can be renamed and used again, a schema's name never changes.
    """
    digest = sha256(organization_id.bytes).digest()[:8]
    return "t_" + b32encode(digest).decode().lower()[:12]


def create_schema(schema: str) -> None:
    """Create an organization's schema unless it is there already."""
    with as_owner(), use_platform(), connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {_checked(schema)}")


def drop_schema(schema: str) -> None:
    """Drop an organization's schema with everything in it."""
    with as_owner(), use_platform(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {_checked(schema)} CASCADE")
        forget_schema(schema)


def migrate_schema(schema: str, *arguments: str, **options: Any) -> None:
    """Bring one schema (public included) up to date with Django's own migrate command."""
    options.setdefault("verbosity", 0)
    options.setdefault("interactive", False)
    with as_owner(), use_schema(schema):
        call_command(migrate.Command(), *arguments, **options)


def existing_schemas() -> list[str]:
    """Return the names of all organizations' schemas that the database has, in order."""
    return _schemas_like(SCHEMA_NAME_PATTERN)


def drop_scratch_schemas() -> None:
    """Drop what killed builders of blueprints have left. Only the one that draws may do so."""
    for schema in _schemas_like(SCRATCH_NAME_PATTERN):
        drop_schema(schema)


def schema_exists(schema: str) -> bool:
    """Return whether the database has a schema."""
    with use_platform(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema])
        return bool(cursor.fetchone()[0])


def _schemas_like(pattern: str) -> list[str]:
    with use_platform(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname ~ %s ORDER BY nspname", [pattern]
        )
        return [name for (name,) in cursor.fetchall()]


def _checked(schema: str) -> str:
    if not re.fullmatch(f"{SCHEMA_NAME_PATTERN}|{SCRATCH_NAME_PATTERN}", schema):
        raise ValueError(f"{schema!r} is not the name of an organization's schema.")
    return schema
