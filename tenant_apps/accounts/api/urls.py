"""Mounted at /api/auth/ of an organization; no stock route of dj-rest-auth or allauth is."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.accounts.api.platform_urls import urlpatterns as everywhere
from tenant_apps.accounts.api.views import PasswordViewSet, TicketView, TokenViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    *everywhere,
    path(
        "invitations/accept/",
        TokenViewSet.as_view({"post": "accept_invitation"}),
        name="auth-accept-invitation",
    ),
    path(
        "password/reset/",
        PasswordViewSet.as_view({"post": "ask_reset"}),
        name="auth-password-reset",
    ),
    path(
        "password/reset/confirm/",
        PasswordViewSet.as_view({"post": "confirm_reset"}),
        name="auth-password-reset-confirm",
    ),
    path("ws-ticket/", TicketView.as_view({"post": "create"}), name="auth-ws-ticket"),
]
