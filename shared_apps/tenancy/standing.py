"""What the code keeps in every organization beside its tables, the built-in roles for instance.

The setting TENANCY_STANDING names the parts. Their texts belong to the plan: with another text all
organizations are behind, and whoever migrates one brings it there in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import (
    PUBLIC_SCHEMA,
    UNFOUNDED_STATUSES,
    use_schema,
    use_tenant,
)
from shared_apps.tenancy.directory import get_directory


class Standing(Protocol):
    """One thing that is in every organization as the code says."""

    def text(self) -> str:
        """Return what the code says; equal texts mean the same."""

    def is_in_line(self) -> bool:
        """Return whether the schema at work has it so. One query."""

    def bring_in_line(self, *, at: datetime) -> None:
        """Make it so in the organization at work."""


def standing_text() -> str:
    """Return what all parts say."""
    return "\n".join(part.text() for part in _parts())


def bring_standing(schema: str) -> None:
    """Make a migrated schema's organization what the code says, where it differs.

    Public has none of it. A schema whose organization is not founded yet is left: its founding
    brings all of it.
    """
    if schema == PUBLIC_SCHEMA:
        return
    with use_schema(schema):
        differing = [part for part in _parts() if not part.is_in_line()]
    tenant = get_directory().by_schema(schema) if differing else None
    if tenant is None or tenant.status in UNFOUNDED_STATUSES:
        return
    with use_tenant(tenant):
        for part in differing:
            part.bring_in_line(at=utc_now())


@lru_cache(maxsize=1)
def _parts() -> Sequence[Standing]:
    names = getattr(settings, "TENANCY_STANDING", ())
    return [cast("Standing", import_string(name)) for name in names]
