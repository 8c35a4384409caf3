"""The web process of plain Django: one organization, selected once, outside of Django.

BENCH_TENANT holds its values as JSON.
"""

import json
import os
from typing import Any
from uuid import UUID

from config.asgi import application as product
from shared_apps.tenancy.context import Tenant, use_tenant

_VALUES: dict[str, Any] = json.loads(os.environ["BENCH_TENANT"])
TENANT = Tenant(**{**_VALUES, "id": UUID(_VALUES["id"])})


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer as the fixed organization."""
    with use_tenant(TENANT):
        await product(scope, receive, send)
