"""Mounted at /api/admin/."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.access.api.key_views import ServiceAccountViewSet
from tenant_apps.access.api.role_views import RoleViewSet
from tenant_apps.access.api.security_views import (
    MfaResetViewSet,
    SignInPolicyViewSet,
    SignOutViewSet,
)
from tenant_apps.access.api.views import PeopleViewSet
from tenant_apps.access.api.visit_views import VisitViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("users/", PeopleViewSet.as_view({"get": "list", "post": "create"}), name="people"),
    path(
        "users/bulk-force-reset/",
        SignOutViewSet.as_view({"post": "force_reset"}),
        name="people-bulk-force-reset",
    ),
    path(
        "users/<str:pk>/",
        PeopleViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="person",
    ),
    path(
        "users/<str:pk>/suspend/",
        PeopleViewSet.as_view({"post": "suspend"}),
        name="person-suspend",
    ),
    path(
        "users/<str:pk>/reactivate/",
        PeopleViewSet.as_view({"post": "reactivate"}),
        name="person-reactivate",
    ),
    path(
        "users/<str:pk>/invite/",
        PeopleViewSet.as_view({"post": "invite_again"}),
        name="person-invite",
    ),
    path(
        "users/<str:pk>/revoke/",
        PeopleViewSet.as_view({"post": "revoke"}),
        name="person-revoke",
    ),
    path(
        "users/<str:pk>/force-reset/",
        PeopleViewSet.as_view({"post": "force_reset"}),
        name="person-force-reset",
    ),
    path(
        "users/<str:pk>/roles/",
        PeopleViewSet.as_view({"post": "set_roles"}),
        name="person-roles",
    ),
    path(
        "users/<str:pk>/mfa-reset/",
        MfaResetViewSet.as_view({"post": "create"}),
        name="person-mfa-reset",
    ),
    path(
        "users/<str:pk>/sign-out/",
        SignOutViewSet.as_view({"post": "person"}),
        name="person-sign-out",
    ),
    path("sign-out-everyone/", SignOutViewSet.as_view({"post": "everyone"}), name="sign-out"),
    path("mfa-resets/", MfaResetViewSet.as_view({"get": "list"}), name="mfa-resets"),
    path(
        "mfa-resets/<str:pk>/approve/",
        MfaResetViewSet.as_view({"post": "approve"}),
        name="mfa-reset-approve",
    ),
    path(
        "mfa-resets/<str:pk>/decline/",
        MfaResetViewSet.as_view({"post": "decline"}),
        name="mfa-reset-decline",
    ),
    path(
        "sign-in-policy/",
        SignInPolicyViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="sign-in-policy",
    ),
    path("operator-visits/", VisitViewSet.as_view({"get": "list"}), name="operator-visits"),
    path(
        "service-accounts/",
        ServiceAccountViewSet.as_view({"get": "list", "post": "create"}),
        name="service-accounts",
    ),
    path(
        "service-accounts/<str:pk>/",
        ServiceAccountViewSet.as_view({"get": "retrieve"}),
        name="service-account",
    ),
    path(
        "service-accounts/<str:pk>/suspend/",
        ServiceAccountViewSet.as_view({"post": "suspend"}),
        name="service-account-suspend",
    ),
    path(
        "service-accounts/<str:pk>/reactivate/",
        ServiceAccountViewSet.as_view({"post": "resume"}),
        name="service-account-reactivate",
    ),
    path("roles/", RoleViewSet.as_view({"get": "list", "post": "create"}), name="roles"),
    path(
        "roles/bulk-assign/",
        RoleViewSet.as_view({"post": "bulk_assign"}),
        name="roles-bulk-assign",
    ),
    path(
        "roles/<slug:code>/",
        RoleViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="role",
    ),
    path("roles/<slug:code>/usage/", RoleViewSet.as_view({"get": "people"}), name="role-usage"),
    path("permissions/", RoleViewSet.as_view({"get": "matrix"}), name="permissions"),
]
