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


@dataclass(frozen=True, kw_only=True)
class OrganizationChanged(Event):
    """The organization chose something anew: names, address, currency, zone, settings.

    `changed` names what; whoever must keep an old choice for good refuses as a reaction.
    `brand_logo` is the id of the new picture, "" when that did not change or there is none now.
    """

    name: ClassVar[str] = "organizations.organization_changed"
    subject_type: ClassVar[str] = "organizations.organization"
    subject_field: ClassVar[str] = "organization_id"
    audit_kind: ClassVar[str] = "settings"

    organization_id: UUID
    changed: tuple[str, ...]
    brand_logo: str = ""
