"""Log lines say whose data was at work."""

from collections.abc import MutableMapping
from typing import Any

from shared_apps.tenancy.context import find_current_schema


def add_tenant(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Add the schema at work, or None, to a log line (a structlog processor)."""
    event.setdefault("tenant", find_current_schema())
    return event
