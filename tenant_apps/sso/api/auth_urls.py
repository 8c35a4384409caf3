"""Mounted at /api/auth/ beside the routes of accounts."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.sso.api.views import ProviderView

urlpatterns: list[URLPattern | URLResolver] = [
    path("sso/", ProviderView.as_view({"get": "list"}), name="auth-sso"),
]
