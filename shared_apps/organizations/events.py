from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganizationProvisioned(Event):
    """The organization's schema is complete; recorded in that schema, as its first event."""

    name: ClassVar[str] = "organizations.organization_provisioned"
    subject_type: ClassVar[str] = "organizations.organization"
    subject_field: ClassVar[str] = "organization_id"

    organization_id: UUID
    owner_email: str
    owner_first_name: str
    owner_last_name: str


@dataclass(frozen=True, kw_only=True)
class WorkspacesAsked(Event):
    """Somebody asked which organizations an address belongs to; recorded on the platform."""

    name: ClassVar[str] = "organizations.workspaces_asked"
    subject_type: ClassVar[str] = "organizations.workspace_search"
    subject_field: ClassVar[str] = "search_id"

    search_id: UUID
