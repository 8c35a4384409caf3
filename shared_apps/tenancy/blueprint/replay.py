"""Build a schema from the blueprint in one transaction, or from the migrations when it must be."""

import structlog
from django.db import DatabaseError, connection, transaction

from shared_apps.tenancy.blueprint.catalog import UnknownObject, read_catalog
from shared_apps.tenancy.blueprint.store import get_blueprint
from shared_apps.tenancy.context import use_schema
from shared_apps.tenancy.ledger import note_ready
from shared_apps.tenancy.models import SchemaBlueprint
from shared_apps.tenancy.schemas import create_schema, existing_schemas, migrate_schema

log = structlog.get_logger(__name__)


class BlueprintMismatch(RuntimeError):
    """The replayed schema is not what the blueprint says."""


def build_schema(schema: str) -> str:
    """Make an organization's schema complete; return how: "blueprint" or "migrations".

    A schema that is there already, whole or half made by migrations, is brought up to date by the
    migrations. Nothing is left behind by a replay that fails.
    """
    if schema not in existing_schemas():
        try:
            replay(schema, get_blueprint())
        except (UnknownObject, BlueprintMismatch, DatabaseError) as error:
            log.error("blueprint_unusable", schema=schema, reason=str(error))  # noqa: TRY400  said
        else:
            return "blueprint"
    create_schema(schema)
    migrate_schema(schema)
    return "migrations"


def replay(schema: str, blueprint: SchemaBlueprint, *, one_by_one: bool = False) -> None:
    """Build a new schema from a blueprint in one transaction.

    All statements travel in one round trip; `one_by_one` sends them singly, for servers that route
    each statement (Citus). Raises: BlueprintMismatch, DatabaseError; then there is no schema.
    """
    with transaction.atomic():
        create_schema(schema)
        with use_schema(schema):
            _execute(blueprint.statements, one_by_one=one_by_one)
        built = read_catalog(schema).fingerprint
        if built != blueprint.fingerprint:
            raise BlueprintMismatch(f"{schema} reads {built[:12]}, not {blueprint}.")
        note_ready(schema)


def _execute(statements: list[str], *, one_by_one: bool) -> None:
    batches = statements if one_by_one else [";\n".join(statements)]
    with connection.cursor() as cursor:
        for batch in batches:
            cursor.execute(batch)
