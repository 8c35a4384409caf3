"""The engine alone, with one small app whose migrations the tests write."""

import os

from config.settings.test import *  # noqa: F403  an overlay of test

AUTH_USER_MODEL = "auth.User"
TENANT_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "tests.runner.plants"]
SHARED_APPS = [
    "shared_apps.tenancy",
    "django_tenants",
    "django.contrib.contenttypes",
    "django.contrib.auth",
]
INSTALLED_APPS = [*SHARED_APPS, "tests.runner.plants"]
TENANT_DIRECTORY = "tests.runner.tasks.Directory"
TENANCY_STANDING = []
MIGRATION_MODULES = {"plants": os.environ["PLANTS_RELEASE"]}
MIDDLEWARE = ["shared_apps.tenancy.middleware.TenantMiddleware"]
ROOT_URLCONF = PUBLIC_SCHEMA_URLCONF = "tests.runner.web"
LOGGING = {"level": "CRITICAL", "json": True}
