"""A blueprint repeats a kind of object exactly, or refuses it by name: it never loses one."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from shared_apps.tenancy.blueprint import UnknownObject
from shared_apps.tenancy.blueprint.drawing import try_out
from shared_apps.tenancy.context import Tenant, use_schema
from shared_apps.tenancy.schemas import create_schema, schema_exists
from tests.tenancy.plants import GROUND, Plant
from tests.tenancy.plants_refused import REFUSED
from tests.tenancy.plants_repeated import REPEATED

SCRATCH = "scratch_0123456789ab"


@pytest.fixture
def ground(acme: Tenant) -> Iterator[None]:
    """Prepare a scratch schema to plant in; it ends with the test's transaction."""
    create_schema(SCRATCH)
    run(GROUND)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def run(sql: str) -> None:
    with use_schema(SCRATCH), connection.cursor() as cursor:
        cursor.execute(sql.replace("CURRENT_SCHEMA.", f"{SCRATCH}."))


def plant(kind: Plant) -> None:
    if connection.pg_version < kind.since * 10_000:  # type: ignore[attr-defined]  # not in the stubs
        pytest.skip(f"PostgreSQL {kind.since} introduced it")
    if kind.sql:
        run(kind.sql)


@pytest.mark.parametrize("kind", REPEATED, ids=str)
def test_what_can_be_repeated_is_repeated_exactly(ground: None, kind: Plant) -> None:
    plant(kind)
    statements, tried = try_out(SCRATCH)
    assert statements
    assert not any(line.unusual for line in tried.lines)
    assert not schema_exists(f"{SCRATCH}_trial")


@pytest.mark.parametrize("kind", REFUSED, ids=str)
def test_what_cannot_be_repeated_is_refused_by_name(ground: None, kind: Plant) -> None:
    plant(kind)
    with pytest.raises(UnknownObject, match=kind.refusal):
        try_out(SCRATCH)
    assert not schema_exists(f"{SCRATCH}_trial")


def test_many_refusals_are_counted(ground: None) -> None:
    for number in range(15):
        run(f"CREATE VIEW v{number} AS SELECT 1 AS one")
    with pytest.raises(UnknownObject, match=r"view v1; .*; and \d+ more"):
        try_out(SCRATCH)
