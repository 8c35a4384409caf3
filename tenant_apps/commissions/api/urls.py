from django.urls import URLPattern, URLResolver, path

from tenant_apps.commissions.api.views import (
    AssignmentViewSet,
    LineViewSet,
    PlanVersionViewSet,
    PlanViewSet,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("plans/", PlanViewSet.as_view({"get": "list", "post": "create"})),
    path("plans/<str:pk>/", PlanViewSet.as_view({"get": "retrieve"})),
    path("plans/<str:pk>/versions/", PlanViewSet.as_view({"get": "versions", "post": "draft"})),
    path(
        "plan-versions/<str:pk>/",
        PlanVersionViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    path("plan-versions/<str:pk>/submit/", PlanVersionViewSet.as_view({"post": "submit"})),
    path("plan-versions/<str:pk>/approve/", PlanVersionViewSet.as_view({"post": "approve"})),
    path("assignments/", AssignmentViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "assignments/<str:pk>/",
        AssignmentViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    path("lines/", LineViewSet.as_view({"get": "list"})),
    path("lines/<str:pk>/", LineViewSet.as_view({"get": "retrieve"})),
    path("lines/<str:pk>/explanation/", LineViewSet.as_view({"get": "explanation"})),
]
