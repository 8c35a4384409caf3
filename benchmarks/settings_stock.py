"""Stock django-tenants under the product's own models: what a team gets that installs it.

Its database backend, its middleware and its migration executor, with its defaults (a SET for every
cursor, a look-up of the domain for every request). It works on our databases: the same schemas,
rows and catalogs, so nothing but the engine differs. `extensions` is on its path as
its documentation asks for it. The business code asks the tenant context for a time zone and a
signing key; ContextMiddleware hands it the organization that TenantMainMiddleware has found, which
costs a context variable and no query.
"""

from benchmarks.settings_ours import *  # noqa: F403  an overlay of ours
from benchmarks.settings_ours import DATABASES, MIDDLEWARE

_OURS = MIDDLEWARE.index("shared_apps.tenancy.middleware.TenantMiddleware")

DATABASES["default"]["ENGINE"] = "django_tenants.postgresql_backend"
PG_EXTRA_SEARCH_PATHS = ["extensions"]
MIDDLEWARE = [
    *MIDDLEWARE[:_OURS],
    "django_tenants.middleware.main.TenantMainMiddleware",
    "benchmarks.stock_context.ContextMiddleware",
    *MIDDLEWARE[_OURS + 1 :],
]
