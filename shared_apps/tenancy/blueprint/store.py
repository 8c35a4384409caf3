"""The blueprint of the migrations at hand: drawn once, kept in public under what it depends on."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import django
from django.conf import settings
from django.db import connection, transaction

from shared_apps.tenancy.blueprint.drawing import draw_blueprint
from shared_apps.tenancy.blueprint.replay import BlueprintUnusable
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.models import SchemaBlueprint
from shared_apps.tenancy.plan import plan_hash
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.schemas import drop_scratch_schemas

FoundT = TypeVar("FoundT", SchemaBlueprint, SchemaBlueprint | None)

LOCK_KEY = 0x70727362  # "prsb": one at a time draws, database-wide; no organization is involved
LONGEST_WAIT_S = 600
KEPT = 3  # this release's, the one before it, and one more for whoever goes back and forth


class BlueprintRefused(BlueprintUnusable):
    """The migrations make something that a replay cannot repeat; the message names it."""


def find_blueprint() -> SchemaBlueprint | None:
    """Return the blueprint of the migrations at hand, or None when it must be drawn first.

    Raises: BlueprintRefused.
    """
    with use_platform():
        return _unless_refused(_find(blueprint_key()))


def get_blueprint() -> SchemaBlueprint:
    """Return the blueprint of the migrations at hand; draw it when there is none, one at a time.

    Drawing takes a little longer than the migrations of one schema. Raises: BlueprintRefused.
    """
    found = find_blueprint()
    if found is not None:
        return found
    with as_owner(), use_platform():
        return _unless_refused(_draw(blueprint_key()))


def blueprint_key() -> str:
    """Return the SHA-256 of all that the form of a new schema depends on.

    Beside the migrations: the apps, Django's and PostgreSQL's versions, which word definitions, and
    the source of the tenancy app, which makes and reads schemas.
    """
    parts = (
        plan_hash(),
        tuple(settings.TENANT_APPS),
        settings.AUTH_USER_MODEL,
        django.VERSION,
        _server_version(),
        _source_hash(),
    )
    return sha256(repr(parts).encode()).hexdigest()


def _server_version() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.server_version)


@lru_cache(maxsize=1)
def _source_hash() -> str:
    sources = sorted(Path(__file__).parents[1].rglob("*.py"))
    return sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _unless_refused(found: FoundT) -> FoundT:
    if found is not None and found.refusal:
        raise BlueprintRefused(found.refusal)
    return found


def _find(key: str) -> SchemaBlueprint | None:
    return SchemaBlueprint.objects.defer("lines").filter(pk=key).first()


def _draw(key: str) -> SchemaBlueprint:
    with _only_drawer():
        if found := _find(key):
            return found
        drop_scratch_schemas()
        drawn = draw_blueprint(key)
        drawn.save(force_insert=True)
        _forget_old()
        return drawn


def _forget_old() -> None:
    kept = SchemaBlueprint.objects.order_by("-built_at", "key").values_list("pk", flat=True)[:KEPT]
    SchemaBlueprint.objects.exclude(pk__in=list(kept)).delete()


@contextmanager
def _only_drawer() -> Iterator[None]:
    """Hold a session lock: migrations commit on their own, a transaction lock would not last."""
    with transaction.atomic(), connection.cursor() as cursor:
        wait = f"SET LOCAL lock_timeout = '{LONGEST_WAIT_S}s'"
        cursor.execute(f"{wait}; SET LOCAL statement_timeout = '{LONGEST_WAIT_S}s'")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
