"""Mounted at /api/platform/auth/: operators sign in by the same door."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.accounts.api.mfa_views import MfaViewSet, SecondStepView, StepUpView
from tenant_apps.accounts.api.passkey_views import PasskeyLoginView, PasskeyViewSet
from tenant_apps.accounts.api.session_views import SessionViewSet
from tenant_apps.accounts.api.views import (
    LoginView,
    LogoutView,
    MeViewSet,
    PasswordViewSet,
    TokenViewSet,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", LoginView.as_view({"post": "post"}), name="auth-login"),
    path("login/mfa/", SecondStepView.as_view({"post": "create"}), name="auth-login-mfa"),
    path(
        "login/passkey/begin/",
        PasskeyLoginView.as_view({"post": "begin"}),
        name="auth-login-passkey-begin",
    ),
    path(
        "login/passkey/",
        PasskeyLoginView.as_view({"post": "complete"}),
        name="auth-login-passkey",
    ),
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
    path("mfa/status/", MfaViewSet.as_view({"get": "status"}), name="auth-mfa-status"),
    path("mfa/totp/begin/", MfaViewSet.as_view({"post": "begin"}), name="auth-totp-begin"),
    path("mfa/totp/confirm/", MfaViewSet.as_view({"post": "confirm"}), name="auth-totp-confirm"),
    path("mfa/totp/remove/", MfaViewSet.as_view({"post": "remove"}), name="auth-totp-remove"),
    path(
        "mfa/recovery-codes/",
        MfaViewSet.as_view({"post": "recovery_codes"}),
        name="auth-recovery-codes",
    ),
    path(
        "passkeys/",
        PasskeyViewSet.as_view({"get": "list", "post": "confirm"}),
        name="auth-passkeys",
    ),
    path("passkeys/begin/", PasskeyViewSet.as_view({"post": "begin"}), name="auth-passkey-begin"),
    path(
        "passkeys/<int:pk>/",
        PasskeyViewSet.as_view({"delete": "remove"}),
        name="auth-passkey",
    ),
    path(
        "passkeys/<int:pk>/rename/",
        PasskeyViewSet.as_view({"post": "rename"}),
        name="auth-passkey-rename",
    ),
    path("sessions/", SessionViewSet.as_view({"get": "list"}), name="auth-sessions"),
    path(
        "sessions/revoke-others/",
        SessionViewSet.as_view({"post": "revoke_others"}),
        name="auth-sessions-revoke-others",
    ),
    path(
        "sessions/<str:pk>/revoke/",
        SessionViewSet.as_view({"post": "revoke"}),
        name="auth-session-revoke",
    ),
    path("step-up/", StepUpView.as_view({"post": "create"}), name="auth-step-up"),
]
