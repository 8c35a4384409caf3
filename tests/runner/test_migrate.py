"""Schemas that are behind catch up, each in one transaction, to what Django alone would make."""

import re
from typing import Any

from tests.runner.site import ADD_HEIGHT, MANY, Child, Site

Lines = list[list[Any]]

OWN = re.compile(r"\d{4}-\d\d-\d\d [0-9:.+]+|(?<=^\(')\d+(?=', '\w+', '\d{4}_)")

LOSE_UNIQUE = """
    migrations.AlterField("plant", "tag", models.CharField(max_length=40, null=True))
"""
DRAWN_KEY = """
    migrations.AddField("plant", "key", models.CharField(max_length=12, default=draw))
"""
SIGN_CODE = """
def sign(apps, editor):
    kind = apps.get_model("contenttypes", "ContentType").objects.get_for_model(
        apps.get_model("plants", "Plant"))
    for plant in apps.get_model("plants", "Plant").objects.all():
        plant.tag, plant.height = f"{plant.name} signed", kind.pk
        plant.save()
"""
SIGN = "migrations.RunPython(sign, migrations.RunPython.noop)"
CONCURRENT_INDEX = """
    AddIndexConcurrently("plant", models.Index(fields=["name"], name="plant_name"))
"""


class TestWhoIsBehind:
    def test_is_found_out_by_one_query(self, site: Site, child: Child) -> None:
        schemas = site.add_schemas(child, 3)
        assert child.do("behind") == {"names": [], "asked": 1}
        child.do("release", site.write_release(ADD_HEIGHT))
        assert child.do("behind") == {"names": schemas, "asked": 1}

    def test_is_also_a_schema_that_the_ledger_does_not_know(self, site: Site, child: Child) -> None:
        site.sql("CREATE SCHEMA t_aaaaaaaaaaaa")
        site.sql("CREATE SCHEMA t_not_ours")
        assert child.do("behind")["names"] == ["t_aaaaaaaaaaaa"]


