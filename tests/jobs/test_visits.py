"""Every organization is sent its own jobs, by a beat and a worker that are real."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from inspect import signature
from pathlib import Path
from typing import Any

from celery.contrib.testing.worker import start_worker
from django.db import connection
from django.utils.module_loading import import_string
from django_redis import get_redis_connection

from config.celery import app as celery_app
from shared_apps.jobs.models import JobState
from shared_apps.jobs.table import all_jobs, job_named
from shared_apps.jobs.tasks import catch_up, visit_tenants
from shared_apps.organizations.models import Organization
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.tasks import HEADER
from tests.audit.parcels import QUEUE
from tests.jobs import table

CHECKOUT = Path(__file__).resolve().parents[2]
QUIET = datetime(2026, 3, 2, 11, 5, tzinfo=UTC)  # no visit at which everybody catches up
CATCHING_UP = datetime(2026, 3, 2, 11, 10, tzinfo=UTC)


def messages() -> list[tuple[str, str | None, list[Any]]]:
    """Take the messages off the queue: task, organization, arguments."""
    redis = get_redis_connection("default")
    taken = [json.loads(raw) for raw in reversed(redis.lrange(QUEUE, 0, -1))]
    redis.delete(QUEUE)
    return [
        (each["headers"]["task"], each["headers"].get(HEADER), json.loads(_body(each))[0])
        for each in taken
    ]


def _body(message: dict[str, Any]) -> bytes:
    return base64.b64decode(message["body"])


def wait_until(is_true: Callable[[], bool], *, patience_s: float = 40) -> None:
    """Wait until something is true, with a fresh look each time."""
    until = time.monotonic() + patience_s
    while not is_true():
        assert time.monotonic() < until, "It did not happen in time."
        connection.close()
        time.sleep(0.1)


class TestVisitTenants:
    def test_sends_each_job_once_when_its_time_has_come(self, garden: Tenant) -> None:
        sent = []
        with use_platform():
            for minute in range(9):
                visit_tenants(at=QUIET + timedelta(minutes=minute) - timedelta(minutes=4))
                sent += [args for _, place, args in messages() if place == str(garden.id)]
        slots = [args for args in sent if args == ["tests.note"]]
        # five-minute slots over nine minutes, each in the window of one visit or two
        assert 1 <= len(slots) <= 4

    def test_lets_everybody_catch_up_every_ten_minutes(
        self, garden: Tenant, acme: Tenant, globex: Tenant
    ) -> None:
        with use_platform():
            visit_tenants(at=CATCHING_UP)
        visited = {place for task, place, _ in messages() if task == "jobs.catch_up"}
        assert {str(garden.id), str(acme.id), str(globex.id)} <= visited

    def test_passes_over_a_suspended_organization(self, garden: Tenant) -> None:
        with use_platform():
            Organization.objects.filter(pk=garden.id).update(status="suspended")
            get_directory().forget()
            visit_tenants(at=CATCHING_UP)
        assert str(garden.id) not in {place for _, place, _ in messages()}

    def test_catching_up_sends_what_is_due_and_nothing_twice(self, garden: Tenant) -> None:
        catch_up.run()
        assert [args for _, _, args in messages()] == [["tests.note"], ["tests.water"]]


class TestWithAWorker:
    def test_runs_what_was_sent_and_a_broken_place_stops_no_other(
        self, garden: Tenant, acme: Tenant
    ) -> None:
        table.broken.add(acme.schema)
        with use_platform():
            visit_tenants(at=CATCHING_UP)
        with start_worker(celery_app, pool="solo", perform_ping_check=False, loglevel="CRITICAL"):
            wait_until(lambda: JobState.objects.filter(outcome="ok").count() == 2)

        assert {what for what, where, _ in table.ran if where == garden.schema} == {"note", "water"}


class TestWithBeat:
    def test_sends_the_platforms_jobs(self, garden: Tenant, tmp_path: Path) -> None:
        beat = subprocess.Popen(
            [
                sys.executable,
                *("-m", "celery", "-A", "config.celery", "beat", "--loglevel", "WARNING"),
                *("--schedule", str(tmp_path / "schedule"), "--pidfile", str(tmp_path / "pid")),
            ],
            cwd=CHECKOUT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.jobs.quick_settings"},
        )
        try:
            redis = get_redis_connection("default")
            wait_until(lambda: redis.llen(QUEUE) >= 2, patience_s=60)
        finally:
            beat.terminate()
            beat.wait(timeout=20)
        sent = {(task, args[0]) for task, _, args in messages()}
        assert ("jobs.run_on_platform", "tests.tick") in sent


class TestTheTable:
    def test_names_functions_that_take_the_time(self) -> None:
        for job in all_jobs():
            assert list(signature(import_string(job.run)).parameters) == ["at"], job.name

    def test_names_each_job_once_and_says_what_it_does(self) -> None:
        names = [job.name for job in all_jobs()]
        assert len(set(names)) == len(names)
        assert all(job.does.endswith(".") for job in all_jobs())

    def test_has_the_jobs_that_the_product_promises(self) -> None:
        assert {
            "audit.sweep_dirty",
            "audit.sweep_all",
            "organizations.provision_due",
            "jobs.visit_tenants",
            "payments.note_overdue_reviews",
            "payments.note_lapsed_reviews",
            "payments.note_unverified_payments",
            "invoices.invoice_due_instalments",
            "invoices.note_instalments_due_soon",
            "invoices.note_overdue_instalments",
        } <= {job.name for job in all_jobs()}

    def test_is_what_beat_sends(self) -> None:
        scheduled = celery_app.conf.beat_schedule
        assert set(scheduled) == {job.name for job in all_jobs() if not job.for_each_tenant}
        assert {entry["task"] for entry in scheduled.values()} <= set(celery_app.tasks)

    def test_runs_whole_in_an_organization_without_anything_to_do(
        self, acme: Tenant, at_noon: datetime
    ) -> None:
        for job in all_jobs():
            if job.for_each_tenant:
                assert str(job_named(job.name).start(at_noon)) is not None
