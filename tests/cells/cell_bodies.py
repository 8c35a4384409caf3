"""With what an endpoint of the role matrix does something: its body, its query, its object's state.

What is not here is asked with the body of tests/isolation/bodies.py, or an empty one.
"""

from uuid import uuid4

from shared_apps.kernel.clock import utc_now
from tests.cast import PASSWORD
from tests.isolation.bodies import BODIES, DOLLARS, LINE, TEMPLATES, Body

BUSINESS = "/api/business"
PAYMENT = f"{BUSINESS}/payments/<str:reference>"
# stands for the hash of the object as it is: whoever decides says what they saw
AS_IT_IS = "as it is"
GRANTS = [{"permission": "deals.view", "scope": "own"}]
DECIDED = (
    *(
        f"{kind}/<str:reference>"
        for kind in ("chargebacks", "recoveries", "refunds", "reversals", "write-offs")
    ),
    "discount-requests/<str:pk>",
)


def _reason(**more: str) -> Body:
    return lambda _own: {"reason": "Because", **more}


CELL_BODIES: dict[str, Body] = {
    **BODIES,
    **{
        route: TEMPLATES[route]
        for route in (
            f"POST {BUSINESS}/clients/",
            f"POST {BUSINESS}/deals/",
            f"POST {BUSINESS}/deals/<str:reference>/amend/",
            f"POST {BUSINESS}/invoices/",
            f"POST {BUSINESS}/payments/",
            f"POST {BUSINESS}/projects/",
            f"POST {BUSINESS}/teams/",
        )
    },
    **{
        f"POST {BUSINESS}/{kind}/{verb}/": _reason(content_hash=AS_IT_IS)
        for kind in DECIDED
        for verb in ("approve", "reject")
    },
    **{
        f"POST {BUSINESS}/{path}/": _reason()
        for path in (
            "clients/<str:reference>/anonymise",
            "clients/<str:reference>/pause-reminders",
            "deals/<str:reference>/write-off",
            "invoices/<str:reference>/credit",
            "invoices/<str:reference>/pause-reminders",
            "invoices/<str:reference>/uncollectible",
            "payments/<str:reference>/request-changes",
            "refunds/<str:reference>/failed",
            "write-offs/<str:reference>/recover",
        )
    },
    "POST /api/admin/roles/": lambda _own: {"name": "Helpers", "grants": GRANTS},
    "POST /api/admin/roles/bulk-assign/": lambda own: {
        "user_ids": [own["reviewer"][0]],
        "add": ["salesperson"],
    },
    "POST /api/admin/service-accounts/": lambda _own: {"name": "A program"},
    "POST /api/admin/sso-connections/": lambda _own: {
        "code": "other",
        "name": "Other",
        "issuer": "https://127.0.0.1",
        "client_id": "prs",
        "client_secret": "secret",
        "allowed_domains": ["example.com"],
    },
    "POST /api/admin/users/": lambda _own: {"email": f"{uuid4().hex}@example.com"},
    "POST /api/admin/users/bulk-force-reset/": lambda own: {"user_ids": [own["reviewer"][0]]},
    "POST /api/auth/api-keys/": lambda own: {
        "service_account": own["service account"][0],
        "name": "A key",
        "grants": GRANTS,
    },
    "POST /api/auth/step-up/": lambda _own: {"password": PASSWORD},
    "POST /api/notifications/read-all/": lambda _own: {"up_to": 1},
    f"POST {BUSINESS}/approval-policies/": lambda _own: {
        "name": "Large ones",
        "subject_type": "payments.payment",
        "steps": [{"permission": "payments.decide"}],
    },
    f"POST {BUSINESS}/commissions/assignments/": lambda own: {
        "payee": own["reviewer"][0],
        "plan": own["plan"][0],
        "valid_from": "2024-01-01",
        "valid_to": "2024-02-01",
    },
    f"POST {BUSINESS}/commissions/plans/": lambda _own: {"name": "A plan"},
    f"POST {BUSINESS}/deals/<str:reference>/activity/": lambda _own: {"text": "A note"},
    f"POST {BUSINESS}/deals/<str:reference>/discount-requests/": lambda _own: {
        "lines": [{**LINE, "discount_percent": "50"}],
        "reason": "Because",
    },
    f"POST {BUSINESS}/invoices/mail-bounces/": lambda _own: {
        "message_id": "<1@example.com>",
        "reason": "Full",
    },
    f"POST {BUSINESS}/hand-overs/": lambda own: {
        "leaver": own["person"][0],
        "successor": own["colleague"][0],
        "effective_on": "2100-01-01",
        "reason": "Because",
    },
    f"POST {PAYMENT}/apply/": lambda own: {"allocations": [{"deal": own["refund's deal"][0]}]},
    f"POST {PAYMENT}/assign/": lambda own: {"reviewer": own["reviewer"][0]},
    f"POST {PAYMENT}/reject/": _reason(failure_reason="other"),
    f"POST {BUSINESS}/products/": lambda _own: {"name": "A product", "list_price": DOLLARS},
    f"POST {BUSINESS}/refunds/<str:reference>/sent/": lambda _own: {"reference": "R-1"},
    f"POST {BUSINESS}/stages/": lambda _own: {
        "name": "A stage",
        "probability_percent": "50",
        "position": 9,
    },
    f"POST {BUSINESS}/tax-rates/": lambda _own: {
        "code": "another",
        "name": "Another tax",
        "rate_percent": "7",
        "valid_from": "2026-01-01",
    },
}


def _this_month() -> str:
    today = utc_now().date()
    return f"?since={today.replace(day=1)}&until={today}"


# An endpoint that needs a query -> the query.
QUERIES: dict[str, str] = {
    f"GET {BUSINESS}/ledger/export/{kind}/": _this_month() for kind in ("csv", "json")
}

# An endpoint that asks for an object in another state than the usual one -> its kind.
STATES: dict[str, str] = {
    f"DELETE {BUSINESS}/deals/<str:reference>/": "open deal",
    **{
        f"POST {BUSINESS}/deals/<str:reference>/{verb}/": "open deal"
        for verb in ("lose", "submit", "win")
    },
    **{f"POST {PAYMENT}/{verb}/": "verified payment" for verb in ("chargebacks", "refunds")},
    f"POST {PAYMENT}/apply/": "refund's payment",
    f"POST {PAYMENT}/reverse/": "verified payment",
    f"POST {PAYMENT}/submit/": "draft payment",
}
