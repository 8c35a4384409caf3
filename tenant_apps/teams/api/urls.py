"""Mounted at /api/business/."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.teams.api.views import TeamViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("teams/", TeamViewSet.as_view({"get": "list", "post": "create"}), name="teams"),
    path(
        "teams/<str:pk>/",
        TeamViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="team",
    ),
    path(
        "teams/<str:pk>/members/",
        TeamViewSet.as_view({"get": "members", "post": "add_member"}),
        name="team-members",
    ),
    path(
        "teams/<str:pk>/members/<str:user_id>/",
        TeamViewSet.as_view({"delete": "remove_member"}),
        name="team-member",
    ),
]
