"""The platform's own host."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt

from config.api import unknown_path
from config.health import live, ready
from config.openapi import openapi_paths
from shared_apps.platform_admin.console.urls import SITE
from tenant_apps.sso.api.pages import callback_page

urlpatterns: list[URLPattern | URLResolver] = [
    *openapi_paths("config.urls_public"),
    path("healthz/live", live),
    path("healthz/ready", ready),
    path("api/platform/auth/", include("tenant_apps.accounts.api.platform_urls")),
    path("api/platform/", include("shared_apps.platform_admin.api.urls")),
    path("sso/callback/", callback_page),
    path("api/<path:path>", csrf_exempt(unknown_path)),
    path("console/", include("shared_apps.platform_admin.console.urls")),
    path("console/", SITE),
    path("", include("shared_apps.platform_admin.site.urls")),
    path("", include("tenant_apps.portal.operator_urls")),
]

handler400 = "config.api.bad_request"
handler403 = "config.api.permission_denied"
handler404 = "config.pages.page_not_found"
handler500 = "config.pages.server_error"
