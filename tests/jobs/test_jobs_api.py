"""Administrators see what runs by itself; operators see it everywhere."""

import json
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command

from shared_apps.jobs.services import run_job
from shared_apps.jobs.table import job_named
from shared_apps.tenancy.context import Tenant
from shared_apps.tenancy.management.base import BadInput
from tests.client import PrsClient, error, ok
from tests.jobs import table

URL = "/api/admin/jobs/"


def listed(*options: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("list_jobs", *options, stdout=out)
    return out.getvalue()


class TestJobsApi:
    def test_shows_each_job_with_its_last_run_and_the_next(
        self, as_adam: PrsClient, at_noon: datetime
    ) -> None:
        run_job(job=job_named("invoices.invoice_due_instalments"), at=at_noon)
        rows = {row["name"]: row for row in ok(as_adam.get(URL))["results"]}

        row = rows["invoices.invoice_due_instalments"]
        assert (row["outcome"], row["started_at"]) == ("ok", "2026-03-02T11:00:00Z")
        assert row["next_run_at"] is not None
        assert "audit.sweep_dirty" not in rows

    def test_is_for_those_who_see_the_settings(
        self, as_olga: PrsClient, as_sam: PrsClient, as_vera: PrsClient, anyone: PrsClient
    ) -> None:
        ok(as_olga.get(URL))
        for client in (as_sam, as_vera):
            error(client.get(URL), 403)
        error(anyone.get(URL), 401)

    def test_shows_an_organization_its_own(
        self, as_adam: PrsClient, as_mallory: PrsClient, at_noon: datetime
    ) -> None:
        run_job(job=job_named("invoices.invoice_due_instalments"), at=at_noon)

        assert {row["outcome"] for row in ok(as_mallory.get(URL))["results"]} == {""}


class TestListJobs:
    @pytest.mark.usefixtures("small_table")
    def test_prints_every_place(self, acme: Tenant, globex: Tenant, at_noon: datetime) -> None:
        run_job(job=job_named("tests.note"), at=at_noon)
        lines = listed().splitlines()

        places = {line.split()[0] for line in lines[1:]}
        assert {"(platform)", "acme", "globex"} <= places
        (ran,) = [line for line in lines if line.startswith("acme") and "tests.note" in line]
        assert " ok" in ran
        assert "2026-03-02 11:00:00" in ran

    @pytest.mark.usefixtures("small_table")
    def test_narrows_to_what_fails(self, acme: Tenant, at_noon: datetime) -> None:
        table.broken.add(acme.schema)
        run_job(job=job_named("tests.note"), at=at_noon)
        rows = json.loads(listed("--organization", "acme", "--failing", "--json"))

        assert rows[0]["error"] == "ValueError: It is broken here."
        assert {row["place"] for row in rows} == {"acme"}
        assert "It is broken here. (1 in a row)" in listed("--organization", "acme")

    def test_refuses_an_unknown_organization(self, acme: Tenant) -> None:
        with pytest.raises(BadInput, match="There is no organization 'nowhere'"):
            listed("--organization", "nowhere")
