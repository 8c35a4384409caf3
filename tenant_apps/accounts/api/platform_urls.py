"""Mounted at /api/platform/auth/: operators sign in by the same door."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.accounts.api.views import (
    LoginView,
    LogoutView,
    MeViewSet,
    PasswordViewSet,
    TokenViewSet,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", LoginView.as_view({"post": "post"}), name="auth-login"),
    path("logout/", LogoutView.as_view({"post": "post"}), name="auth-logout"),
    path("token/refresh/", TokenViewSet.as_view({"post": "refresh"}), name="auth-token-refresh"),
    path("token/verify/", TokenViewSet.as_view({"post": "verify"}), name="auth-token-verify"),
    path(
        "me/",
        MeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="auth-me",
    ),
    path(
        "password/change/",
        PasswordViewSet.as_view({"post": "change"}),
        name="auth-password-change",
    ),
]
