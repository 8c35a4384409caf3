"""Requests are answered by the old and by the new version while the schemas are migrated."""

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection

from config.stack.procfile import CHECKOUT
from tests.runner.site import MANY, Child, Site

SLOWLY = 'migrations.RunSQL("SELECT pg_sleep(0.15)", "SELECT 1")'
OLD_FIELDS = {"id", "name", "tag"}
NEW_FIELDS = OLD_FIELDS | {"bed_id", "height"}


@contextmanager
def served(site: Site, version: str) -> Iterator[int]:
    """Serve one version; yield its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.runner.web"],
        cwd=CHECKOUT,
        env={**site.env, "PLANTS_VERSION": version},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


@dataclass
class Visitors:
    """Somebody who reads and writes at one version, schema after schema, until told to stop."""

    port: int
    fields: set[str]
    list_schemas: Callable[[], Sequence[str]]
    answers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Send requests meanwhile."""
        thread = threading.Thread(target=self._go)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _go(self) -> None:
        while not self._stop.is_set():
            for schema in self.list_schemas():
                self._visit(schema)

    def _visit(self, schema: str) -> None:
        try:
            self._ask(schema, "POST")
            (row, *_) = self._ask(schema, "GET")
            assert row.keys() == self.fields, row
        except Exception as error:  # noqa: BLE001  counted
            self.failures.append(f"{schema}: {error!r}")
        self.answers[schema] += 1

    def _ask(self, schema: str, method: str) -> list[dict[str, object]]:
        host = f"{schema.replace('_', '-')}.localhost"
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, "/plants", b'{"name": "oak"}', {"Host": host})
            answer = connection.getresponse()
            body = answer.read()
        assert answer.status == HTTPStatus.OK, body[:200]
        rows: list[dict[str, object]] = json.loads(body)
        return rows


def migrate_under_traffic(
    site: Site, child: Child, *operations: str, new_fields: set[str]
) -> tuple[Visitors, Visitors, Counter[str]]:
    """Migrate six schemas, one after the other, while both versions have visitors.

    The old version has them everywhere, the new one wherever the schema has been migrated. Return
    both, and how often the new one had answered by the end of the run.
    """
    schemas = site.add_schemas(child, 6)
    release = site.write_release(*operations, SLOWLY)
    last = f"{len(operations) + 2:04}_next"

    def migrated() -> list[str]:
        return [name for name in schemas if last in site.history(name)]

    with (
        served(site, "old") as old_port,
        served(site, "new") as new_port,
        Child({**site.env, "PLANTS_VERSION": "new"}) as runner,
    ):
        runner.do("release", release)
        old = Visitors(old_port, OLD_FIELDS, lambda: schemas)
        new = Visitors(new_port, new_fields, migrated)
        with old.at_work(), new.at_work():
            report = runner.migrate("--parallel", "1")
            during = Counter(new.answers)
    assert report["migrated"] == len(schemas), report
    return old, new, during


def test_both_answer_without_a_failure(site: Site, child: Child) -> None:
    old, new, during = migrate_under_traffic(site, child, *MANY, new_fields=NEW_FIELDS)
    assert (old.failures, new.failures) == ([], [])
    assert len(old.answers) == 6
    assert 0 < len(during) < 6, during


def test_a_migration_that_breaks_the_old_one_is_noticed(site: Site, child: Child) -> None:
    """The measure measures: what `make test` refuses does fail here."""
    drop = 'migrations.RemoveField("plant", "tag")'
    old, _, _ = migrate_under_traffic(site, child, *MANY, drop, new_fields=NEW_FIELDS)
    assert any("UndefinedColumn" in failure or "500" in failure for failure in old.failures)
