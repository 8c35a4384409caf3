"""Migrations that would break the running version, or the way to Citus, are refused."""

from typing import Any

import pytest

from tests.migration_safety import narrowing
from tests.migration_safety.citus import REFUSED
from tests.runner.site import ADD_HEIGHT, Child, Site

Problems = list[list[str]]

NEW_TABLE = """
    migrations.CreateModel("Bed", [
        ("id", models.BigAutoField(primary_key=True)),
        ("plant", models.ForeignKey("plants.plant", models.CASCADE)),
        ("name", models.CharField(max_length=10, unique=True)),
    ]),
    migrations.AddField("plant", "bed", models.ForeignKey("plants.bed", models.CASCADE, null=True)),
    migrations.AddIndex("plant", models.Index("name", name="plant_by_name")),
"""
LONGER = """migrations.AlterField("plant", "name", models.CharField(max_length=99))"""
TO_TEXT = """migrations.AlterField("plant", "name", models.IntegerField())"""
DROP = """migrations.RemoveField("plant", "tag")"""
IMPORTING = """
from django.contrib.contenttypes.models import ContentType


def read_models(apps, schema_editor):
    list(ContentType.objects.all())
"""
READ_MODELS = "migrations.RunPython(read_models, migrations.RunPython.noop)"


def sql(statement: str) -> str:
    """Return an operation that runs a statement and can be undone."""
    return f"migrations.RunSQL({statement!r}, 'SELECT 1')"


def problems_of(site: Site, child: Child, *operations: str, **how: Any) -> Problems:
    child.do("release", site.write_release(*operations, **how))
    found: Problems = child.do("find_problems")
    return found


@pytest.mark.parametrize("operations", [ADD_HEIGHT, NEW_TABLE])
def test_what_only_adds_is_safe(site: Site, child: Child, operations: str) -> None:
    assert problems_of(site, child, operations) == []


@pytest.mark.parametrize(
    ("operation", "rule"),
    [
        (DROP, "DROP_COLUMN"),
        ('migrations.DeleteModel("Plant")', "DROP_TABLE"),
        ('migrations.RenameField("plant", "tag", "label")', "RENAME_COLUMN"),
        ('migrations.RenameModel("Plant", "Tree")', "RENAME_TABLE"),
        (TO_TEXT, "ALTER_COLUMN"),
        ('migrations.AddField("plant", "size", models.IntegerField(default=1))', "NOT_NULL"),
        ('migrations.AlterUniqueTogether("plant", {("name", "tag")})', "ADD_UNIQUE"),
        (READ_MODELS, "RUNPYTHON_MODEL_IMPORT"),
    ],
)
def test_what_the_running_version_uses_stays(
    site: Site, child: Child, operation: str, rule: str
) -> None:
    found = problems_of(site, child, operation, code=IMPORTING)
    assert rule in {name for name, _ in found}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE plants_plant ALTER COLUMN tag SET NOT NULL", "adding-not-nullable-field"),
        (
            "ALTER TABLE plants_plant ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES other (id)",
            "adding-foreign-key-constraint",
        ),
        ("ALTER TABLE plants_plant ADD COLUMN size integer NOT NULL", "adding-required-field"),
        ("ALTER TABLE plants_plant DROP CONSTRAINT plants_plant_tag_key", "ban-drop-constraint"),
        ("ALTER TABLE plants_plant ADD COLUMN code char(3)", "ban-char-field"),
        ("ALTER TABLE plants_plant ADD PRIMARY KEY (name)", "adding-serial-primary-key-field"),
        (
            "CREATE INDEX CONCURRENTLY i ON plants_plant (name)",
            "ban-concurrent-index-creation-in-transaction",
        ),
    ],
)
def test_what_blocks_a_table_is_refused(
    site: Site, child: Child, statement: str, rule: str
) -> None:
    assert rule in {name for name, _ in problems_of(site, child, sql(statement))}


NARROWING = {
    "DELETE FROM plants_plant": "removes-rows",
    "TRUNCATE plants_plant": "removes-rows",
    "REVOKE INSERT ON plants_plant FROM PUBLIC": "takes-rights",
    "LOCK TABLE plants_plant IN EXCLUSIVE MODE": "holds-a-table",
    "VACUUM FULL plants_plant": "holds-a-table",
    "CLUSTER plants_plant USING plants_plant_pkey": "holds-a-table",
    "ALTER SEQUENCE plants_plant_id_seq RESTART WITH 1": "repeats-numbers",
    "SELECT setval('plants_plant_id_seq', 1)": "repeats-numbers",
    "ALTER TABLE plants_plant ADD CONSTRAINT c CHECK (id > 5)": "forbids-rows",
    'ALTER TABLE "plants_plant" ADD CHECK (id > 5) NOT VALID': "forbids-rows",
    "ALTER TABLE plants_plant ADD CONSTRAINT e EXCLUDE (id WITH =)": "forbids-rows",
}


