"""What events are about, by the names that people know: the code of a deal, whose account it is."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat, Trim
from django.urls import reverse

from tenant_apps.access.selectors import roles_among
from tenant_apps.accounts.selectors import people_among
from tenant_apps.approvals.selectors import policies_among
from tenant_apps.clients.selectors import clients_among
from tenant_apps.deals.selectors import (
    deals_among,
    products_among,
    stages_among,
    tax_rates_among,
)
from tenant_apps.invoices.selectors import invoices_among
from tenant_apps.payments.selectors import payments_among
from tenant_apps.returns.selectors import returns_among
from tenant_apps.sso.selectors import connections_among
from tenant_apps.teams.selectors import teams_among

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_apps.audit.models import EventRecord


class Subject(NamedTuple):
    """What something is called, and its page; "" where the reader may not open it."""

    label: str
    url: str


class Kind(NamedTuple):
    """Where the objects of a kind are found, what names them, and their page.

    `names` are columns, joined by a space; `key` is the one that the page's address is made of.
    """

    find: "Callable[[set[UUID]], QuerySet[Any]]"
    names: tuple[str, ...]
    page: str
    key: str
    permission: str


KINDS: Mapping[str, Kind] = {
    "accounts.user": Kind(people_among, ("first_name", "last_name"), "person", "pk", "people.view"),
    "access.role": Kind(roles_among, ("name",), "role", "code", "roles.view"),
    "approvals.policy": Kind(policies_among, ("name",), "policies", "", "approvals.view"),
    "clients.client": Kind(clients_among, ("code", "name"), "client", "code", "clients.view"),
    "deals.deal": Kind(deals_among, ("code", "name"), "deal", "code", "deals.view"),
    "deals.product": Kind(products_among, ("name",), "product_edit", "pk", "products.edit"),
    "deals.stage": Kind(stages_among, ("name",), "stage_edit", "pk", "products.edit"),
    "deals.tax_rate": Kind(tax_rates_among, ("code",), "tax_edit", "pk", "products.edit"),
    "invoices.invoice": Kind(invoices_among, ("number",), "invoice", "pk", "invoices.view"),
    "payments.payment": Kind(payments_among, ("code",), "payment", "code", "payments.view"),
    "returns.return": Kind(returns_among, ("code",), "return", "code", "payments.view"),
    "sso.connection": Kind(connections_among, ("name",), "sso", "", "settings.view"),
    "teams.team": Kind(teams_among, ("name",), "team", "pk", "teams.view"),
}


def subjects_of(
    events: Iterable["EventRecord"], may: "Callable[[str], bool]"
) -> Mapping[UUID, Subject]:
    """Return what the events are about: id -> subject. One statement, whatever they are about."""
    ids: dict[str, set[UUID]] = {}
    for event in events:
        if event.subject_type in KINDS:
            ids.setdefault(event.subject_type, set()).add(event.subject_id)
    queries = [_names_of(kind, KINDS[kind], found) for kind, found in ids.items()]
    if not queries:
        return {}
    rows = queries[0].union(*queries[1:], all=True)
    return {pk: _subject(kind, key, label, may) for kind, pk, key, label in rows}


def _names_of(name: str, kind: Kind, ids: set[UUID]) -> "QuerySet[Any, Any]":
    text = CharField()
    parts = [part for column in kind.names for part in (F(column), Value(" "))]
    return (
        kind.find(ids)
        .order_by()
        .values_list(
            Value(name, output_field=text),
            "pk",
            Cast(F(kind.key or "pk"), text),
            Trim(Concat(*parts, Value(""), output_field=text)),
        )
    )


def _subject(name: str, key: str, label: str, may: "Callable[[str], bool]") -> Subject:
    kind = KINDS[name]
    if not may(kind.permission):
        return Subject(label, "")
    return Subject(label, reverse(f"portal:{kind.page}", args=[key] if kind.key else []))
