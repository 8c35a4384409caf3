"""What happens to roles."""

from dataclasses import dataclass
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class RoleMatrixApplied(Event):
    """The built-in roles were brought in line with the role matrix.

    `roles` names those that grant something else now.
    """

    name = "access.role_matrix_applied"
    audit_kind = "role"
    subject_type = "organizations.organization"
    subject_field = "organization_id"

    organization_id: UUID
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RoleEvent(Event):
    """Something that happened to a role of the organization's own."""

    subject_type = "access.role"
    subject_field = "role_id"
    audit_kind = "role"

    role_id: UUID
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleCreated(RoleEvent):
    """The organization made a role."""

    name = "access.role_created"


@dataclass(frozen=True, kw_only=True)
class RoleChanged(RoleEvent):
    """A role grants other rights, or has another name.

    `gained` names what it grants to decide on others' work that it did not, or not as widely.
    """

    name = "access.role_changed"

    gained: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RoleArchived(RoleEvent):
    """A role that nobody had was put away."""

    name = "access.role_archived"


@dataclass(frozen=True, kw_only=True)
class RoleAssigned(Event):
    """A person received a role."""

    name = "access.role_assigned"
    audit_kind = "role"
    subject_type = "accounts.user"
    subject_field = "user_id"

    user_id: UUID
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleRemoved(Event):
    """A person lost a role."""

    name = "access.role_removed"
    audit_kind = "role"
    subject_type = "accounts.user"
    subject_field = "user_id"

    user_id: UUID
    role: str


@dataclass(frozen=True, kw_only=True)
class SignInPolicyChanged(Event):
    """The organization asks other roles for a second factor, or gives them other time."""

    name = "access.sign_in_policy_changed"
    audit_kind = "policy"
    subject_type = "organizations.organization"
    subject_field = "organization_id"

    organization_id: UUID


@dataclass(frozen=True, kw_only=True)
class EveryoneSignedOut(Event):
    """Every token and session of the organization became worthless at once."""

    name = "access.everyone_signed_out"
    audit_kind = "session"
    subject_type = "organizations.organization"
    subject_field = "organization_id"

    organization_id: UUID
    key_version: int
