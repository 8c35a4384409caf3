"""The platform's own host."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import live, ready

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", live),
    path("healthz/ready", ready),
    path("api/platform/auth/", include("tenant_apps.accounts.api.platform_urls")),
]
