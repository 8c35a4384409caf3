"""Mounted at /api/platform/ of the platform's host."""

from django.urls import URLPattern, URLResolver, path

from shared_apps.platform_admin.api.find_views import FindView

urlpatterns: list[URLPattern | URLResolver] = [
    path("find/", FindView.as_view({"post": "create"}), name="find-workspaces"),
]
