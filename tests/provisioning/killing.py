"""`python -m tests.provisioning.killing [--every]`: SIGKILL a provisioning at each of its steps.

Each case provisions a new organization in a process of its own, which kills itself before, after or
within a statement; another process then looks at what is left and goes on as the worker does. The
parent holds no connection, so every process is like a freshly started one. Prints a JSON list.
"""

import argparse
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import django

WITHIN_S = 0.02
PATIENCE_S = 20
STEPS = {
    "claim": 'INSERT INTO "organizations_provisioning"',
    "replay": "CREATE SCHEMA",
    "founding": 'INSERT INTO "audit_eventrecord"',
}

_processes = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Statement:
    """One statement of a provisioning, and the number of the transaction that it belongs to."""

    index: int
    transaction: int
    sql: str


@dataclass(frozen=True)
class Point:
    """Where to kill: before, after or within a statement. Before the next one is after a COMMIT."""

    step: str
    when: str
    index: int


@dataclass(frozen=True)
class Outcome:
    """What was left after the kill, and what it became."""

    point: Point
    exit_code: int | None
    left: dict[str, Any]
    end: dict[str, Any]


def main() -> int:
    """Run the cases and print their outcomes."""
    parser = argparse.ArgumentParser(prog="python -m tests.provisioning.killing")
    parser.add_argument("--every", action="store_true", help="before and after every statement")
    options = parser.parse_args()
    django.setup()
    warm_up()
    statements = [Statement(*row) for row in in_process(record)]
    points = every(statements) if options.every else chosen(statements)
    outcomes = [asdict(run(point)) for point in points]
    sys.stdout.write(json.dumps(outcomes, indent=1) + "\n")
    return 0


def warm_up() -> None:
    """Import once what every process needs; nothing of it opens a connection."""
    from django.conf import settings  # noqa: PLC0415  after django.setup()
    from django.urls import get_resolver  # noqa: PLC0415  same

    from shared_apps.tenancy.plan import plan_hash  # noqa: PLC0415  same

    plan_hash()
    for urls in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        get_resolver(urls)._populate()


def in_process(work: Callable[..., Any], *arguments: object) -> Any:
    """Return what a function returns in a forked process; raise when it fails."""
    receiver, sender = _processes.Pipe(duplex=False)

    def answer() -> None:
        sender.send(work(*arguments))

    process = _processes.Process(target=answer)
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def run(point: Point) -> Outcome:
    """Kill one provisioning at a point, look, and go on."""
    slug = f"killed-{uuid4().hex[:10]}"
    doomed = _processes.Process(target=provision_and_die, args=(slug, point))
    doomed.start()
    doomed.join()
    left, end = in_process(examine, slug)
    return Outcome(point, doomed.exitcode, left, end)


