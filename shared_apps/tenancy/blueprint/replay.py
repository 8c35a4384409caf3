"""Repeat a blueprint's statements in a new schema, and keep the result only when it is the same."""

import time
from collections.abc import Sequence

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from shared_apps.tenancy.blueprint.catalog import (
    SETTLE_SESSION,
    Catalog,
    differences,
    listed,
    read_catalog,
)
from shared_apps.tenancy.blueprint.lines import OWN_SCHEMA, Line
from shared_apps.tenancy.context import use_platform, use_schema
from shared_apps.tenancy.ledger import note_ready
from shared_apps.tenancy.models import SchemaBlueprint
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.schemas import create_schema, schema_exists

ALL_AT_ONCE = "batch"


class BlueprintUnusable(RuntimeError):
    """The schema cannot come from the blueprint; the message says why."""


class BlueprintMismatch(BlueprintUnusable):
    """The replayed schema is not what the blueprint says; the message names the differences."""


class SchemaExists(BlueprintUnusable):
    """A replay builds new schemas only."""

    def __init__(self, schema: str) -> None:
        super().__init__(f"{schema} is there already.")


def replay(schema: str, blueprint: SchemaBlueprint) -> int:
    """Build a new schema from a blueprint in one transaction; return how many ms it took.

    The setting TENANCY_REPLAY says whether all statements travel at once ("batch") or singly
    ("statements"), for servers that route each one (Citus).
    Raises: BlueprintUnusable, with nothing left behind.
    """
    started = time.perf_counter()
    try:
        with as_owner(), use_platform(), transaction.atomic():
            compare(blueprint, build(schema, blueprint.statements))
            note_ready(schema)
    except DatabaseError as error:
        raise BlueprintUnusable(f"{type(error).__name__}: {error}".strip()) from error
    return round((time.perf_counter() - started) * 1000)


def build(schema: str, statements: Sequence[str]) -> Catalog:
    """Create a schema, run statements in it and return what it is then. Runs in a transaction.

    Raises: SchemaExists, DatabaseError.
    """
    if schema_exists(schema):
        raise SchemaExists(schema)
    create_schema(schema)
    with use_schema(schema):
        _execute([statement.replace(OWN_SCHEMA, schema) for statement in statements])
    return read_catalog(schema)


def compare(blueprint: SchemaBlueprint, built: Catalog) -> None:
    """Do nothing when the schema is what the blueprint says. Raises: BlueprintMismatch."""
    if built.fingerprint == blueprint.fingerprint:
        return
    with use_platform():  # the lines are fetched only now
        wanted = [Line(*line) for line in blueprint.lines or ()]
    raise BlueprintMismatch(listed(differences(wanted, built.lines)) or "The fingerprints differ.")


def _execute(statements: Sequence[str]) -> None:
    is_batch = settings.TENANCY_REPLAY == ALL_AT_ONCE
    batches = [";\n".join(statements)] if is_batch and statements else statements
    with connection.cursor() as cursor:
        cursor.execute(SETTLE_SESSION)
        for batch in batches:
            cursor.execute(batch)