@pytest.mark.parametrize("statement", NARROWING)
def test_what_takes_something_away_is_refused(site: Site, child: Child, statement: str) -> None:
    assert NARROWING[statement] in {name for name, _ in problems_of(site, child, sql(statement))}


def test_each_rule_of_narrowing_has_a_case() -> None:
    assert set(NARROWING.values()) == narrowing.REFUSED.keys()


CITUS = {
    "CREATE TRIGGER t AFTER INSERT ON plants_plant EXECUTE FUNCTION f()": "citus-trigger",
    "ALTER TABLE plants_plant DISABLE TRIGGER ALL": "citus-trigger",
    "CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql": "citus-function",
    "DO $$ BEGIN PERFORM 1; END $$": "citus-function",
    "DO 'BEGIN PERFORM 1; END'": "citus-function",
    "CREATE TYPE colour AS ENUM ('red')": "citus-object",
    "CREATE STATISTICS s ON id, tag FROM plants_plant": "citus-object",
    "CREATE TABLE trees (id int) PARTITION BY RANGE (id)": "citus-kind-of-table",
    "CREATE RULE r AS ON DELETE TO plants_plant DO INSTEAD NOTHING": "citus-rule-or-policy",
    "ALTER TABLE plants_plant ENABLE ROW LEVEL SECURITY": "citus-rule-or-policy",
    "CREATE TABLE trees () INHERITS (plants_plant)": "citus-inheritance",
    "CREATE UNLOGGED TABLE quick (id int)": "citus-kind-of-table",
    "CREATE MATERIALIZED VIEW tall AS SELECT 1": "citus-view",
    "CREATE EXTENSION citext": "outside-of-schema",
    "SET search_path = public": "outside-of-schema",
    "ALTER TABLE plants_plant SET SCHEMA other": "outside-of-schema",
    "ALTER TABLE plants_plant ADD FOREIGN KEY (id) REFERENCES public.plot (id)": (
        "names-another-schema"
    ),
    'UPDATE "public"."plot" SET id = 1': "names-another-schema",
    "INSERT INTO plants_plant (name) SELECT name FROM public.plot": "names-another-schema",
    "UPDATE plants_plant SET tag = q.tag FROM plants_plant p, public.q q": "names-another-schema",
    "UPDATE plants_plant SET tag = public.f(tag)": "names-another-schema",
}


@pytest.mark.parametrize("statement", CITUS)
def test_what_citus_refuses_is_refused(site: Site, child: Child, statement: str) -> None:
    rule = CITUS[statement]
    assert rule in {name for name, _ in problems_of(site, child, sql(statement))}


def test_each_rule_for_citus_has_a_case() -> None:
    assert set(CITUS.values()) == REFUSED.keys()


def test_words_within_texts_are_no_statements(site: Site, child: Child) -> None:
    comment = "COMMENT ON TABLE plants_plant IS 'DO $$ CREATE TRIGGER from public.plot; it''s'"
    assert problems_of(site, child, sql(comment)) == []


class TestWayBack:
    @pytest.mark.parametrize(
        "operation", ['migrations.RunSQL("SELECT 1")', "migrations.RunPython(read_models)"]
    )
    def test_is_demanded(self, site: Site, child: Child, operation: str) -> None:
        found = problems_of(site, child, operation, code=IMPORTING)
        assert "irreversible" in {name for name, _ in found}


class TestReason:
    def test_is_asked_for_where_a_tool_cannot_tell(self, site: Site, child: Child) -> None:
        """A longer text rewrites nothing, and another type would."""
        rules = {name for name, _ in problems_of(site, child, LONGER)}
        assert "ALTER_COLUMN" in rules
        why = dict.fromkeys(rules, "A longer varchar rewrites nothing; the old form fits in it.")
        assert problems_of(site, child, LONGER, reasons=why) == []

    def test_makes_a_migration_safe(self, site: Site, child: Child) -> None:
        why = "No released version reads the tag since it moved to its bed."
        reasons = dict.fromkeys(("DROP_COLUMN", "ban-drop-column"), why)
        assert problems_of(site, child, DROP, reasons=reasons) == []

    def test_must_be_one(self, site: Site, child: Child) -> None:
        reasons = dict.fromkeys(("DROP_COLUMN", "ban-drop-column"), "safe")
        found = problems_of(site, child, DROP, reasons=reasons)
        assert [message for _, message in found] == ["'safe' is no reason."] * 2

    def test_is_refused_where_no_rule_is_broken(self, site: Site, child: Child) -> None:
        reasons = {"DROP_COLUMN": "This was meant for another migration."}
        assert [name for name, _ in problems_of(site, child, ADD_HEIGHT, reasons=reasons)] == [
            "DROP_COLUMN"
        ]
