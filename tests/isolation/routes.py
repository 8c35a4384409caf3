"""What each route names: the table from which every route is asked for objects of others.

A new route with a parameter, and a new id in a body or a query, needs a line here. A route without
one fails the suite with a message that says what to add.
"""

from collections.abc import Iterator
from typing import Any

from rest_framework import serializers

from shared_apps.web.schema import contract_of
from tenant_apps.clients.api.fields import CodeOrIdField, IdField
from tests.access.test_route_permissions import TENANT_ROUTES, Route

BUSINESS = "/api/business"

# The parameter at the end of each path -> the kind of object that it names.
PARAMETERS: dict[str, str] = {
    "/api/admin/audit/<str:pk>": "event",
    "/api/admin/mfa-resets/<str:pk>": "reset",
    "/api/admin/sso-connections/<str:pk>": "sso connection",
    "/api/admin/users/<str:pk>": "person",
    "/api/auth/people/<str:pk>": "person",
    "/api/admin/service-accounts/<str:pk>": "service account",
    "/api/auth/api-keys/<str:pk>": "API key",
    "/api/auth/sessions/<str:pk>": "session",
    f"{BUSINESS}/approval-policies/<str:pk>": "policy",
    f"{BUSINESS}/chargebacks/<str:reference>": "chargeback",
    f"{BUSINESS}/clients/<str:reference>": "client",
    f"{BUSINESS}/clients/<str:reference>/contact-log/<str:entry_id>": "entry",
    f"{BUSINESS}/commissions/assignments/<str:pk>": "assignment",
    f"{BUSINESS}/commissions/lines/<str:pk>": "line",
    f"{BUSINESS}/commissions/plan-versions/<str:pk>": "plan version",
    f"{BUSINESS}/commissions/plans/<str:pk>": "plan",
    f"{BUSINESS}/credit-notes/<str:reference>": "credit note",
    f"{BUSINESS}/deals/<str:reference>": "deal",
    f"{BUSINESS}/discount-requests/<str:pk>": "discount request",
    f"{BUSINESS}/files/<str:pk>": "file",
    f"{BUSINESS}/hand-overs/<str:reference>": "hand-over",
    f"{BUSINESS}/invoices/<str:reference>": "invoice",
    f"{BUSINESS}/invoices/<str:reference>/links/<str:link>": "link",
    f"{BUSINESS}/ledger/entries/<str:pk>": "ledger entry",
    f"{BUSINESS}/payments/<str:reference>": "payment",
    f"{BUSINESS}/payments/<str:reference>/evidence/<str:file_id>": "evidence",
    f"{BUSINESS}/payments/<str:reference>/proofs/<str:file_id>": "proof",
    f"{BUSINESS}/products/<str:pk>": "product",
    f"{BUSINESS}/projects/<str:reference>": "project",
    f"{BUSINESS}/refunds/<str:reference>": "refund",
    f"{BUSINESS}/reversals/<str:reference>": "reversal",
    f"{BUSINESS}/stages/<str:pk>": "stage",
    f"{BUSINESS}/tax-rates/<str:pk>": "tax rate",
    f"{BUSINESS}/teams/<str:pk>": "team",
    f"{BUSINESS}/teams/<str:pk>/members/<str:user_id>": "person",
    f"{BUSINESS}/write-offs/<str:reference>": "write-off",
}

# Parameters that name nothing which could be somebody else's: what they are.
NOBODYS: dict[str, str] = {
    "/api/admin/roles/<slug:code>": "the code of a built-in role, the same everywhere",
    "/api/auth/passkeys/<int:pk>": "a number that is looked for among one's own passkeys only",
    "/api/notifications/<int:seq>": "a number within one's own inbox: others' cannot be named",
    f"{BUSINESS}/deals/<str:reference>/versions/<int:number>": "a number within the deal",
    f"{BUSINESS}/invoices/series/<str:series_type>": "invoices or credit notes",
    f"{BUSINESS}/invoices/series/<str:series_type>/<int:year>": "a year",
}
EXAMPLES = {"<slug:code>": "owner", "<int:seq>": "1", "<int:number>": "2"}

