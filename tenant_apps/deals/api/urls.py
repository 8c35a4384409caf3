from typing import Any

from django.urls import URLPattern, URLResolver, path

from tenant_apps.deals.api.catalog import ProductViewSet, StageViewSet
from tenant_apps.deals.api.credit import CreditViewSet
from tenant_apps.deals.api.discounts import DiscountRequestViewSet
from tenant_apps.deals.api.figures import GroupFiguresViewSet
from tenant_apps.deals.api.taxing import TaxRateViewSet
from tenant_apps.deals.api.views import DealViewSet

ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
MOVES = ("submit", "win", "lose", "reopen", "amend", "cancel")

urlpatterns: list[URLPattern | URLResolver] = [
    path("deals/", DealViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "deals/<str:reference>/",
        DealViewSet.as_view(ONE),
    ),
    *(
        path(f"deals/<str:reference>/{move}/", DealViewSet.as_view({"post": move}))
        for move in MOVES
    ),
    path("deals/<str:reference>/versions/", DealViewSet.as_view({"get": "versions"})),
    path("deals/<str:reference>/versions/<int:number>/diff/", DealViewSet.as_view({"get": "diff"})),
    path(
        "deals/<str:reference>/splits/",
        CreditViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path(
        "deals/<str:reference>/discount-requests/",
        DiscountRequestViewSet.as_view({"get": "of_deal", "post": "ask"}),
    ),
    path("discount-requests/", DiscountRequestViewSet.as_view({"get": "list"})),
    path("discount-requests/<str:pk>/", DiscountRequestViewSet.as_view({"get": "retrieve"})),
    *(
        path(
            f"discount-requests/<str:pk>/{verdict}/",
            DiscountRequestViewSet.as_view({"post": verdict}),
        )
        for verdict in ("approve", "reject")
    ),
    path(
        "projects/<str:reference>/clients/",
        GroupFiguresViewSet.as_view({"get": "project_clients"}),
    ),
    path("projects/<str:reference>/figures/", GroupFiguresViewSet.as_view({"get": "project"})),
    path("teams/<str:pk>/figures/", GroupFiguresViewSet.as_view({"get": "team"})),
    path("products/", ProductViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "products/<str:pk>/",
        ProductViewSet.as_view(ONE),
    ),
    path("products/<str:pk>/restore/", ProductViewSet.as_view({"post": "restore"})),
    path("tax-rates/", TaxRateViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "tax-rates/<str:pk>/",
        TaxRateViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    path("stages/", StageViewSet.as_view({"get": "list", "post": "create"})),
    path("stages/<str:pk>/", StageViewSet.as_view(ONE)),
    path("stages/<str:pk>/restore/", StageViewSet.as_view({"post": "restore"})),
]
