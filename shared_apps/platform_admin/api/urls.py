"""Mounted at /api/platform/ of the platform's host."""

from django.urls import URLPattern, URLResolver, path

from shared_apps.platform_admin.api.find_views import FindView
from shared_apps.platform_admin.api.organizations import STEPS, OrganizationViewSet
from shared_apps.platform_admin.api.records import (
    AdministratorViewSet,
    DomainViewSet,
    PlatformAuditViewSet,
    PlatformJobViewSet,
    VisitViewSet,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("find/", FindView.as_view({"post": "create"}), name="find-workspaces"),
    path(
        "organizations/",
        OrganizationViewSet.as_view({"get": "list", "post": "create"}),
        name="platform-organizations",
    ),
    path(
        "organizations/<str:pk>/",
        OrganizationViewSet.as_view({"get": "retrieve"}),
        name="platform-organization",
    ),
    *(
        path(
            f"organizations/<str:pk>/{step}/",
            OrganizationViewSet.as_view({"post": step}),
            name=f"platform-organization-{step}",
        )
        for step in STEPS
    ),
    path(
        "domains/",
        DomainViewSet.as_view({"get": "list", "post": "create"}),
        name="platform-domains",
    ),
    path(
        "domains/<int:pk>/make-primary/",
        DomainViewSet.as_view({"post": "make_primary"}),
        name="platform-domain-make-primary",
    ),
    path(
        "domains/<int:pk>/remove/",
        DomainViewSet.as_view({"post": "remove"}),
        name="platform-domain-remove",
    ),
    path(
        "administrators/",
        AdministratorViewSet.as_view({"get": "list"}),
        name="platform-administrators",
    ),
    path("jobs/", PlatformJobViewSet.as_view({"get": "list"}), name="platform-jobs"),
    path(
        "impersonations/",
        VisitViewSet.as_view({"get": "list", "post": "create"}),
        name="platform-impersonations",
    ),
    path("audit/", PlatformAuditViewSet.as_view({"get": "list"}), name="platform-audit"),
    path(
        "audit/<str:pk>/",
        PlatformAuditViewSet.as_view({"get": "retrieve"}),
        name="platform-audit-event",
    ),
]
