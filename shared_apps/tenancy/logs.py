"""Log lines say whose data was at work."""

from collections.abc import MutableMapping
from logging import LogRecord
from typing import Any

from shared_apps.tenancy.context import Tenant, find_current_schema


def add_tenant(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Add the schema at work, or None, to a log line (a structlog processor).

    What Django says of a request after it was answered is said outside of every context; then the
    organization is the request's.
    """
    event.setdefault("tenant", find_current_schema() or _of_request(event.get("_record")))
    return event


def _of_request(record: LogRecord | None) -> str | None:
    tenant = getattr(getattr(record, "request", None), "tenant", None)
    return tenant.schema if isinstance(tenant, Tenant) else None
