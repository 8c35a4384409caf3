"""What the commands say, what they refuse, and what an audit finds."""

import json
from typing import Any

import pytest

from tests.runner.site import ADD_HEIGHT, Child, Site


class TestMigrateTenants:
    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("--parallel", "0"),
            ("--parallel", "33"),
            ("--canary", "-1"),
            ("--max-failures", "-1"),
            ("--lock-timeout", "-0.1"),
            ("--statement-timeout", "86401"),
        ],
    )
    def test_refuses_impossible_numbers(
        self, site: Site, child: Child, option: str, value: str
    ) -> None:
        found = child.run("migrate_tenants", f"{option}={value}")
        assert found["status"] == 2
        assert option in found["err"]
        assert "\n" not in found["err"]

    def test_says_how_it_went(self, site: Site, child: Child) -> None:
        site.add_schemas(child, 2)
        child.do("release", site.write_release(ADD_HEIGHT))
        found = child.run("migrate_tenants")
        assert found["out"].startswith("2 of 2 schemas that were behind are up to date, in ")
        assert child.run("migrate_tenants")["out"] == "All schemas are up to date.\n"

    def test_says_what_failed(self, site: Site, child: Child) -> None:
        (schema,) = site.add_schemas(child, 1)
        child.do("release", site.write_release('migrations.RunSQL("SELECT 1 / 0", "SELECT 1")'))
        found = child.run("migrate_tenants")
        assert found["status"] == 1
        assert f"{schema}: DataError: division by zero" in found["err"]
        assert "Run it again to go on." in found["err"]

    def test_migrates_one_organization(self, site: Site, child: Child) -> None:
        acme, other = site.add_schemas(child, 2)
        child.do("release", site.write_release(ADD_HEIGHT))
        assert child.migrate("--organization", "acme")["migrated"] == 1
        assert "height" in site.columns(acme)
        assert "height" not in site.columns(other)


class TestDryRun:
    def test_shows_who_is_behind_and_the_sql(self, site: Site, child: Child) -> None:
        schemas = site.add_schemas(child, 2)
        child.do("release", site.write_release(ADD_HEIGHT))
        found = child.run("migrate_tenants", "--dry-run")["out"]
        assert f"2 schemas ({', '.join(schemas)}) lack plants.0002_next." in found
        assert 'ALTER TABLE "plants_plant" ADD COLUMN "height" integer NULL' in found

    def test_touches_nothing(self, site: Site, child: Child) -> None:
        (schema,) = site.add_schemas(child, 1)
        before = site.ledger()
        child.do("release", site.write_release(ADD_HEIGHT))
        found = json.loads(child.run("migrate_tenants", "--dry-run", "--json")["out"])
        assert [each["schemas"] for each in found] == [[schema]]
        assert site.ledger() == before
        assert "height" not in site.columns(schema)


class TestAudit:
    @pytest.fixture
    def wrong(self, site: Site, child: Child) -> dict[str, Any]:
        """A ledger that is wrong in every way; what an audit has to find."""
        claims, denies, unknown, _, works = site.add_schemas(child, 5)
        site.within(claims, "DELETE FROM django_migrations WHERE app = 'plants'")
        site.sql("UPDATE tenancy_schemastate SET plan_hash = '' WHERE schema = %s", denies)
        site.sql("DELETE FROM tenancy_schemastate WHERE schema = %s", unknown)
        site.sql(
            "INSERT INTO tenancy_schemastate"
            " (schema, plan_hash, status, leased_by, attempts, error)"
            " VALUES ('t_zzzzzzzzzzzz', '', 'ready', '', 0, '')"
        )
        site.sql(
            "UPDATE tenancy_schemastate SET status = 'migrating', plan_hash = '',"
            " lease_until = now() + interval '1 hour' WHERE schema = %s",
            works,
        )
        return {
            "schemas": 6,
            "behind": [claims],
            "not_behind": [denies],
            "unknown": [unknown],
            "gone": ["t_zzzzzzzzzzzz"],
            "wrong_rights": [],
        }

    def test_finds_and_mends_what_is_wrong(
        self, site: Site, child: Child, wrong: dict[str, Any]
    ) -> None:
        found = child.run("migrate_tenants", "--audit", "--json")
        assert (found["status"], json.loads(found["out"])) == (0, wrong)
        again = json.loads(child.run("migrate_tenants", "--audit", "--json")["out"])
        assert again == {kind: [] for kind in wrong} | {"schemas": 6}
        assert child.do("behind")["names"] == sorted([*wrong["behind"], "t_" + "e" * 12])

    def test_changes_nothing_in_a_dry_run(
        self, site: Site, child: Child, wrong: dict[str, Any]
    ) -> None:
        before = site.ledger()
        found = child.run("migrate_tenants", "--audit", "--dry-run")
        assert found["status"] == 1
        assert "Nothing was changed" in found["out"]
        assert site.ledger() == before


class TestMigrate:
    def test_does_public_and_every_organization(self, site: Site, child: Child) -> None:
        schemas = site.add_schemas(child, 2)
        plan = child.do("release", site.write_release(ADD_HEIGHT))
        assert child.run("migrate")["status"] == 0
        assert all("height" in site.columns(schema) for schema in schemas)
        assert site.history("public") == ["0001_initial", "0002_next"]
        assert site.sql("SELECT to_regclass('public.plants_plant')") == [(None,)]
        assert site.sql("SELECT DISTINCT plan_hash FROM tenancy_schemastate") == [(plan,)]

    def test_may_do_public_alone(self, site: Site, child: Child) -> None:
        schemas = site.add_schemas(child, 1)
        child.do("release", site.write_release(ADD_HEIGHT))
        assert child.run("migrate", "--public")["status"] == 0
        assert site.history("public") == ["0001_initial", "0002_next"]
        assert child.do("behind")["names"] == schemas

    def test_fails_when_an_organization_is_left_behind(self, site: Site, child: Child) -> None:
        site.add_schemas(child, 1)
        child.do("release", site.write_release('migrations.RunSQL("SELECT 1 / 0", "SELECT 1")'))
        found = child.run("migrate")
        assert found["status"] == 1
        assert "division by zero" in found["err"]

    def test_goes_back_in_every_schema_and_the_ledger_knows(self, site: Site, child: Child) -> None:
        schemas = site.add_schemas(child, 2)
        child.do("release", site.write_release(ADD_HEIGHT))
        child.run("migrate")
        assert child.run("migrate", "plants", "0001_initial")["status"] == 2  # nobody can be asked
        assert child.run("migrate", "plants", "0001_initial", "--plan")["status"] == 0
        assert child.run("migrate", "plants", "0001_initial", "--no-input")["status"] == 0
        assert not any("height" in site.columns(schema) for schema in schemas)
        assert child.do("behind")["names"] == schemas
        assert child.run("migrate", "--check")["status"] == 1
        assert child.run("migrate")["status"] == 0
        assert child.run("migrate", "--check")["status"] == 0
        assert all("height" in site.columns(schema) for schema in schemas)