class TestMigration:
    def test_brings_every_schema_up_to_date(self, site: Site, child: Child) -> None:
        schemas = site.add_schemas(child, 3)
        child.do("release", site.write_release(ADD_HEIGHT))
        report = child.migrate()
        assert (report["status"], report["behind"], report["migrated"]) == (0, 3, 3)
        assert report["replayed"] == 3
        for schema in schemas:
            assert "height" in site.columns(schema)
            assert site.history(schema) == ["0001_initial", "0002_next"]
        assert {row["status"] for row in site.ledger().values()} == {"ready"}

    def test_does_nothing_a_second_time(self, site: Site, child: Child) -> None:
        site.add_schemas(child, 2)
        report = child.migrate()
        assert (report["status"], report["behind"]) == (0, 0)

    def test_leaves_what_django_alone_would_leave(self, site: Site, child: Child) -> None:
        """The text that the other schemas are told, the content types and permissions included."""
        schemas = site.add_schemas(child, 4)
        with Child({**site.env, "PLANTS_VERSION": "new"}) as new:
            new.do("release", site.write_release(*MANY))
            new.do("migrate_by_django", schemas[-1])
            report = new.migrate("--parallel", "2")
            contents = [content_of(new.do("read", schema)) for schema in schemas]
        assert report["replayed"] == 3
        assert all(content == contents[-1] for content in contents)
        for row in ("'plants', 'bed'", "'Can add bed'"):
            assert row in str(contents[0])

    def test_gives_the_application_its_rights_on_what_is_new(
        self, site: Site, child: Child
    ) -> None:
        """As text in the schemas after the first one, also where nothing is known of the past."""
        schemas = site.add_schemas(child, 4)
        site.sql("UPDATE tenancy_schemastate SET plan_hash = '' WHERE schema = %s", schemas[-1])
        site.within(schemas[-1], f"REVOKE ALL ON plants_plant FROM {site.application}")
        with Child({**site.env, "PLANTS_VERSION": "new"}) as new:
            new.do("release", site.write_release(*MANY))
            assert new.migrate("--parallel", "1")["replayed"] == 4
            assert [new.do("wrong_rights", schema) for schema in schemas] == [[]] * 4
        granted = site.sql(
            "SELECT relname FROM pg_class WHERE relname IN ('plants_plant', 'plants_bed')"
            " AND has_table_privilege(%s, oid, 'INSERT')",
            site.application,
        )
        assert len(granted) == 8

    def test_brings_schemas_from_different_releases_to_the_same(
        self, site: Site, child: Child
    ) -> None:
        schemas = site.add_schemas(child, 2)
        child.do("release", site.write_release(MANY[0]))
        assert child.migrate("--organization", "acme")["migrated"] == 1
        site.sql("CREATE SCHEMA t_zzzzzzzzzzzz")
        child.do("release", site.write_release(*MANY))
        assert child.migrate()["migrated"] == 3
        forms = [content_of(child.do("read", name)) for name in (*schemas, "t_zzzzzzzzzzzz")]
        assert forms[0] == forms[1] == forms[2]

    def test_asks_each_schema_where_django_does(self, site: Site, child: Child) -> None:
        """A constraint that has another name in one schema is found there."""
        schemas = site.add_schemas(child, 3)
        site.sql(
            f"ALTER TABLE {schemas[1]}.plants_plant RENAME CONSTRAINT plants_plant_tag_key TO odd"
        )
        child.do("release", site.write_release(LOSE_UNIQUE))
        report = child.migrate()
        assert (report["migrated"], report["replayed"]) == (3, 0)
        for schema in schemas:
            assert (
                site.within(
                    schema,
                    "SELECT FROM pg_constraint"
                    " WHERE contype = 'u' AND conrelid = 'plants_plant'::regclass",
                )
                == []
            )

    def test_draws_a_default_for_each_schema(self, site: Site, child: Child) -> None:
        """A key that a migration draws is no two organizations' key."""
        schemas = site.add_schemas(child, 3)
        for schema in schemas:
            site.within(schema, "INSERT INTO plants_plant (name) VALUES ('oak')")
        child.do("release", site.write_release(DRAWN_KEY))
        report = child.migrate()
        assert (report["migrated"], report["replayed"]) == (3, 0)
        keys = [site.within(schema, "SELECT key FROM plants_plant")[0][0] for schema in schemas]
        assert len(set(keys)) == 3

    def test_runs_python_on_each_schemas_own_rows(self, site: Site, child: Child) -> None:
        schemas = site.add_schemas(child, 3)
        for schema in schemas:
            site.within(schema, "INSERT INTO plants_plant (name) VALUES (%s)", schema)
        child.do("release", site.write_release(ADD_HEIGHT, SIGN, code=SIGN_CODE))
        assert child.migrate("--parallel", "3")["migrated"] == 3
        for schema in schemas:
            (found,) = site.within(
                schema,
                "SELECT p.name, p.tag, c.model FROM plants_plant p, django_content_type c"
                " WHERE c.id = p.height",
            )
            assert found == (schema, f"{schema} signed", "plant")

    def test_may_need_more_than_one_transaction(self, site: Site, child: Child) -> None:
        schemas = site.add_schemas(child, 2)
        child.do("release", site.write_release(CONCURRENT_INDEX, atomic=False))
        assert child.migrate()["migrated"] == 2
        for schema in schemas:
            assert site.sql("SELECT to_regclass(%s) IS NOT NULL", f"{schema}.plant_name") == [
                (True,)
            ]
        assert {row["lease_until"] for row in site.ledger().values()} == {None}

    def test_is_written_down(self, site: Site, child: Child) -> None:
        site.add_schemas(child, 1)
        plan = child.do("release", site.write_release(ADD_HEIGHT))
        child.migrate()
        (row,) = site.ledger().values()
        assert row["plan_hash"] == plan
        assert row["started_at"] <= row["finished_at"]
        assert (row["attempts"], row["error"], row["generation"]) == (0, "", 2)


def content_of(lines: Lines) -> Lines:
    """Return a schema's lines without what its history decides: times, and the history's order."""
    return sorted(
        [OWN.sub("own", str(part)) for part in line] for line in lines if line[0] != "position"
    )