def chosen(statements: list[Statement]) -> Iterator[Point]:
    """Yield the boundaries of every transaction, the middle of each step, and within the replay."""
    for _, group in groupby(statements, key=lambda statement: statement.transaction):
        part = list(group)
        step = step_of(part)
        if step == "other":
            continue
        yield Point(step, "before", part[0].index)
        yield Point(step, "before", part[len(part) // 2].index)
        yield Point(step, "after", part[-1].index)
    (batch,) = (each for each in statements if each.sql.startswith("CREATE TABLE"))
    yield Point("replay", "within", batch.index)
    yield Point("replay", "after", batch.index)


def every(statements: list[Statement]) -> Iterator[Point]:
    """Yield the points before and after every statement."""
    for _, group in groupby(statements, key=lambda statement: statement.transaction):
        part = list(group)
        for statement in part:
            yield Point(step_of(part), "before", statement.index)
            yield Point(step_of(part), "after", statement.index)


def step_of(part: list[Statement]) -> str:
    """Return the name of the step whose statement is among them."""
    found = [name for name, mark in STEPS.items() if any(mark in each.sql for each in part)]
    return found[0] if found else "other"


# --- What the processes do ------------------------------------------------------------------------


def record() -> list[tuple[int, int, str]]:
    """Provision one organization to its end and return its statements."""
    from django.db import connection  # noqa: PLC0415  after django.setup()
    from psycopg.pq import TransactionStatus  # noqa: PLC0415  same

    seen: list[tuple[int, int, str]] = []
    number = 0

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
        nonlocal number
        status = connection.connection.pgconn.transaction_status
        # in autocommit each statement is a transaction; inside one only BEGIN finds it idle
        number += status == TransactionStatus.IDLE or not connection.in_atomic_block
        seen.append((len(seen), number, sql))
        return execute(sql, params, many, context)

    slug = f"whole-{uuid4().hex[:10]}"
    organization_id = wish(slug)
    with connection.execute_wrapper(note):
        provision(organization_id)
    drop(organization_id)
    return seen


def provision_and_die(slug: str, point: Point) -> None:
    """Write an organization down, provision it until the point, and be killed there."""
    from django.db import connection  # noqa: PLC0415  after django.setup()

    count = -1

    def count_down(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
        nonlocal count
        count += 1
        is_here = count == point.index
        if is_here and point.when == "before":
            die()
        if is_here and point.when == "within":
            threading.Timer(WITHIN_S, die).start()
        result = execute(sql, params, many, context)
        if is_here:
            die()
        return result

    organization_id = wish(slug)
    with connection.execute_wrapper(count_down):
        provision(organization_id)


def die() -> None:
    """End like a process whose machine loses its power."""
    os.kill(os.getpid(), signal.SIGKILL)


def wish(slug: str) -> UUID:
    """Write an organization down; return its id."""
    from shared_apps.organizations.services import (  # noqa: PLC0415  after django.setup()
        FirstOwner,
        NewOrganization,
        request_organization,
    )

    new = NewOrganization(slug=slug, name="Killed", currency="USD")
    owner = FirstOwner(email="olga@killed.example", first_name="Olga", last_name="Owner")
    organization_id: UUID = request_organization(new, owner=owner).pk
    return organization_id


def provision(organization_id: UUID) -> None:
    """Provision an organization as the command does."""
    from shared_apps.kernel.clock import utc_now  # noqa: PLC0415  after django.setup()
    from shared_apps.organizations.services import provision_organization  # noqa: PLC0415  same

    provision_organization(organization_id=organization_id, at=utc_now())


def examine(slug: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is there after the kill, and after the sweep went on; clear it away."""
    from shared_apps.organizations.selectors import (  # noqa: PLC0415  after django.setup()
        find_unfinished,
    )
    from shared_apps.tenancy.context import use_platform  # noqa: PLC0415  same

    with use_platform():
        organization = find_unfinished(slug)
    assert organization is not None, slug
    left = look(organization.pk)
    try:
        return left, go_on(organization.pk)
    finally:
        drop(organization.pk)


def look(organization_id: UUID) -> dict[str, Any]:
    """Return what there is of an organization."""
    from shared_apps.organizations.models import Provisioning  # noqa: PLC0415  after django.setup()
    from shared_apps.organizations.selectors import get_tenant  # noqa: PLC0415  same
    from shared_apps.tenancy.context import use_platform  # noqa: PLC0415  same
    from shared_apps.tenancy.models import SchemaState  # noqa: PLC0415  same
    from shared_apps.tenancy.schemas import schema_exists  # noqa: PLC0415  same
    from tests.client import PrsClient  # noqa: PLC0415  same

    tenant = get_tenant(organization_id)
    has_schema = schema_exists(tenant.schema)
    with use_platform():
        row = Provisioning.objects.get(pk=organization_id)
        ledger = SchemaState.objects.filter(schema=tenant.schema, status="ready").count()
    return {
        "status": tenant.status,
        "attempts": row.attempts,
        "has_owner_written_down": bool(row.owner_email),
        "has_schema": has_schema,
        "ledger_rows": ledger,
        "answer": PrsClient(host=tenant.host).get("/").status_code,
        **(_content(tenant) if has_schema else {"events": 0, "owners": 0}),
    }


def _content(tenant: Any) -> dict[str, int]:
    from shared_apps.audit.models import EventRecord  # noqa: PLC0415  after django.setup()
    from shared_apps.organizations.events import OrganizationProvisioned  # noqa: PLC0415  same
    from shared_apps.tenancy.context import use_tenant  # noqa: PLC0415  same
    from tenant_apps.accounts.models import User  # noqa: PLC0415  same

    with use_tenant(tenant):
        founded = EventRecord.objects.filter(name=OrganizationProvisioned.name)
        return {"events": founded.count(), "owners": User.objects.count()}


def go_on(organization_id: UUID) -> dict[str, Any]:
    """Let time pass, go on as the worker's sweep does, and return what there is."""
    from shared_apps.kernel.clock import utc_now  # noqa: PLC0415  after django.setup()
    from shared_apps.organizations.services import provision_due  # noqa: PLC0415  same
    from shared_apps.tenancy.directory import get_directory  # noqa: PLC0415  same
    from tests.provisioning.conftest import let_time_pass  # noqa: PLC0415  same

    let_time_pass(organization_id)
    get_directory().forget()
    # the server may still be at a dead process's last statement; the next sweep finds it free
    deadline = time.monotonic() + PATIENCE_S
    while not (gone_on := provision_due(at=utc_now())) and time.monotonic() < deadline:
        time.sleep(0.2)
    return {**look(organization_id), "gone_on": gone_on}


def drop(organization_id: UUID) -> None:
    """Remove the organization."""
    from shared_apps.organizations.selectors import get_tenant  # noqa: PLC0415  after django.setup()
    from tests.organizations import drop_organization  # noqa: PLC0415  same

    drop_organization(get_tenant(organization_id))


if __name__ == "__main__":
    sys.exit(main())
