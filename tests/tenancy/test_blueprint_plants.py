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

# drawing and replaying are the owner's work
pytestmark = pytest.mark.usefixtures("_working_as_owner")

SCRATCH = "scratch_0123456789ab"

# every catalog whose rows lie in a schema, and the plant that stands for it
IN_A_SCHEMA = {
    "pg_class": "a view",
    "pg_collation": "a collation",
    "pg_constraint": "a foreign key from a table outside",
    "pg_conversion": "a conversion",
    "pg_default_acl": "privileges by default",
    "pg_extension": "an extension",
    "pg_opclass": "an operator class",
    "pg_operator": "an operator",
    "pg_opfamily": "an operator family",
    "pg_proc": "a function",
    "pg_publication_namespace": "a publication of the schema",
    "pg_statistic_ext": "statistics",
    "pg_ts_config": "a text search configuration",
    "pg_ts_dict": "a text search dictionary",
    "pg_ts_parser": "a text search parser",
    "pg_ts_template": "a text search template",
    "pg_type": "an enum",
}


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


def test_every_catalog_of_the_server_is_stood_for(acme: Tenant) -> None:
    """A later PostgreSQL with one more says so here; until then the walk refuses its objects."""
    with use_schema(acme.schema), connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT fktable::regclass::text FROM pg_get_catalog_foreign_keys() "
            "WHERE pktable = 'pg_namespace'::regclass"
        )
        catalogs = {name for (name,) in cursor.fetchall()}
    assert catalogs == set(IN_A_SCHEMA)
    assert set(IN_A_SCHEMA.values()) <= {kind.name for kind in REFUSED}
