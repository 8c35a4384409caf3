"""Every effect that crosses from one app into another, in one place."""

from shared_apps.kernel.events import Event, Reactions
from shared_apps.organizations.events import OrganizationProvisioned
from tenant_apps.access.events import RoleAssigned, RoleMatrixApplied, RoleRemoved
from tenant_apps.access.reactions import seed_organization_roles
from tenant_apps.accounts.events import (
    InvitationIssued,
    PasswordChanged,
    PasswordChangeRequired,
    PersonActivated,
    PersonChanged,
    PersonCreated,
    PersonInvited,
    PersonReactivated,
    PersonSignedIn,
    PersonSignedOut,
    PersonSuspended,
    RefreshTokenReused,
    SignInFailed,
)
from tenant_apps.accounts.reactions import send_invitation
from tenant_apps.approvals.events import ApprovalAdded, PolicyCreated, PolicyRetired
from tenant_apps.approvals.reactions import seed_policies
from tenant_apps.clients.events import ClientArchived, ClientChanged, ClientCreated
from tenant_apps.deals.events import (
    DealAmended,
    DealArchived,
    DealCancelled,
    DealChanged,
    DealCreated,
    DealLost,
    DealReopened,
    DealSubmitted,
    DealWon,
    ProductSaved,
    StageSaved,
)
from tenant_apps.deals.reactions import (
    adjust_receivable,
    post_receivable,
    reverse_receivable,
    seed_stages,
)
from tenant_apps.documents.events import FileStored
from tenant_apps.ledger.reactions import seed_accounts
from tenant_apps.teams.events import (
    MemberAdded,
    MemberRemoved,
    TeamArchived,
    TeamChanged,
    TeamCreated,
)

REACTIONS: dict[type[Event], Reactions] = {
    OrganizationProvisioned: Reactions(
        atomic=(seed_organization_roles, seed_policies, seed_accounts, seed_stages)
    ),
    # people, roles and teams
    PersonInvited: Reactions(),
    InvitationIssued: Reactions(later=(send_invitation,)),
    PersonCreated: Reactions(),
    PersonActivated: Reactions(),
    PersonChanged: Reactions(),
    PersonSuspended: Reactions(),
    PersonReactivated: Reactions(),
    PasswordChanged: Reactions(),
    PasswordChangeRequired: Reactions(),
    PersonSignedIn: Reactions(),
    PersonSignedOut: Reactions(),
    RefreshTokenReused: Reactions(),
    SignInFailed: Reactions(),
    RoleMatrixApplied: Reactions(),
    RoleAssigned: Reactions(),
    RoleRemoved: Reactions(),
    TeamCreated: Reactions(),
    TeamChanged: Reactions(),
    TeamArchived: Reactions(),
    MemberAdded: Reactions(),
    MemberRemoved: Reactions(),
    # clients, deals and what they stand on
    FileStored: Reactions(),
    PolicyCreated: Reactions(),
    PolicyRetired: Reactions(),
    ApprovalAdded: Reactions(),
    ClientCreated: Reactions(),
    ClientChanged: Reactions(),
    ClientArchived: Reactions(),
    ProductSaved: Reactions(),
    StageSaved: Reactions(),
    DealCreated: Reactions(),
    DealChanged: Reactions(),
    DealSubmitted: Reactions(),
    DealWon: Reactions(atomic=(post_receivable,)),
    DealLost: Reactions(),
    DealReopened: Reactions(atomic=(reverse_receivable,)),
    DealAmended: Reactions(atomic=(adjust_receivable,)),
    DealCancelled: Reactions(atomic=(reverse_receivable,)),
    DealArchived: Reactions(),
}
