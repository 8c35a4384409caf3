"""The blueprint of the migrations at hand: made once, kept in public under their hash."""

import structlog
from django.db import connection, transaction

from shared_apps.tenancy.blueprint.catalog import read_catalog
from shared_apps.tenancy.blueprint.ddl import statements_of
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.models import SchemaBlueprint
from shared_apps.tenancy.plan import plan_hash
from shared_apps.tenancy.schemas import migrate_schema

log = structlog.get_logger(__name__)

LOCK_KEY = 0x70727362  # "prsb": one builder at a time, database-wide; no organization is involved


def get_blueprint() -> SchemaBlueprint:
    """Return the blueprint of the migrations at hand, building it when it is not there yet.

    Raises: UnknownObject, when a migration makes something that a replay cannot repeat.
    """
    wanted = plan_hash()
    with use_platform():
        found = SchemaBlueprint.objects.filter(pk=wanted).first()
    return found or _build(wanted)


def _build(wanted: str) -> SchemaBlueprint:
    scratch = f"scratch_{wanted[:12]}"
    with use_platform(), _only_builder():
        found = SchemaBlueprint.objects.filter(pk=wanted).first()
        if found is not None:
            return found
        _recreate(scratch)
        try:
            migrate_schema(scratch)
            catalog = read_catalog(scratch)
        finally:
            _drop(scratch)
        log.info("blueprint_built", plan=wanted[:12], tables=len(catalog.tables))
        return SchemaBlueprint.objects.create(
            plan_hash=wanted,
            statements=statements_of(catalog),
            fingerprint=catalog.fingerprint,
        )


class _only_builder:  # noqa: N801  a context manager reads as a phrase
    """Hold a session lock: migrations commit on their own, a transaction lock would not last."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])


def _recreate(schema: str) -> None:
    with transaction.atomic():
        _drop(schema)
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{schema}"')


def _drop(schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
