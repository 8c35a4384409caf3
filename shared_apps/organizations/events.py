"""What happens to organizations, and what they reach as their first event."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganizationEvent(Event):
    """Something that happened to an organization."""

    subject_type: ClassVar[str] = "organizations.organization"
    subject_field: ClassVar[str] = "organization_id"

    organization_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrganizationProvisioned(OrganizationEvent):
    """The organization's schema is complete; recorded in that schema, as its first event."""

    name: ClassVar[str] = "organizations.organization_provisioned"

    owner_email: str
    owner_first_name: str
    owner_last_name: str


@dataclass(frozen=True, kw_only=True)
class OrganizationRequested(OrganizationEvent):
    """An organization was asked for; recorded in public."""

    name: ClassVar[str] = "organizations.organization_requested"

    slug: str


@dataclass(frozen=True, kw_only=True)
class OrganizationRetried(OrganizationEvent):
    """A founding that failed is tried once more; recorded in public."""

    name: ClassVar[str] = "organizations.organization_retried"


@dataclass(frozen=True, kw_only=True)
class OrganizationStatusEvent(OrganizationEvent):
    """The organization's life went on; recorded in public and in the organization's schema."""

    status: ClassVar[str]


@dataclass(frozen=True, kw_only=True)
class OrganizationSuspended(OrganizationStatusEvent):
    """The organization may only be read."""

    name: ClassVar[str] = "organizations.organization_suspended"
    status: ClassVar[str] = "suspended"


@dataclass(frozen=True, kw_only=True)
class OrganizationResumed(OrganizationStatusEvent):
    """A suspended organization may change its data again."""

    name: ClassVar[str] = "organizations.organization_resumed"
    status: ClassVar[str] = "active"


@dataclass(frozen=True, kw_only=True)
class OrganizationClosed(OrganizationStatusEvent):
    """The organization is off the net; its data is still there."""

    name: ClassVar[str] = "organizations.organization_closed"
    status: ClassVar[str] = "closing"


@dataclass(frozen=True, kw_only=True)
class OrganizationReopened(OrganizationStatusEvent):
    """The closing was taken back."""

    name: ClassVar[str] = "organizations.organization_reopened"
    status: ClassVar[str] = "suspended"


@dataclass(frozen=True, kw_only=True)
class DomainEvent(OrganizationEvent):
    """Something that happened to a host name of an organization; recorded in public."""

    domain: str


@dataclass(frozen=True, kw_only=True)
class DomainAdded(DomainEvent):
    """The organization answers at one more host."""

    name: ClassVar[str] = "organizations.domain_added"


@dataclass(frozen=True, kw_only=True)
class DomainMadePrimary(DomainEvent):
    """Links lead to this host from now on."""

    name: ClassVar[str] = "organizations.domain_made_primary"


@dataclass(frozen=True, kw_only=True)
class DomainRemoved(DomainEvent):
    """The organization no longer answers at this host."""

    name: ClassVar[str] = "organizations.domain_removed"


@dataclass(frozen=True, kw_only=True)
class WorkspacesAsked(Event):
    """Somebody asked which organizations an address belongs to; recorded on the platform.

    `locale` is the language in which they asked.
    """

    name: ClassVar[str] = "organizations.workspaces_asked"
    subject_type: ClassVar[str] = "organizations.workspace_search"
    subject_field: ClassVar[str] = "search_id"

    search_id: UUID
    locale: str = "en"


@dataclass(frozen=True, kw_only=True)
class AdministratorsRead(Event):
    """An operator read who administers organizations; recorded in public.

    `search` and `organization` are what was asked for, `found` how many rows there were.
    """

    name: ClassVar[str] = "organizations.administrators_read"
    subject_type: ClassVar[str] = "accounts.user"
    subject_field: ClassVar[str] = "operator_id"

    operator_id: UUID
    search: str
    organization: str
    found: int


@dataclass(frozen=True, kw_only=True)
class OrganizationChanged(Event):
    """The organization chose something anew: names, address, currency, zone, settings.

    `changed` names what; whoever must keep an old choice for good refuses as a reaction.
    `brand_logo` is the id of the new picture, "" when that did not change or there is none now.
    `tolerance_raised` is the new tolerance as an amount ("5.00 USD") when it is higher than before:
    more of a deal is given up from now on without anybody deciding on it.
    """

    name: ClassVar[str] = "organizations.organization_changed"
    subject_type: ClassVar[str] = "organizations.organization"
    subject_field: ClassVar[str] = "organization_id"
    audit_kind: ClassVar[str] = "settings"

    organization_id: UUID
    changed: tuple[str, ...]
    brand_logo: str = ""
    tolerance_raised: str = ""


@dataclass(frozen=True, kw_only=True)
class SignUpStarted(Event):
    """Somebody wants an organization and is to get a code by e-mail; recorded in public."""

    name: ClassVar[str] = "organizations.sign_up_started"
    subject_type: ClassVar[str] = "organizations.sign_up"
    subject_field: ClassVar[str] = "sign_up_id"

    sign_up_id: UUID
    slug: str
