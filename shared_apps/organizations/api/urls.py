"""Mounted at /api/admin/."""

from django.urls import URLPattern, URLResolver, path

from shared_apps.organizations.api.views import SettingsViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "settings/",
        SettingsViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="settings",
    ),
]
