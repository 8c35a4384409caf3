"""SIGKILL at every step of a provisioning: nothing half made answers, and it is completed once."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from shared_apps.tenancy.context import Tenant
from tests.addresses import urls_of_this_run

Case = dict[str, Any]

FACTS = ("status", "has_schema", "ledger_rows", "events", "owners")

# what is left: status, the schema and its row in the ledger, first event and owner
LEFT = {
    ("claim", "after"): ("requested", False, 0, 0, 0),
    ("replay", "before"): ("provisioning", False, 0, 0, 0),
    ("replay", "within"): ("provisioning", False, 0, 0, 0),
    ("replay", "after"): ("provisioning", False, 0, 0, 0),
    ("founding", "before"): ("provisioning", True, 1, 0, 0),
    ("founding", "after"): ("provisioning", True, 1, 0, 0),
}


@pytest.fixture
def fresh_tenant() -> None:
    """Say that these tests commit: they make organizations of their own."""


@pytest.mark.timeout(600)
def test_a_provisioning_killed_anywhere_is_completed_once(acme: Tenant, fresh_tenant: None) -> None:
    """One test: the cases are made together, and once in a parallel run."""
    cases = kill_at_each_step()
    assert {case["exit_code"] for case in cases} == {-9}
    assert {point_of(case) for case in cases} == {("claim", "before"), *LEFT}
    for case in cases:
        assert_left_whole_or_nothing(case)
        assert_completed_once(case)


def kill_at_each_step() -> list[Case]:
    """Return what processes left, and what became of it, on the database of this test run."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.provisioning.killing"],
        env={**os.environ, **urls_of_this_run()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    outcomes: list[Case] = json.loads(run.stdout)
    return outcomes


def point_of(case: Case) -> tuple[str, str]:
    return case["point"]["step"], case["point"]["when"]


def assert_left_whole_or_nothing(case: Case) -> None:
    left = case["left"]
    assert left["answer"] == 404, case
    assert left["has_owner_written_down"], case
    if point_of(case) in LEFT:
        assert tuple(left[fact] for fact in FACTS) == LEFT[point_of(case)], case


def assert_completed_once(case: Case) -> None:
    end = case["end"]
    assert end["gone_on"] == 1, case
    assert tuple(end[fact] for fact in FACTS) == ("active", True, 1, 1, 1), case
    assert end["answer"] == 302, case
    assert not end["has_owner_written_down"], case
