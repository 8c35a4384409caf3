"""The tenant directory over the tables of organizations and domains."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL

from shared_apps.organizations.models import Organization
from shared_apps.organizations.selectors import as_tenant
from shared_apps.tenancy.context import WRITABLE_STATUSES, Tenant, use_platform

# Unknown hosts are remembered too; a flood of invented ones must not fill the memory.
MAX_REMEMBERED = 20_000
# What nobody asked for in so long is read again instead of being compared for ever.
KEPT_UNASKED_S = 60.0

# Every version of a row has its place and the number of the transaction that wrote it. So this says
# whether anything of an organization or of its hosts is another than it was, whoever changed it.
_MARK = RawSQL(
    """concat(organizations_organization.xmin, organizations_organization.ctid, (
        SELECT string_agg(concat(d.id, d.xmin, d.ctid), ' ' ORDER BY d.id)
        FROM organizations_domain d WHERE d.tenant_id = organizations_organization.id))""",
    (),
    output_field=TextField(),
)


@dataclass(slots=True, eq=False)
class _Answer:
    """What was read, until when it is believed, and when it was last asked for."""

    tenant: Tenant | None
    mark: str
    until: float
    asked: float


class OrganizationDirectory:
    """Finds organizations and believes each answer for TENANT_DIRECTORY_TTL_S seconds.

    Then one statement asks which of all the remembered organizations have changed, and only those
    are read again: what a process asks does not grow with the number of organizations that it
    serves. A change is therefore seen by every process within that time (at most 5 s); the process
    that made it forgets at once (`forget`).
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: dict[object, _Answer] = {}
        self._lock = threading.Lock()
        self._comparing = threading.Lock()

    def by_host(self, host: str) -> Tenant | None:
        """Return the organization that a host name belongs to, whatever its status."""
        return self._remembered(("host", host), lambda: _rows().filter(domains__domain=host))

    def peek_host(self, host: str) -> tuple[bool, Tenant | None]:
        """Return (remembered, the organization) without asking the database."""
        return self._peek(("host", host))

    def by_id(self, tenant_id: UUID) -> Tenant | None:
        """Return the organization with an id, whatever its status."""
        return self._remembered(tenant_id, lambda: _rows().filter(pk=tenant_id))

    def by_slug(self, slug: str) -> Tenant | None:
        """Return the organization with a slug, fresh from the database."""
        with use_platform():
            row = _rows().filter(slug=slug).first()
            return as_tenant(row) if row is not None else None

    def by_schema(self, schema: str) -> Tenant | None:
        """Return the organization whose data is in a schema, fresh, whatever its status."""
        with use_platform():
            row = _rows().filter(schema_name=schema).first()
            return as_tenant(row) if row is not None else None

    def all_ready(self) -> Iterable[Tenant]:
        """Return every organization whose data may change, by slug, fresh from the database."""
        with use_platform():
            return [as_tenant(row) for row in _rows().filter(status__in=WRITABLE_STATUSES)]

    def forget(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()

    def _peek(self, key: object) -> tuple[bool, Tenant | None]:
        answer, now = self._answers.get(key), self._clock()
        if answer is None or answer.until <= now:
            return False, None
        answer.asked = now
        return True, answer.tenant

    def _remembered(self, key: object, rows: Callable[[], QuerySet[Organization]]) -> Tenant | None:
        known, tenant = self._peek(key)
        if not known and self._compare_all(key):
            known, tenant = self._peek(key)
        if known:
            return tenant
        now = self._clock()
        with use_platform():
            row = rows().annotate(mark=_MARK).first()
            tenant = as_tenant(row) if row is not None else None
        self._remember(
            key,
            _Answer(
                tenant=tenant,
                mark=row.mark if row is not None else "",
                until=now + settings.TENANT_DIRECTORY_TTL_S,
                asked=now,
            ),
        )
        return tenant

    def _compare_all(self, key: object) -> bool:
        """Believe again whatever has not changed; return whether that was done.

        Nobody waits for another's comparison: who waits may hold the connection that it needs.
        """
        answer = self._answers.get(key)
        if answer is None or answer.tenant is None:
            return False
        if not self._comparing.acquire(blocking=False):
            return False
        try:
            self._compare(asked=key)
        finally:
            self._comparing.release()
        return True

    def _compare(self, *, asked: object) -> None:
        now = self._clock()
        with self._lock:
            remembered = list(self._answers.items())
        compared = {
            key: (answer, answer.tenant.id)
            for key, answer in remembered
            if answer.tenant is not None and (key == asked or now - answer.asked <= KEPT_UNASKED_S)
        }
        marks = _marks_of({organization_id for _, organization_id in compared.values()})
        for answer, organization_id in compared.values():
            is_same = marks.get(organization_id) == answer.mark
            answer.until = now + settings.TENANT_DIRECTORY_TTL_S if is_same else now
        self._drop(key for key, answer in remembered if answer.until <= now)

    def _drop(self, keys: Iterable[object]) -> None:
        with self._lock:
            for key in keys:
                self._answers.pop(key, None)

    def _remember(self, key: object, answer: _Answer) -> None:
        with self._lock:
            if len(self._answers) >= MAX_REMEMBERED:
                self._answers.clear()
            self._answers[key] = answer


def _rows() -> QuerySet[Organization]:
    rows: QuerySet[Organization] = Organization.objects.order_by("slug", "pk")
    return rows.prefetch_related("domains")


def _marks_of(organization_ids: set[UUID]) -> dict[UUID, str]:
    with use_platform():
        rows = Organization.objects.filter(pk__in=organization_ids)
        return dict(rows.order_by().annotate(mark=_MARK).values_list("pk", "mark"))
