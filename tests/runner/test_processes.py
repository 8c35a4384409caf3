"""Runs that are killed, and runs that go on at the same time, in processes of their own."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.runner.site import ADD_HEIGHT, Child, Site
from tests.runner.test_failures import UNIQUE_NAME, plant_twins

SLOW_FIELD = """
    migrations.AddField("plant", "height", models.IntegerField(null=True)),
    migrations.RunSQL("SELECT pg_sleep(0.2)", "SELECT 1")
"""
AT_GATE = """migrations.RunSQL("SELECT pg_advisory_lock(77)", "SELECT 1")"""
SLEEP_LONG = """migrations.RunSQL("SELECT pg_sleep(5)", "SELECT 1")"""
NOTHING = """migrations.RunSQL("SELECT 1", "SELECT 1")"""
PATIENCE_S = 20


def wait_until(condition: Callable[[], bool]) -> None:
    """Look often; fail when it does not come true."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def another(site: Site, package: str) -> Iterator[Child]:
    """Start one more process and make it a release."""
    with Child(site.env) as process:
        process.do("release", package)
        yield process


def is_half_done(site: Site, schema: str) -> bool:
    """Return whether a schema has the column or the row of history, but not both."""
    return ("height" in site.columns(schema)) != ("0002_next" in site.history(schema))


def is_at_gate(site: Site) -> bool:
    """Return whether a migration waits for the test to open the gate."""
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"
    return bool(site.sql(waiting))


def is_looking(site: Site) -> bool:
    """Return whether a run looks after schemas that another process has."""
    return bool(
        site.sql(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND query LIKE '%%tenancy_schemastate%%ANY%%'"
        )
    )


def ready(site: Site) -> int:
    """Return how many schemas had two turns that ended well."""
    rows = site.ledger().values()
    return sum(row["generation"] == 2 and row["status"] == "ready" for row in rows)


class TestKilledRun:
    def test_leaves_nothing_half_done_and_is_completed_at_once(
        self, site: Site, child: Child
    ) -> None:
        schemas = site.add_schemas(child, 6)
        release = site.write_release(SLOW_FIELD)
        with another(site, release) as doomed:
            doomed.begin("command", "migrate_tenants", "--parallel", "2")
            wait_until(lambda: ready(site) >= 2)
            doomed.kill()
        assert not any(is_half_done(site, schema) for schema in schemas)
        assert ready(site) < len(schemas)
        child.do("release", release)
        assert child.migrate()["status"] == 0
        assert ready(site) == len(schemas)
        for schema in schemas:
            assert site.history(schema) == ["0001_initial", "0002_next"]
            assert "height" in site.columns(schema)

    def test_is_taken_over_when_its_lease_has_run_out(self, site: Site, child: Child) -> None:
        """Only migrations that need several transactions are leased."""
        (schema,) = site.add_schemas(child, 1)
        release = site.write_release(ADD_HEIGHT, SLEEP_LONG, atomic=False)
        with another(site, release) as doomed:
            doomed.begin("command", "migrate_tenants")
            wait_until(lambda: site.history(schema) == ["0001_initial", "0002_next"])
            doomed.kill()
        row = site.ledger()[schema]
        assert (row["status"], bool(row["leased_by"])) == ("migrating", True)
        child.do("release", site.write_release(ADD_HEIGHT, NOTHING, atomic=False))
        child.begin("command", "migrate_tenants")
        time.sleep(0.5)
        assert site.ledger()[schema] == row
        site.sql("UPDATE tenancy_schemastate SET lease_until = now() WHERE status = 'migrating'")
        assert child.end()["status"] == 0
        assert site.history(schema) == ["0001_initial", "0002_next", "0003_next"]


class TestFounding:
    def test_by_migrations_is_left_to_whoever_founds(self, site: Site, child: Child) -> None:
        """A run begins with no schema that another process is building, and waits for it."""
        schema, release = "t_ffffffffffff", site.write_release(AT_GATE)
        site.sql("SELECT pg_advisory_lock(77)")
        child.do("release", release)
        with another(site, release) as founder:
            founder.begin("build_by_migrations", schema)
            wait_until(lambda: is_at_gate(site))
            assert site.ledger()[schema]["status"] == "migrating"
            child.begin("command", "migrate_tenants", "--json")
            wait_until(lambda: is_looking(site))
            site.sql("SELECT pg_advisory_unlock(77)")
            founder.end()
            found = child.end()
        report = {"status": found["status"], **json.loads(found["out"])}
        assert (report["status"], report["migrated"], report["elsewhere"]) == (0, 0, 1)
        assert site.history(schema) == ["0001_initial", "0002_next"]


class TestTwoRuns:
    def test_share_the_schemas(self, site: Site, child: Child) -> None:
        schemas = site.add_schemas(child, 8)
        release = site.write_release(SLOW_FIELD)
        child.do("release", release)
        with another(site, release) as other:
            for process in (child, other):
                process.begin("command", "migrate_tenants", "--json", "--parallel", "2")
            found = [process.end() for process in (child, other)]
        reports = [json.loads(each["out"]) for each in found]
        assert [each["status"] for each in found] == [0, 0]
        assert sum(report["migrated"] for report in reports) == len(schemas)
        assert all(report["migrated"] for report in reports)
        assert ready(site) == len(schemas)
        for schema in schemas:
            assert site.history(schema) == ["0001_initial", "0002_next"]

    def test_both_stop_when_the_canary_of_one_fails(self, site: Site, child: Child) -> None:
        canary, *others = site.add_schemas(child, 3)
        plant_twins(site, canary)
        gate = AT_GATE.replace("advisory_lock", "advisory_xact_lock")
        release = site.write_release(gate, UNIQUE_NAME)
        site.sql("SELECT pg_advisory_lock(77)")
        child.do("release", release)
        with another(site, release) as other:
            child.begin("command", "migrate_tenants", "--canary", "1", "--lock-timeout", "30")
            wait_until(lambda: is_at_gate(site))
            other.begin("command", "migrate_tenants", "--canary", "1")
            wait_until(lambda: is_looking(site))
            site.sql("SELECT pg_advisory_unlock(77)")
            found = [process.end() for process in (child, other)]
        assert [each["status"] for each in found] == [1, 1]
        assert all("a canary failed" in each["err"] for each in found)
        assert all(site.history(schema) == ["0001_initial"] for schema in others)

    def test_do_not_write_over_each_other(self, site: Site, child: Child) -> None:
        """A process that slept through its lease notices and writes nothing more."""
        (schema,) = site.add_schemas(child, 1)
        child.do("release", site.write_release(ADD_HEIGHT, AT_GATE, NOTHING, atomic=False))
        site.sql("SELECT pg_advisory_lock(77)")
        child.begin("command", "migrate_tenants", "--lock-timeout", "30")
        wait_until(lambda: is_at_gate(site))
        taken = (
            "UPDATE tenancy_schemastate SET generation = generation + 1, leased_by = 'another',"
            " lease_until = now() + interval '1 hour' WHERE status = 'migrating'"
        )
        site.sql(taken)
        row = site.ledger()[schema]
        site.sql("SELECT pg_advisory_unlock(77)")
        wait_until(lambda: "0003_next" in site.history(schema))
        time.sleep(0.5)
        assert site.ledger()[schema] == row
        assert site.history(schema) == ["0001_initial", "0002_next", "0003_next"]
        site.sql("UPDATE tenancy_schemastate SET lease_until = now() WHERE status = 'migrating'")
        assert child.end()["status"] == 0
        assert site.history(schema)[-1] == "0004_next"
