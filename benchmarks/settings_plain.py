"""Plain Django under the product's own models: no tenancy at all, one schema, one organization.

Django's own PostgreSQL backend with the same pool; no host is looked up, no schema selected. The
business code asks the tenant context for a time zone and a signing key, so the ASGI application
(benchmarks.asgi_plain) enters one fixed organization: the price of a context variable. Sign-in is
checked as in the product, with the same token. What we cost beyond this is the cost of tenancy.
"""

from benchmarks.settings_ours import *  # noqa: F403  an overlay of ours
from benchmarks.settings_ours import DATABASES, INSTALLED_APPS, MIDDLEWARE

DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["OPTIONS"]["options"] += " -c search_path=public,extensions"
DATABASE_ROUTERS = []
INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "django_tenants"]
MIDDLEWARE = [
    name for name in MIDDLEWARE if name != "shared_apps.tenancy.middleware.TenantMiddleware"
]
