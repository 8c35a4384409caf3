"""The office that histories happen in: its people, what stands on its desks, and its clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction

from shared_apps.kernel.errors import DomainError, PermissionRefused
from shared_apps.kernel.money import Money
from tenant_apps.access.scopes import has_permission
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import Deal, DiscountRequest
from tenant_apps.handovers.models import HandOver
from tenant_apps.invoices.models import Invoice
from tenant_apps.payments.models import Payment
from tenant_apps.returns.models import Return
from tests.cast import ROLE_PLAY, person_named

PEOPLE = ("olga", *ROLE_PLAY)
# by subject type: the rows that have a state, and the query that tells it
STATES = {
    "clients.client": (
        Client,
        "CASE WHEN anonymised_at IS NOT NULL THEN 'anonymised' WHEN merged_into_id IS NOT NULL"
        " THEN 'merged' WHEN archived_at IS NOT NULL THEN 'archived' ELSE 'active' END",
    ),
    "deals.deal": (Deal, "CASE WHEN archived_at IS NULL THEN status ELSE 'archived' END"),
    "payments.payment": (Payment, "status"),
    "returns.return": (Return, "status"),
    "invoices.invoice": (Invoice, "status"),
    "deals.discount_request": (DiscountRequest, "status"),
    "handovers.hand_over": (HandOver, "status"),
}

Act = Callable[[User, datetime], Any]


@dataclass
class Office:
    """Acme at work. `desk` is what there is, by kind and state; `told` counts what happened."""

    people: dict[str, User]
    now: datetime
    desk: dict[str, dict[UUID, str]] = field(default_factory=dict)
    last_refusal: str = ""

    @classmethod
    def opened(cls, *, at: datetime) -> "Office":
        """Return the office with its people at their desks."""
        return cls(people={name: person_named(name) for name in PEOPLE}, now=at)

    def look(self) -> None:
        """Look at every desk: which rows there are, and in which state."""
        self.desk = {kind: _states(model._meta.db_table, told) for kind, (model, told) in _LOOKS}

    def having(self, kind: str, *states: str) -> list[UUID]:
        """Return the rows of a kind in one of these states (any, when none is named)."""
        rows = self.desk.get(kind, {})
        return [pk for pk, state in rows.items() if not states or state in states]

    def attempt(self, who: str, permission: str, act: Act, *, minutes: int = 7) -> bool:
        """Let a person try something; a refusal is an answer too. Return whether it was done."""
        self.now += timedelta(minutes=minutes)
        person = self.people[who]
        self.last_refusal = ""
        try:
            with transaction.atomic():
                if not has_permission(person, permission):
                    raise PermissionRefused
                act(person, self.now)
        except (DomainError, ObjectDoesNotExist) as refusal:
            self.last_refusal = type(refusal).__name__
            return False
        return True


_LOOKS = tuple(STATES.items())


def _states(table: str, told: str) -> dict[UUID, str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {told} FROM {table} ORDER BY id")  # noqa: S608  our own names
        return dict(cursor.fetchall())


def nth(rows: Sequence[UUID], which: int) -> UUID:
    """Return one of the rows; any number names one."""
    return rows[which % len(rows)]


def dollars(cents: int) -> Money:
    """Return an amount in USD, from cents."""
    return Money.of(Decimal(cents).scaleb(-2), "USD")


def money(units: int, currency: str) -> Money:
    """Return an amount from the currency's smallest units: cents of USD and EUR, yen of JPY."""
    return Money.of(Decimal(units).scaleb(0 if currency == "JPY" else -2), currency)
