"""Settings of the isolation run: the engine alone, with the web process's pool."""

from uuid import uuid4

from config.settings.base import *  # noqa: F403  an overlay of base
from config.settings.base import DATA_DIR

SECRET_KEY = "isolation-run-only"
ROOT_URLCONF = "tests.isolation.edges"
MIDDLEWARE = ["shared_apps.tenancy.middleware.TenantMiddleware"]
AUTH_USER_MODEL = "auth.User"
TENANT_APPS = ["django.contrib.contenttypes", "shared_apps.audit"]
SHARED_APPS = [
    "shared_apps.tenancy",
    "django_tenants",
    *TENANT_APPS,
    "django.contrib.auth",
    "shared_apps.organizations",
    "channels",
]
INSTALLED_APPS = SHARED_APPS
MEDIA_ROOT = DATA_DIR / "isolation-media"
LOGGING = {"level": "CRITICAL", "json": True}
CELERY_TASK_DEFAULT_QUEUE = f"isolation-{uuid4().hex[:8]}"
