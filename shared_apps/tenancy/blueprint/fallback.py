"""Build a schema by the ordinary migrations, when no blueprint serves."""

import time

import structlog

from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.ledger import note_migrating, note_ready
from shared_apps.tenancy.models import SchemaState, SchemaStatus
from shared_apps.tenancy.plan import plan_hash
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.schemas import create_schema, migrate_schema

log = structlog.get_logger(__name__)


def migrate_instead(schema: str, *, reason: str) -> int:
    """Create a schema, or complete a half made one, by the migrations; return how many ms it took.

    Says so at the level of an error: each such schema costs tens of times what a replay does.
    """
    log.error("blueprint_unusable", schema=schema, reason=reason)
    started = time.perf_counter()
    with as_owner():
        note_migrating(schema)
        create_schema(schema)
        migrate_schema(schema)
        note_ready(schema)
    return round((time.perf_counter() - started) * 1000)


def is_ready(schema: str) -> bool:
    """Return whether the ledger has the schema complete, at the plan of this process."""
    with use_platform():
        return SchemaState.objects.filter(
            schema=schema, status=SchemaStatus.READY, plan_hash=plan_hash()
        ).exists()
