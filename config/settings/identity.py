"""How people and programs prove who they are, and for how long a proof counts."""

from datetime import timedelta
from typing import Any

from config.env import env_int, env_secret, env_str

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["tenant_apps.accounts.backends.DoorBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "first_name", "last_name")},
    },
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
    {"NAME": "tenant_apps.accounts.password_rules.GuessableValidator"},
]
SIMPLE_JWT: dict[str, Any] = {
    "ACCESS_TOKEN_LIFETIME": timedelta(
        minutes=env_int("ACCESS_TOKEN_MINUTES", default=15, minimum=1)
    ),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env_int("REFRESH_TOKEN_DAYS", default=14, minimum=1)),
    "ALGORITHM": "HS256",
    "USER_ID_FIELD": "id",
    "USER_ID_CLAIM": "sub",
}
REST_AUTH: dict[str, Any] = {
    "USE_JWT": True,
    "TOKEN_MODEL": None,
    "SESSION_LOGIN": False,
    "LOGIN_SERIALIZER": "tenant_apps.accounts.api.serializers.LoginSerializer",
    "USER_DETAILS_SERIALIZER": "tenant_apps.accounts.api.serializers.PersonOut",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "tenant_apps.accounts.mfa_adapter.SealedAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
SOCIALACCOUNT_ADAPTER = "tenant_apps.sso.allauth_adapter.ConnectionAdapter"
# Who must come through the organization's own provider.
PROVIDER_RULE = "tenant_apps.sso.policy.provider_rule"
# Who must have a second factor, and how long they may still come without one.
SIGN_IN_POLICY = "tenant_apps.access.sign_in_policy.second_factor_grace"
# The same two rules as SQL, read along with a sign-in at every request.
PROVIDER_RULE_SQL = "tenant_apps.sso.policy.is_provider_asked"
SIGN_IN_POLICY_SQL = "tenant_apps.access.sign_in_policy.grace_days"
# How long a proof of who one is counts for what asks for a recent one.
STEP_UP_MINUTES = env_int("STEP_UP_MINUTES", default=15, minimum=1)
WS_TICKET_LIFETIME_S = 30
SOCKET_HEARTBEAT_S = env_int("SOCKET_HEARTBEAT_S", default=20, minimum=1)
PLATFORM_KEY_VERSION = env_int("PLATFORM_KEY_VERSION", default=1, minimum=1)
# The first operator, for initialize_app where nobody is there to ask.
OPERATOR_EMAIL = env_str("PRS_OPERATOR_EMAIL", default="")
OPERATOR_PASSWORD = env_secret("PRS_OPERATOR_PASSWORD", default="")
