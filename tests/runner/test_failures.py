"""A schema that cannot be migrated is left as it was, written down, and stops no other."""

import threading
import time

import psycopg

from tests.runner.site import ADD_HEIGHT, Child, Site

UNIQUE_NAME = """
    migrations.AddField("plant", "height", models.IntegerField(null=True)),
    migrations.AddConstraint("plant", models.UniqueConstraint(fields=["name"], name="one_name"))
"""
UNIQUE_ONLY = """
    migrations.AddConstraint("plant", models.UniqueConstraint(fields=["name"], name="one_name"))
"""
SLEEP = """migrations.RunSQL("SELECT pg_sleep(3)", "SELECT 1")"""
IMPOSSIBLE = """migrations.RunSQL("SELECT 1 / 0", "SELECT 1")"""


def plant_twins(site: Site, schema: str) -> None:
    """Give a schema two plants of one name."""
    site.within(schema, "INSERT INTO plants_plant (name) VALUES ('oak'), ('oak')")


class TestFailure:
    def test_leaves_the_schema_as_it_was_and_the_others_go_on(
        self, site: Site, child: Child
    ) -> None:
        good, bad, last = site.add_schemas(child, 3)
        plant_twins(site, bad)
        child.do("release", site.write_release(UNIQUE_NAME))
        report = child.migrate()
        assert (report["status"], report["migrated"]) == (1, 2)
        assert "one_name" in report["left"][bad]
        assert site.history(bad) == ["0001_initial"]
        assert "height" not in site.columns(bad)
        assert "height" in site.columns(good) & site.columns(last)

    def test_is_written_down_and_tried_again_by_the_next_run(
        self, site: Site, child: Child
    ) -> None:
        _, bad = site.add_schemas(child, 2)
        plant_twins(site, bad)
        child.do("release", site.write_release(UNIQUE_NAME))
        for attempts in (1, 2):
            assert child.migrate()["status"] == 1
            row = site.ledger()[bad]
            assert (row["status"], row["attempts"]) == ("failed", attempts)
            assert "one_name" in row["error"]
        site.within(bad, "DELETE FROM plants_plant")
        report = child.migrate()
        assert (report["status"], report["behind"], report["migrated"]) == (0, 1, 1)
        row = site.ledger()[bad]
        assert (row["status"], row["attempts"], row["error"]) == ("ready", 0, "")

    def test_of_the_first_schema_does_not_spoil_the_text_for_the_others(
        self, site: Site, child: Child
    ) -> None:
        bad, *others = site.add_schemas(child, 3)
        plant_twins(site, bad)
        child.do("release", site.write_release(UNIQUE_NAME))
        report = child.migrate("--parallel", "1")
        assert list(report["left"]) == [bad]
        assert all("height" in site.columns(schema) for schema in others)

    def test_of_a_migration_in_several_transactions_is_gone_on_with(
        self, site: Site, child: Child
    ) -> None:
        (bad,) = site.add_schemas(child, 1)
        plant_twins(site, bad)
        child.do("release", site.write_release(ADD_HEIGHT, UNIQUE_ONLY, atomic=False))
        assert child.migrate()["status"] == 1
        assert site.history(bad) == ["0001_initial", "0002_next"]
        assert site.ledger()[bad]["lease_until"] is None
        site.within(bad, "DELETE FROM plants_plant")
        assert child.migrate()["status"] == 0
        assert site.history(bad) == ["0001_initial", "0002_next", "0003_next"]

    def test_may_be_that_a_statement_takes_too_long(self, site: Site, child: Child) -> None:
        (slow,) = site.add_schemas(child, 1)
        child.do("release", site.write_release(SLEEP))
        report = child.migrate("--statement-timeout", "0.2")
        assert "statement timeout" in report["left"][slow]


class TestStop:
    def test_comes_after_so_many_failures(self, site: Site, child: Child) -> None:
        site.add_schemas(child, 5)
        child.do("release", site.write_release(IMPOSSIBLE))
        report = child.migrate("--max-failures", "2", "--parallel", "1")
        assert report["stopped"] == "too many failures"
        assert len([reason for reason in report["left"].values() if reason]) == 2
        assert len(report["left"]) == 5

    def test_comes_when_a_canary_fails(self, site: Site, child: Child) -> None:
        canary, *others = site.add_schemas(child, 3)
        plant_twins(site, canary)
        child.do("release", site.write_release(UNIQUE_NAME))
        report = child.migrate("--canary", "1")
        assert (report["status"], report["stopped"]) == (1, "a canary failed")
        assert all(site.history(schema) == ["0001_initial"] for schema in others)

    def test_does_not_come_when_all_canaries_are_good(self, site: Site, child: Child) -> None:
        site.add_schemas(child, 3)
        child.do("release", site.write_release(ADD_HEIGHT))
        report = child.migrate("--canary", "2")
        assert (report["status"], report["migrated"]) == (0, 3)


class TestBusyTable:
    def test_is_tried_again_once_it_is_free(self, site: Site, child: Child) -> None:
        busy, _ = site.add_schemas(child, 2)
        child.do("release", site.write_release(ADD_HEIGHT))
        with psycopg.connect(site.url) as other:
            other.execute(f"LOCK TABLE {busy}.plants_plant IN ACCESS SHARE MODE".encode())
            child.begin("command", "migrate_tenants", "--lock-timeout", "0.1")
            time.sleep(0.5)
        assert child.end()["status"] == 0
        assert "height" in site.columns(busy)

    def test_is_not_queued_up_for(self, site: Site, child: Child) -> None:
        """Whoever reads the table meanwhile waits as long as the lock timeout, not for ever."""
        (busy,) = site.add_schemas(child, 1)
        child.do("release", site.write_release(ADD_HEIGHT))
        with psycopg.connect(site.url) as other:
            other.execute(f"LOCK TABLE {busy}.plants_plant IN ACCESS SHARE MODE".encode())
            child.begin("command", "migrate_tenants", "--lock-timeout", "0.1")
            readers = [threading.Thread(target=self._read, args=(site, busy)) for _ in range(3)]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join(timeout=2)
                assert not reader.is_alive()
        assert child.end()["status"] == 0

    def _read(self, site: Site, schema: str) -> None:
        with psycopg.connect(site.url, autocommit=True) as own:
            for _ in range(5):
                own.execute(f"TABLE {schema}.plants_plant".encode())
                time.sleep(0.1)
