"""The blueprint of the migrations at hand: made once, kept in public under their hash."""

import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import structlog
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from shared_apps.tenancy.blueprint.catalog import read_catalog
from shared_apps.tenancy.blueprint.ddl import statements_of
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.models import SchemaBlueprint
from shared_apps.tenancy.schemas import migrate_schema

log = structlog.get_logger(__name__)

LOCK_KEY = 0x70727362  # "prsb": one builder at a time, database-wide; no organization is involved


@lru_cache(maxsize=1)
def plan_hash() -> str:
    """Return the SHA-256 of all migrations of this process, their source included."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    digest = sha256()
    for key in sorted(loader.disk_migrations):
        source = Path(sys.modules[loader.disk_migrations[key].__module__].__file__ or "")
        digest.update(repr(key).encode() + source.read_bytes())
    return digest.hexdigest()


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
