"""An organization's host: what spans two apps lives in the upper one, mounted first."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from config.api import unknown_path
from config.openapi import openapi_paths
from tenant_apps.invoices.api.pages import invoice_page, invoice_pdf

BUSINESS: list[URLPattern | URLResolver] = [
    path("", include("tenant_apps.invoices.api.urls")),
    path("", include("tenant_apps.handovers.api.urls")),
    path("", include("tenant_apps.returns.api.urls")),
    path("", include("tenant_apps.payments.api.urls")),
    path("", include("tenant_apps.deals.api.urls")),
    path("", include("tenant_apps.projects.api.urls")),
    path("clients/", include("tenant_apps.clients.api.urls")),
    path("commissions/", include("tenant_apps.commissions.api.urls")),
    path("ledger/", include("tenant_apps.ledger.api.urls")),
    path("", include("tenant_apps.approvals.api.urls")),
    path("", include("tenant_apps.documents.api.urls")),
    path("", include("tenant_apps.teams.api.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *openapi_paths("config.urls_tenant"),
    path("api/auth/", include("tenant_apps.access.api.key_urls")),
    path("api/auth/", include("tenant_apps.accounts.api.urls")),
    path("api/auth/", include("tenant_apps.sso.api.auth_urls")),
    path("api/auth/", include("tenant_apps.documents.api.picture_urls")),
    path("api/business/", include(BUSINESS)),
    # Short paths: /api/deals/... is /api/business/deals/..., and so on.
    re_path(r"^api/(?=(?:clients|deals|payments)/)", include(BUSINESS)),
    path("api/notifications/", include("tenant_apps.notifications.api.urls")),
    path("api/analytics/", include("tenant_apps.analytics.api.urls")),
    path("api/admin/", include("tenant_apps.access.api.urls")),
    path("api/admin/", include("shared_apps.organizations.api.urls")),
    path("api/admin/", include("tenant_apps.sso.api.urls")),
    path("api/admin/", include("shared_apps.web.audit_urls")),
    path("api/admin/", include("tenant_apps.controls.api.urls")),
    path("api/admin/", include("shared_apps.jobs.api.urls")),
    path("api/reference/", include("shared_apps.web.reference_urls")),
    path("i/<str:token>/", invoice_page),
    path("i/<str:token>/pdf/", invoice_pdf),
    path("api/<path:path>", csrf_exempt(unknown_path)),
    path("", include("tenant_apps.portal.urls")),
]

handler400 = "config.api.bad_request"
handler403 = "config.api.permission_denied"
handler404 = "config.pages.page_not_found"
handler500 = "config.pages.server_error"
