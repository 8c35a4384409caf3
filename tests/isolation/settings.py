"""Settings of the isolation run: the engine alone, with the web process's pool."""

import os
from typing import Any

from config.settings import base
from config.settings.base import *  # noqa: F403  an overlay of base
from config.settings.base import DATA_DIR

# The commands of a run are processes of their own and name the same one.
RUN = os.environ.get("ISOLATION_RUN", "by-hand")

SECRET_KEY = "isolation-run-only"
ROOT_URLCONF = PUBLIC_SCHEMA_URLCONF = "tests.isolation.edges"
# The product's own draw pages of the portal.
TENANT_SUSPENDED_VIEW = "tests.isolation.edges.suspended_view"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
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
    "tests.isolation",
]
INSTALLED_APPS = SHARED_APPS
MEDIA_ROOT = DATA_DIR / "isolation-media" / RUN
LOGGING = {"level": "CRITICAL", "json": True}
CELERY_TASK_DEFAULT_QUEUE = f"isolation-{RUN}"
_layer: dict[str, Any] = base.CHANNEL_LAYERS["default"]
CHANNEL_LAYERS = {"default": {**_layer, "CONFIG": {**_layer["CONFIG"], "prefix": RUN}}}
