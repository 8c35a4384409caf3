"""Two organizations whose only table is a canary that says whose it is."""

import itertools
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction

from shared_apps.organizations.models import Organization, Status
from shared_apps.organizations.selectors import get_tenant
from shared_apps.organizations.services import NewOrganization, request_organization
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.schemas import create_schema

CANARIES = ("left", "right")


class PlannedFailure(Exception):
    """Raised on purpose in the middle of an operation: it must not leave a context behind."""


@dataclass
class Tally:
    """What the operations saw; shared by all threads."""

    done: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, edge: str, *, right: bool) -> None:
        """Count one operation of an edge."""
        with self._lock:
            self.done[edge] += 1
            if not right:
                self.wrong[edge] += 1

    def clear(self) -> None:
        """Start counting anew."""
        with self._lock:
            self.done.clear()
            self.wrong.clear()


tally = Tally()
numbers = itertools.count(1)


def found_world() -> list[Tenant]:
    """Make the two organizations and their canaries; nothing else is needed to tell them apart."""
    return [_found(slug) for slug in CANARIES]


def _found(slug: str) -> Tenant:
    row = request_organization(NewOrganization(slug=slug, name=slug, currency="USD"))
    create_schema(row.schema_name)
    with use_platform():
        Organization.objects.filter(pk=row.pk).update(status=Status.ACTIVE)
    tenant = get_tenant(row.pk)
    with use_tenant(tenant), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE canary (owner text)")
        cursor.execute("CREATE TABLE canary_log (owner text, number bigint)")
        cursor.execute("INSERT INTO canary VALUES (%s)", [slug])
    return tenant


def read_canary() -> str:
    """Return whose table the code at work reads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT owner FROM canary")
        return str(cursor.fetchone()[0])


def write_canary(owner: str) -> None:
    """Leave a trace in the table of the organization at work."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO canary_log VALUES (%s, %s)", [owner, next(numbers)])


def misplaced_traces(tenants: list[Tenant]) -> int:
    """Return how many traces lie in the wrong organization's table."""
    total = 0
    for tenant in tenants:
        with use_tenant(tenant), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM canary_log WHERE owner <> %s", [tenant.slug])
            total += int(cursor.fetchone()[0])
    return total


def clear_traces(tenants: list[Tenant]) -> None:
    """Remove all traces."""
    for tenant in tenants:
        with use_tenant(tenant), connection.cursor() as cursor:
            cursor.execute("TRUNCATE canary_log")


def fail_now_and_then(chance: float) -> None:
    """Raise PlannedFailure with a chance between 0 and 1."""
    if random.random() < chance:
        raise PlannedFailure


@contextmanager
def failing_transaction(*, fails: bool) -> Iterator[None]:
    """A transaction that a planned failure may roll back."""
    try:
        with transaction.atomic():
            yield
            fail_now_and_then(1.0 if fails else 0.0)
    except PlannedFailure:
        pass
