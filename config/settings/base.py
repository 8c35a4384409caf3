"""Settings of every process, read from the environment.

A missing or wrong variable stops start-up with one sentence (config.env.ConfigurationError).
"""

from pathlib import Path
from typing import Any

import unfold

from config.console import console_look
from config.env import (
    env_bool,
    env_host,
    env_int,
    env_list,
    env_secret,
    env_secrets,
    env_str,
    env_url,
    parse_database_url,
)
from config.files import file_storage
from config.mail import mail_settings
from config.settings.identity import *  # noqa: F403  topics of the settings
from config.settings.limits import *  # noqa: F403

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env_str("PRS_DATA_DIR", default=str(CHECKOUT / ".prs"))).absolute()

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", min_length=32)
# The domain table decides which hosts are answered (TenantMiddleware); a list here only narrows it.
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=["*"])
# What encrypts secrets in columns: the first key writes, the others still read.
FIELD_KEYS = env_secrets("FIELD_KEYS", min_length=32) or [SECRET_KEY]

# --- Hosts -------------------------------------------------------------------------------------
# "localhost:8000": the platform answers here, organizations on its subdomains.
BASE_DOMAIN = env_host("BASE_DOMAIN", default="localhost:8000")
PUBLIC_SCHEME = env_str("PUBLIC_SCHEME", default="http", choices=("http", "https"))
PLATFORM_HOSTS = frozenset({BASE_DOMAIN.rsplit(":", 1)[0].lower()})
HTTPS = PUBLIC_SCHEME == "https"

# --- Tenancy -----------------------------------------------------------------------------------
TENANT_MODEL = "organizations.Organization"
TENANT_DOMAIN_MODEL = "organizations.Domain"
TENANT_DIRECTORY = "shared_apps.organizations.directory.OrganizationDirectory"
TENANT_SUSPENDED_VIEW = "config.pages.organization_suspended"
TENANT_DIRECTORY_TTL_S = 5
# How a new organization's schema is replayed: in one round trip, or each statement by itself.
TENANCY_REPLAY = env_str("TENANCY_REPLAY", default="batch", choices=("batch", "statements"))
# What the code keeps in every organization beside its tables; migrations bring it there.
TENANCY_STANDING = ["tenant_apps.access.services.BUILT_IN_ROLES"]
PUBLIC_SCHEMA_NAME = "public"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
ROOT_URLCONF = "config.urls_tenant"
PERIODIC_JOBS = "config.jobs.JOBS"
EVENT_REACTIONS = "tenant_apps.flow.REACTIONS"
# What the kinds of events are called where operators read them: a function of an event's name.
EVENT_WORDS = "tenant_apps.portal.history.said_of"

# Rows of these apps exist in public (operators) and in every organization (its people) alike.
_IN_BOTH = [
    "tenant_apps.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "shared_apps.audit",
    "shared_apps.jobs",
]
SHARED_APPS = [
    "shared_apps.tenancy",
    "django_tenants",
    *_IN_BOTH,
    "shared_apps.web",
    "shared_apps.organizations",
    # before unfold: the console's templates come first
    "shared_apps.platform_admin",
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "dj_rest_auth",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "lucide",
]
TENANT_APPS = [
    *_IN_BOTH,
    "tenant_apps.teams",
    "tenant_apps.access",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "tenant_apps.sso",
    "tenant_apps.approvals",
    "tenant_apps.ledger",
    "tenant_apps.documents",
    "tenant_apps.clients",
    "tenant_apps.projects",
    "tenant_apps.deals",
    "tenant_apps.payments",
    "tenant_apps.returns",
    "tenant_apps.handovers",
    "tenant_apps.invoices",
    "tenant_apps.commissions",
    "tenant_apps.notifications",
    "tenant_apps.analytics",
    "tenant_apps.controls",
    "tenant_apps.imports",
    "tenant_apps.portal",
]
INSTALLED_APPS = [*SHARED_APPS, *[app for app in TENANT_APPS if app not in SHARED_APPS]]

