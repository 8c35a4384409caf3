"""What events are about, by the names that people know: the code of a deal, whose account it is."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat, Trim
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_apps.audit.models import EventRecord


class Subject(NamedTuple):
    """What something is called, and its page; "" where the reader may not open it."""

    label: str
    url: str


class Kind(NamedTuple):
    """Where the objects of a kind stand: their model, what names them, and their page.

    `names` are columns, joined by a space; `key` is the one that the page's address is made of.
    """

    model: str
    names: tuple[str, ...]
    page: str
    key: str
    permission: str


KINDS: Mapping[str, Kind] = {
    "accounts.user": Kind(
        "accounts.User", ("first_name", "last_name"), "person", "pk", "people.view"
    ),
    "access.role": Kind("access.Role", ("name",), "role", "code", "roles.view"),
    "approvals.policy": Kind("approvals.Policy", ("name",), "policies", "", "approvals.view"),
    "clients.client": Kind("clients.Client", ("code", "name"), "client", "code", "clients.view"),
    "deals.deal": Kind("deals.Deal", ("code", "name"), "deal", "code", "deals.view"),
    "deals.product": Kind("deals.Product", ("name",), "product_edit", "pk", "products.edit"),
    "deals.stage": Kind("deals.Stage", ("name",), "stage_edit", "pk", "products.edit"),
    "deals.tax_rate": Kind("deals.TaxRate", ("code",), "tax_edit", "pk", "products.edit"),
    "invoices.invoice": Kind("invoices.Invoice", ("number",), "invoice", "pk", "invoices.view"),
    "payments.payment": Kind("payments.Payment", ("code",), "payment", "code", "payments.view"),
    "returns.return": Kind("returns.Return", ("code",), "return", "code", "payments.view"),
    "sso.connection": Kind("sso.Connection", ("name",), "sso", "", "settings.view"),
    "teams.team": Kind("teams.Team", ("name",), "team", "pk", "teams.view"),
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
    model = apps.get_model(kind.model)
    rows: QuerySet[Any, Any] = model._default_manager.filter(pk__in=ids)  # noqa: SLF001
    return rows.order_by().values_list(
        Value(name, output_field=text),
        "pk",
        Cast(F(kind.key or "pk"), text),
        Trim(Concat(*parts, Value(""), output_field=text)),
    )


def _subject(name: str, key: str, label: str, may: "Callable[[str], bool]") -> Subject:
    kind = KINDS[name]
    if not may(kind.permission):
        return Subject(label, "")
    return Subject(label, reverse(f"portal:{kind.page}", args=[key] if kind.key else []))
