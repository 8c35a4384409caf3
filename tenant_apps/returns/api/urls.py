from django.urls import URLPattern, URLResolver, path

from tenant_apps.returns.api.views import RequestViewSet, ReturnViewSet
from tenant_apps.returns.models import Kind

PLURALS = {
    Kind.REFUND: "refunds",
    Kind.REVERSAL: "reversals",
    Kind.CHARGEBACK: "chargebacks",
    Kind.WRITE_OFF: "write-offs",
    Kind.RECOVERY: "recoveries",
}
DECISIONS = {"approve/": "approve", "reject/": "reject", "withdraw/": "withdraw"}
ACTIONS = {
    Kind.REFUND: {**DECISIONS, "sent/": "sent", "failed/": "failed"},
    Kind.REVERSAL: DECISIONS,
    Kind.CHARGEBACK: DECISIONS,
    Kind.WRITE_OFF: {**DECISIONS, "recover/": "recover"},
    Kind.RECOVERY: DECISIONS,
}
REQUESTS = {"refunds/": "refund", "chargebacks/": "charge_back", "reverse/": "reverse"}

urlpatterns: list[URLPattern | URLResolver] = [
    *(
        path(f"{plural}/", ReturnViewSet.as_view({"get": "list"}, kind=kind))
        for kind, plural in PLURALS.items()
    ),
    *(
        path(f"{plural}/<str:reference>/", ReturnViewSet.as_view({"get": "retrieve"}, kind=kind))
        for kind, plural in PLURALS.items()
    ),
    *(
        path(
            f"{PLURALS[kind]}/<str:reference>/{end}",
            ReturnViewSet.as_view({"post": action}, kind=kind),
        )
        for kind, actions in ACTIONS.items()
        for end, action in actions.items()
    ),
    *(
        path(f"payments/<str:reference>/{end}", RequestViewSet.as_view({"post": action}))
        for end, action in REQUESTS.items()
    ),
    path("payments/<str:reference>/returns/", RequestViewSet.as_view({"get": "of_payment"})),
    path("deals/<str:reference>/write-off/", RequestViewSet.as_view({"post": "write_off"})),
]