# --- Database ----------------------------------------------------------------------------------
DATABASE_URL = env_url("DATABASE_URL", schemes=("postgres", "postgresql"))
_POOLED = env_bool("DATABASE_POOL", default=False)
_POOL: dict[str, Any] = {
    "min_size": 1,
    "max_size": env_int("DATABASE_POOL_SIZE", default=10, minimum=1),
    # A backend grows by about 0.1 MB with each organization it has touched.
    "max_lifetime": 1800,
    "timeout": 10,
}
# session: a connection keeps its session (PostgreSQL itself, or a pooler in session mode).
# transaction: a pooler such as PgBouncer lends one for each transaction.
TENANCY_POOLING = env_str("TENANCY_POOLING", default="session", choices=("session", "transaction"))
TENANCY_LIMITS = {
    "statement_timeout": env_int("STATEMENT_TIMEOUT_MS", default=30_000, minimum=0),
    "lock_timeout": env_int("LOCK_TIMEOUT_MS", default=10_000, minimum=0),
}
_LIMITS = {"options": " ".join(f"-c {name}={ms}" for name, ms in TENANCY_LIMITS.items())}
_POOLER = TENANCY_POOLING == "transaction"
_database = parse_database_url(DATABASE_URL)
# The role that owns the tables migrates and makes organizations; it goes to PostgreSQL directly.
# Unset, the role of DATABASE_URL does everything, and `manage.py check` says so.
DATABASE_OWNER_URL = env_url("DATABASE_OWNER_URL", default="", schemes=("postgres", "postgresql"))
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "shared_apps.tenancy.backend",
        **_database,
        # Under ASGI every request has a thread of its own: connections are kept by the pool.
        "CONN_MAX_AGE": 0 if _POOLED else 60,
        "CONN_HEALTH_CHECKS": not _POOLED,
        "DISABLE_SERVER_SIDE_CURSORS": _POOLER,
        "OPTIONS": {
            # a transaction pooler knows no settings of a session: they come with each transaction
            **({} if _POOLER else _LIMITS),
            **_database["OPTIONS"],
            **({"pool": _POOL} if _POOLED else {}),
        },
    }
}
DATABASE_OWNER: dict[str, Any] = {}
if DATABASE_OWNER_URL:
    DATABASE_OWNER = {**parse_database_url(DATABASE_OWNER_URL, name="DATABASE_OWNER_URL")}
    DATABASE_OWNER["OPTIONS"] = {**_LIMITS, **DATABASE_OWNER["OPTIONS"]}
    if DATABASE_OWNER["NAME"] == _database["NAME"]:
        del DATABASE_OWNER["NAME"]  # the same database, whatever it is called in a test
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache, channels, Celery ---------------------------------------------------------------
REDIS_URL = env_url("REDIS_URL", schemes=("redis", "rediss", "unix"))
_REDIS_OPTIONS: dict[str, Any] = {
    "CLIENT_CLASS": "django_redis.client.DefaultClient",
    "SOCKET_CONNECT_TIMEOUT": 2,
    "SOCKET_TIMEOUT": 2,
}
CACHES: dict[str, dict[str, Any]] = {
    # Shared by all organizations on purpose: sign-in limits count here, no tenant's data is.
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "shared_apps.tenancy.cache.global_key",
        "OPTIONS": _REDIS_OPTIONS,
    },
    "tenant": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "shared_apps.tenancy.cache.tenant_key",
        "REVERSE_KEY_FUNCTION": "shared_apps.tenancy.cache.bare_key",
        "OPTIONS": _REDIS_OPTIONS,
    },
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py's own defaults (100 connections, 5 s) break a layer that waits for messages.
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "max_connections": 10_000, "socket_timeout": None}],
            "prefix": "prs",
        },
    }
}
TASK_APP = "config.celery.app"
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# What is printed on purpose (mails without EMAIL_URL) stays in lines, to be read and copied.
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_PUBLISH_RETRY = False

# --- Requests ----------------------------------------------------------------------------------
MIDDLEWARE = [
    "shared_apps.audit.request.RequestInfoMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.static_files.StaticFiles",
    "shared_apps.tenancy.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tenant_apps.accounts.middleware.PersonMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                # these two for the console: lazy, so that no other page pays for them
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
MAX_UPLOAD_BYTES = env_int("MAX_UPLOAD_BYTES", default=10 * 1024 * 1024, minimum=1)
# Our own hosts that addresses typed in by people may lead to (a provider inside the network).
OUTBOUND_INTERNAL_HOSTS = [host.lower() for host in env_list("OUTBOUND_INTERNAL_HOSTS", default=[])]
USE_X_FORWARDED_HOST = False
# How many proxies of ours stand in front; only that many X-Forwarded-For entries are believed.
TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", default=0, minimum=0)

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tenant_apps.accounts.authentication.ApiKeyAuthentication",
        "tenant_apps.accounts.authentication.TenantJWTAuthentication",
        "tenant_apps.accounts.authentication.TenantSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["tenant_apps.access.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": [
        "config.api.EnvelopeRenderer",
        "config.api.ProblemRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "config.api.StrictJSONParser",
        "config.api.StrictFormParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "config.api.PagePagination",
    "DEFAULT_VERSIONING_CLASS": "config.api.AcceptVersioning",
    "DEFAULT_SCHEMA_CLASS": "config.openapi.ApiSchema",
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "config.api.handle_exception",
    "DEFAULT_VERSION": "1.0",
    "ALLOWED_VERSIONS": ["1.0"],
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "PRS",
    "DESCRIPTION": "The revenue back office of one organization. The host names the organization.",
    "VERSION": "1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["config.openapi.leave_out_short_paths"],
    "POSTPROCESSING_HOOKS": [
        "config.openapi.wrap_envelope",
    ],
}

# --- Sessions -----------------------------------------------------------------------------------
_COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}prs_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
DEVICE_COOKIE_NAME = f"{_COOKIE_PREFIX}prs_device"
# what a browser keeps while its person is at the organization's provider
PROVIDER_COOKIE_NAME = f"{_COOKIE_PREFIX}prs_provider"
CSRF_FAILURE_VIEW = "config.pages.csrf_failure"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}prs_csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
X_FRAME_OPTIONS = "DENY"

# The console of the platform's operators.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
UNFOLD: dict[str, Any] = console_look()

globals().update(mail_settings())
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", default="PRS <no-reply@localhost>")

# --- Files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# The portal's font comes with django-unfold.
STATICFILES_DIRS = [("inter", Path(unfold.__file__).parent / "static/unfold/fonts/inter")]
MEDIA_ROOT = Path(env_str("MEDIA_ROOT", default=str(DATA_DIR / "media")))
STORAGES: dict[str, dict[str, Any]] = {
    "default": file_storage(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

# --- Language, time, logs ----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
# first of all: Django's own and the console's packages say some of the same words otherwise
LOCALE_PATHS = [
    CHECKOUT / "tenant_apps/portal/locale",
    CHECKOUT / "shared_apps/platform_admin/locale",
]
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING_CONFIG = "config.logs.configure"
LOGGING: dict[str, Any] = {
    "level": env_str("LOG_LEVEL", default="INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR")),
    "json": not DEBUG,
}
