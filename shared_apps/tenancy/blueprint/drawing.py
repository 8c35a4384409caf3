"""Draw a blueprint: migrate a scratch schema, read it, and try the statements out once."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import DatabaseError, OperationalError, transaction

from shared_apps.tenancy.blueprint.catalog import (
    Catalog,
    UnknownObject,
    differences,
    read_catalog,
    refuse_unknown,
)
from shared_apps.tenancy.blueprint.ddl import statements_of
from shared_apps.tenancy.blueprint.lines import Line
from shared_apps.tenancy.blueprint.replay import build
from shared_apps.tenancy.models import SchemaBlueprint
from shared_apps.tenancy.schemas import create_schema, drop_schema, migrate_schema

log = structlog.get_logger(__name__)

# PostgreSQL prints ARRAY['a'::varchar, ...]::text[] and, reading that, casts each value instead.
_CAST_OF_LIST = re.compile(r"(ARRAY\[(?:'(?:[^']|'')*'|[^]['])*\])::text\[\]")
_CAST_OF_VALUE = "::character varying::text"


def draw_blueprint(key: str) -> SchemaBlueprint:
    """Return the blueprint of the migrations at hand, not saved; with a refusal when there is none.

    Raises: what a migration raises, and OperationalError: neither says that a replay is impossible.
    """
    with _scratch_schema(f"scratch_{key[:12]}") as scratch:
        started = time.perf_counter()
        migrate_schema(scratch)
        drawn = SchemaBlueprint(
            key=key,
            statements=[],
            lines=[],
            migrated_ms=round((time.perf_counter() - started) * 1000),
        )
        _fill(drawn, scratch)
        return drawn


def try_out(scratch: str) -> tuple[list[str], Catalog]:
    """Return statements that repeat a schema, and what they make; the trial is rolled back.

    Raises: UnknownObject when the trial has lost or added anything, DatabaseError.
    """
    with transaction.atomic():
        drawn = read_catalog(scratch)
        refuse_unknown(scratch, drawn)
        statements = statements_of(drawn)
        tried = build(f"{scratch}_trial", statements)
        transaction.set_rollback(True)
    found = differences(comparable(drawn), comparable(tried))
    if found:
        raise UnknownObject(found)
    return statements, tried


def comparable(catalog: Catalog) -> Iterator[Line]:
    """Yield what a migrated schema and its replay must share: all but hidden objects' number."""
    for line in catalog.lines:
        if line.kind != "count":
            yield line._replace(definition=_in_one_wording(line.definition))


def _fill(drawn: SchemaBlueprint, scratch: str) -> None:
    try:
        drawn.statements, tried = try_out(scratch)
    except OperationalError:
        raise
    except (UnknownObject, DatabaseError) as error:
        drawn.refusal = f"{type(error).__name__}: {error}".strip()
        log.error("blueprint_refused", plan=str(drawn), reason=drawn.refusal)  # noqa: TRY400  said
    else:
        drawn.lines = [list(line) for line in tried.lines]
        drawn.fingerprint = tried.fingerprint
        log.info("blueprint_drawn", plan=str(drawn), migrated_ms=drawn.migrated_ms)


def _in_one_wording(definition: str) -> str:
    return _CAST_OF_LIST.sub(
        lambda match: match[1].replace("::character varying", _CAST_OF_VALUE), definition
    )


@contextmanager
def _scratch_schema(name: str) -> Iterator[str]:
    drop_schema(name)
    create_schema(name)
    try:
        yield name
    finally:
        drop_schema(name)