# The name of an id in a body or a query -> the kind of object that it names.
FIELDS: dict[str, str] = {
    "client": "client",
    "deal": "deal",
    "duplicate": "client",
    "evidence_files": "file",
    "instalment": "instalment",
    "lead": "person",
    "leaver": "person",
    "lead_id": "person",
    "maker": "person",
    "owner": "person",
    "payee": "person",
    "payment": "payment",
    "person": "person",
    "plan": "plan",
    "product": "product",
    "project": "project",
    "proofs": "file",
    "replaces": "payment",
    "reviewer": "reviewer",
    "service_account": "service account",
    "stage": "stage",
    "subject_id": "deal",
    "successor": "person",
    "team": "team",
    "teams": "team",
    "brand_logo": "picture",
    "user_id": "person",
    "user_ids": "person",
}

# Where a name means another kind than it does elsewhere, or where an object in another state is
# needed to show that one's own would be taken: (route, parameter, place or query) -> kind.
ELSEWHERE: dict[tuple[str, str], str] = {
    (f"GET {BUSINESS}/credit-notes/", "?client"): "invoice's client",
    (f"GET {BUSINESS}/credit-notes/", "?deal"): "invoice's deal",
    (f"GET {BUSINESS}/invoices/", "?client"): "invoice's client",
    (f"GET {BUSINESS}/invoices/", "?deal"): "invoice's deal",
    (f"GET {BUSINESS}/ledger/entries/", "?payment"): "verified payment",
    (f"GET {BUSINESS}/projects/", "?lead"): "lead",
    (f"PATCH {BUSINESS}/deals/<str:reference>/", f"{BUSINESS}/deals/<str:reference>"): "open deal",
    (f"PATCH {BUSINESS}/payments/<str:reference>/", f"{BUSINESS}/payments/<str:reference>"): (
        "draft payment"
    ),
    (f"POST {BUSINESS}/payments/", "/replaces"): "rejected payment",
    (
        f"GET {BUSINESS}/payments/<str:reference>/evidence/<str:file_id>/content/",
        f"{BUSINESS}/payments/<str:reference>",
    ): "rejected payment",
    **{
        (f"GET {BUSINESS}/{kind}s/", f"?{name}"): f"{kind}'s {name}"
        for kind in ("chargeback", "refund", "reversal", "write-off")
        for name in ("payment", "deal")
    },
}

# Places that are not asked: why they cannot tell anything.
NOT_ASKED = {
    (f"GET {BUSINESS}/write-offs/", "?payment"): "a write-off is of a deal",
    (f"POST {BUSINESS}/payments/<str:reference>/apply/", "/allocations/0/instalment"): (
        "looked for among the instalments of the deal beside it, which is asked"
    ),
}

ID_FIELDS = (serializers.UUIDField, CodeOrIdField, IdField)


def parameters_of(path: str) -> list[str]:
    """Return the path up to and with each of its parameters, in order."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[: n + 1]) for n, part in enumerate(parts) if part.startswith("<")]


def with_parameters() -> list[Route]:
    """Return every route of an organization whose path names something."""
    return [route for route in TENANT_ROUTES if "<" in route.path]


def body_fields(route: Route) -> list[str]:
    """Return where a route's body takes ids, as JSON pointers: "/lines/0/product"."""
    contract = contract_of(getattr(route.view, route.action, None))
    if contract is None or contract.request is None:
        return []
    request = contract.request
    readers = list(request.values()) if isinstance(request, dict) else [request]
    found = (place for reader in readers for place in _ids_in(_made(reader), ""))
    return list(dict.fromkeys(found))


def query_fields(route: Route) -> list[str]:
    """Return the query parameters of a route that take ids: "?client"."""
    contract = contract_of(getattr(route.view, route.action, None))
    if contract is None or contract.query is None:
        return []
    return [f"?{place[1:]}" for place in _ids_in(contract.query(), "")]


def kind_at(route: Route, where: str) -> str | None:
    """Return the kind that a place names: a path's parameter, "/lines/0/product", "?client".

    None when the table lacks it.
    """
    name = next(part for part in reversed(where.lstrip("?").split("/")) if not part.isdigit())
    usual = PARAMETERS.get(where) if name.startswith("<") else FIELDS.get(name)
    return ELSEWHERE.get((str(route), where), usual)


def _made(reader: Any) -> Any:
    return reader() if isinstance(reader, type) else reader


def _ids_in(field: Any, place: str) -> Iterator[str]:
    child = getattr(field, "child", None)
    if child is not None:
        yield from _ids_in(child, f"{place}/0")
    elif isinstance(field, serializers.BaseSerializer):
        for name, inner in getattr(field, "fields", {}).items():
            yield from _ids_in(inner, f"{place}/{name}")
    elif isinstance(field, ID_FIELDS):
        yield place
