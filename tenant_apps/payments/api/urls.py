from django.urls import URLPattern, URLResolver, path

from tenant_apps.payments.api.deals import DealPaymentsViewSet, DealWithPaymentViewSet
from tenant_apps.payments.api.reviews import ReviewViewSet
from tenant_apps.payments.api.views import PaymentViewSet

ACTIONS = {
    "submit/": "submit",
    "resubmit/": "resubmit",
    "withdraw/": "withdraw",
    "approve/": "approve",
    "apply/": "apply",
    "reject/": "reject",
    "request-changes/": "request_changes",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("payments/", PaymentViewSet.as_view({"get": "list", "post": "create"})),
    path("payments/queue/", ReviewViewSet.as_view({"get": "queue"})),
    path("payments/queue/figures/", ReviewViewSet.as_view({"get": "figures"})),
    path(
        "payments/<str:reference>/",
        PaymentViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    *(
        path(f"payments/<str:reference>/{end}", PaymentViewSet.as_view({"post": action}))
        for end, action in ACTIONS.items()
    ),
    *(
        path(f"payments/<str:reference>/{end}/", ReviewViewSet.as_view({"post": end}))
        for end in ("claim", "release", "assign", "unassign")
    ),
    path(
        "payments/<str:reference>/proofs/<str:file_id>/content/",
        PaymentViewSet.as_view({"get": "proof"}),
    ),
    path(
        "payments/<str:reference>/evidence/<str:file_id>/content/",
        PaymentViewSet.as_view({"get": "evidence"}),
    ),
    path("payments/<str:reference>/diff/", PaymentViewSet.as_view({"get": "diff"})),
    path("deals/", DealWithPaymentViewSet.as_view({"get": "list", "post": "create"})),
    path("deals/<str:reference>/payments/", DealPaymentsViewSet.as_view({"get": "list"})),
]
