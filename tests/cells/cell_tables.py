"""What the cells of the role matrix need to know of an endpoint that the endpoint does not say.

A new list without a line in LISTS or NO_ROWS fails the suite with a message that says so.
"""

from tenant_apps.access.role_matrix import ScopeKind
from tests.cells.four_places import Place

BUSINESS = "/api/business"
OWN, EVERYWHERE = (Place.OWN,), tuple(Place)

# A list -> the kind of the objects that it shows, of which the role sees those in its scope.
LISTS: dict[str, str] = {
    "GET /api/admin/mfa-resets/": "reset",
    "GET /api/admin/service-accounts/": "service account",
    "GET /api/admin/users/": "person",
    "GET /api/auth/api-keys/": "API key",
    "GET /api/auth/sessions/": "session",
    f"GET {BUSINESS}/approval-policies/": "policy",
    f"GET {BUSINESS}/chargebacks/": "chargeback",
    f"GET {BUSINESS}/clients/": "client",
    f"GET {BUSINESS}/clients/account-status/": "client",
    f"GET {BUSINESS}/commissions/assignments/": "assignment",
    f"GET {BUSINESS}/commissions/lines/": "line",
    f"GET {BUSINESS}/commissions/plans/": "plan",
    f"GET {BUSINESS}/credit-notes/": "credit note",
    f"GET {BUSINESS}/deals/": "deal",
    f"GET {BUSINESS}/invoices/": "invoice",
    f"GET {BUSINESS}/payments/": "payment",
    f"GET {BUSINESS}/payments/queue/": "payment",
    f"GET {BUSINESS}/products/": "product",
    f"GET {BUSINESS}/projects/": "project",
    f"GET {BUSINESS}/recoveries/": "recovery",
    f"GET {BUSINESS}/refunds/": "refund",
    f"GET {BUSINESS}/reversals/": "reversal",
    f"GET {BUSINESS}/stages/": "stage",
    f"GET {BUSINESS}/teams/": "team",
    f"GET {BUSINESS}/write-offs/": "write-off",
}

# Lists whose rows are nobody's in particular, or are looked at where they are made: why.
NO_ROWS: dict[str, str] = {
    "GET /api/admin/audit/": "more rows than a page: events are everybody's who may read them",
    "GET /api/admin/jobs/": "the jobs of the product",
    "GET /api/admin/operator-visits/": "visits of operators to the organization",
    "GET /api/admin/permissions/": "the matrix itself",
    "GET /api/admin/roles/": "the roles of the organization",
    "GET /api/admin/sso-connections/": "the connections of the organization",
    "GET /api/auth/passkeys/": "one's own alone",
    f"GET {BUSINESS}/clients/next-steps/": "what was agreed with clients: tests/clients",
    f"GET {BUSINESS}/discount-requests/": "what waits for one's decision: tests/deals",
    f"GET {BUSINESS}/hand-overs/": "of one's own, or everybody's: tests/handovers",
    f"GET {BUSINESS}/invoices/aging/": "open money by client: tests/invoices/test_aging.py",
    f"GET {BUSINESS}/invoices/aging/totals/": "sums by currency",
    f"GET {BUSINESS}/invoices/reminders/preview/": "what is due today: tests/invoices",
    f"GET {BUSINESS}/ledger/accounts/": "the chart of accounts",
    f"GET {BUSINESS}/ledger/entries/": "all or nothing: no role reads a part of the ledger",
    f"GET {BUSINESS}/ledger/trial-balance/": "sums by account",
    f"GET {BUSINESS}/tax-rates/": "the rates of the organization",
    "GET /api/notifications/": "one's own alone",
    "GET /api/reference/countries/": "known to everybody",
    "GET /api/reference/currencies/": "known to everybody",
    "GET /api/reference/time-zones/": "known to everybody",
}

# Kinds, and endpoints, of which a scope covers other places than it does of sales:
# kind or endpoint -> scope -> places.
COVERS: dict[str, dict[ScopeKind, tuple[Place, ...]]] = {
    # a file by itself is its uploader's; others see it with what it belongs to
    "file": {ScopeKind.TEAM: OWN, ScopeKind.PEERS: OWN},
    # what everybody in an organization may name
    "product": dict.fromkeys(ScopeKind, EVERYWHERE),
    "stage": dict.fromkeys(ScopeKind, EVERYWHERE),
    # people of one organization see each other's faces
    "GET /api/auth/people/<str:pk>/picture/": dict.fromkeys(ScopeKind, EVERYWHERE),
    # nobody decides what they made; a guest decides what was given to them
    f"GET {BUSINESS}/payments/queue/": {ScopeKind.ALL: EVERYWHERE[1:], ScopeKind.OWN: ()},
}

# Endpoints where another permission than their own says which objects are there; the scope stands
# in for it where a role lacks it, None refuses.
BY_ANOTHER: dict[str, tuple[str, ScopeKind | None]] = {
    f"GET {BUSINESS}/deals/<str:reference>/payments/": ("deals.view", None),
    f"GET {BUSINESS}/projects/<str:reference>/clients/": ("projects.view", None),
    f"GET {BUSINESS}/projects/<str:reference>/figures/": ("projects.view", None),
    f"GET {BUSINESS}/teams/<str:pk>/figures/": ("teams.view", ScopeKind.PEERS),
}

# Roles that a service refuses although they hold the permission of the route: an endpoint that is
# the whole organization's asks for scope all.
NARROW: dict[str, tuple[str, ...]] = {
    f"GET {BUSINESS}/invoices/series/<str:series_type>/<int:year>/{what}/": (
        "team_lead",
        "salesperson",
    )
    for what in ("certificate", "export")
}

# Decisions that stand open to guests too, whom a grant for the object at hand lets in: whoever sees
# the object without this permission is refused, except the maker, who is told so.
DECIDED_BY: dict[str, str] = {
    f"POST {BUSINESS}/payments/<str:reference>/{verb}/": "payments.decide"
    for verb in ("approve", "reject", "request-changes")
}

# What a role sees and may not change: (role, endpoint) -> places.
SEEN_ONLY: dict[tuple[str, str], tuple[Place, ...]] = {
    ("team_lead", f"{method} {BUSINESS}/projects/<str:reference>/"): (Place.PEERS,)
    for method in ("PATCH", "DELETE")
}
