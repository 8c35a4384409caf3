"""Settings of the test suite: the same product with cheap passwords and mail kept in memory."""

from config.settings.base import *  # noqa: F403  an overlay of base
from config.settings.base import DATA_DIR, DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]

SECRET_KEY = "test-only-key-of-more-than-fifty-characters-0123456789-abcdef"  # noqa: S105  not a secret
DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Threads of a test come and go; none may leave a session behind.
DATABASES["default"]["CONN_MAX_AGE"] = 0
MEDIA_ROOT = DATA_DIR / "test-media"
STORAGES = {
    "default": {"BACKEND": "shared_apps.tenancy.storage.TenantStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files are not collected for the tests.
WHITENOISE_AUTOREFRESH = True
LOGGING = {"level": "WARNING", "json": True}
# All tests come from one network address; those of this limit set their own.
SIGN_IN_MAX_FAILURES_PER_ADDRESS = 1_000_000
SIGN_UPS_PER_ADDRESS = 1_000_000
PASSWORD_RESETS_PER_ADDRESS = 1_000_000
