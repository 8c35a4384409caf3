"""Mounted at /api/admin/."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.access.api.views import PeopleViewSet, RoleViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("users/", PeopleViewSet.as_view({"get": "list", "post": "create"}), name="people"),
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
        "users/<str:pk>/force-reset/",
        PeopleViewSet.as_view({"post": "force_reset"}),
        name="person-force-reset",
    ),
    path(
        "users/<str:pk>/roles/",
        PeopleViewSet.as_view({"post": "set_roles"}),
        name="person-roles",
    ),
    path("roles/", RoleViewSet.as_view({"get": "list"}), name="roles"),
    path("roles/<slug:code>/usage/", RoleViewSet.as_view({"get": "people"}), name="role-usage"),
    path("permissions/", RoleViewSet.as_view({"get": "matrix"}), name="permissions"),
]
