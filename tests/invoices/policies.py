"""Working under one or another policy of an organization."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from shared_apps.tenancy.context import Tenant, current_tenant, use_tenant


@contextmanager
def chosen(**settings: Any) -> Iterator[Tenant]:
    """Work in the organization as it is when it has chosen these settings."""
    tenant = current_tenant()
    with use_tenant(replace(tenant, settings={**tenant.settings, **settings})) as changed:
        yield changed
