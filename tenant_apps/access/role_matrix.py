"""The role matrix: who may do what, and to whose objects. The one place that says so.

The permission check, the screens, `setup_permissions` and the tests are all driven from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ScopeKind(StrEnum):
    """Whose objects a grant covers; each kind covers what the one before it does.

    One's own; those of the teams that one leads; those of the teams that one leads or is a plain
    member of; everyone's. A plain member only ever reads what the others do: no built-in role may
    change or decide anything at `peers`.
    """

    OWN = "own"
    TEAM = "team"
    PEERS = "peers"
    ALL = "all"

    @property
    def width(self) -> int:
        """Return 1 to 4: a wider scope covers every narrower one."""
        return list(ScopeKind).index(self) + 1


OWN, TEAM, PEERS, ALL = ScopeKind

PERMISSIONS: Mapping[str, str] = {
    "organization.transfer": "Hand the organization to another owner",
    "organization.close": "Close the organization",
    "people.view": "See the people of the organization",
    "people.manage": "Invite, edit, suspend and reactivate people",
    "roles.view": "See roles and the permission matrix",
    "roles.manage": "Give and take roles",
    "api_keys.view": "See service accounts and their API keys",
    "api_keys.manage": "Make service accounts, issue, rotate and revoke API keys",
    "teams.view": "See teams and their members",
    "teams.manage": "Create and edit teams and their members",
    "projects.view": "See projects",
    "projects.manage": "Create, edit and archive projects",
    "audit.view": "Read the audit log",
    "settings.view": "See the organization's settings",
    "settings.manage": "Change the organization's settings",
    "clients.view": "See clients",
    "clients.create": "Create clients",
    "clients.edit": "Edit clients",
    "clients.archive": "Archive clients and put them back",
    "clients.merge": "Merge clients that are one",
    "clients.anonymise": "Erase a client's personal data for good",
    "products.view": "See products and stages",
    "products.edit": "Edit products and stages",
    "deals.view": "See deals",
    "deals.create": "Create deals",
    "deals.edit": "Edit deals and move them through their states",
    "deals.hand_over": "Change who is credited, hand over what a colleague works on",
    "discounts.approve": "Approve discounts above the limit",
    "files.view": "See files",
    "files.upload": "Upload files",
    "payments.view": "See payments",
    "payments.submit": "Submit payments and edit one's own before a decision",
    "payments.assign": "Give payments to reviewers, and take them back",
    "payments.apply": "Apply the credit of clients to what they owe",
    "payments.decide": "Verify, reject and send back payments",
    "returns.request": "Ask for refunds, reversals, write-offs and recoveries, report chargebacks",
    "returns.decide": "Decide on refunds, reversals, chargebacks, write-offs and recoveries",
    "returns.send": "Note refunds as sent or failed",
    "approvals.view": "See approval policies",
    "approvals.manage": "Change approval policies",
    "ledger.view": "See accounts, entries and the trial balance",
    "invoices.view": "See invoices",
    "invoices.create": "Draft invoices",
    "invoices.issue": "Issue invoices",
    "commissions.view": "See commission lines and their explanations",
    "plans.view": "See commission plans",
    "plans.manage": "Write, submit and approve commission plans, assign people",
    "analytics.view": "See dashboards and figures",
    "imports.run": "Import data",
    "platform.read": "See organizations, who administers them, jobs, visits and the platform's log",
    "platform.organizations": "Create, suspend and resume organizations",
    "platform.domains": "Change the domains of organizations",
    "platform.plans": "Change plans and limits of organizations",
    "platform.impersonate": "Act as a person, with a reason",
}

OWNERSHIP = ("organization.transfer", "organization.close")
PLATFORM = tuple(name for name in PERMISSIONS if name.startswith("platform."))
# whoever holds one of these administers the organization
ADMINISTERING = ("organization.transfer", "people.manage", "roles.manage", "settings.manage")
DECIDING = ("payments.decide", "returns.decide", "discounts.approve")
# changing anything under these asks for a proof of who one is from the last minutes
CONFIRMED = (
    "roles.manage",
    "api_keys.manage",
    "plans.manage",
    "approvals.manage",
    "payouts.",
    "exports.",
    "platform.",
)
EVERYDAY = tuple(name for name in PERMISSIONS if name not in (*OWNERSHIP, *PLATFORM))
# what an API key may hold: nothing that takes a second person, or a proof of who one is
FOR_KEYS = tuple(
    name for name in EVERYDAY if name not in DECIDING and not name.startswith(CONFIRMED)
)
# what one person does about another's work: never done with a key, whatever it holds
FOUR_EYES = frozenset({"approve", "reject", "decline", "request_changes", "claim", "release"})


@dataclass(frozen=True)
class RoleDefinition:
    """A role as the product ships it. `rank` orders roles: a person's lowest is the primary one."""

    code: str
    name: str
    description: str
    rank: int
    grants: Mapping[str, ScopeKind]


ROLES: tuple[RoleDefinition, ...] = (
    RoleDefinition(
        code="owner",
        name="Owner",
        description="Everything of an administrator; transfers ownership, closes the organization.",
        rank=10,
        grants=dict.fromkeys((*OWNERSHIP, *EVERYDAY), ALL),
    ),
    RoleDefinition(
        code="admin",
        name="Organization Admin",
        description="People, roles, teams, settings, policies and plans; every screen.",
        rank=20,
        grants=dict.fromkeys(EVERYDAY, ALL),
    ),
    RoleDefinition(
        code="finance",
        name="Finance",
        description="Plans, periods, statements, payouts, reconciliation and the ledger.",
        rank=30,
        grants={
            "clients.view": ALL,
            "products.view": ALL,
            "deals.view": ALL,
            "files.view": ALL,
            "files.upload": ALL,
            "payments.view": ALL,
            "payments.assign": ALL,
            "payments.apply": ALL,
            "returns.request": ALL,
            "returns.send": ALL,
            "approvals.view": ALL,
            "ledger.view": ALL,
            "invoices.view": ALL,
            "invoices.create": ALL,
            "invoices.issue": ALL,
            "commissions.view": ALL,
            "plans.view": ALL,
            "plans.manage": ALL,
            "analytics.view": ALL,
            "settings.view": ALL,
            "teams.view": ALL,
            "projects.view": ALL,
        },
    ),
    RoleDefinition(
        code="verifier",
        name="Verifier",
        description="The queue: decides payments; reads deals and clients; invoices.",
        rank=40,
        grants={
            "clients.view": ALL,
            "products.view": ALL,
            "deals.view": ALL,
            "files.view": ALL,
            "files.upload": ALL,
            "payments.view": ALL,
            "payments.decide": ALL,
            "payments.apply": ALL,
            "returns.decide": ALL,
            "approvals.view": ALL,
            "invoices.view": ALL,
            "invoices.create": ALL,
            "invoices.issue": ALL,
            "analytics.view": ALL,
        },
    ),
    RoleDefinition(
        code="team_lead",
        name="Team Lead",
        description="Reads and edits the team's clients and deals; approves large discounts.",
        rank=50,
        grants={
            "teams.view": PEERS,
            "projects.view": PEERS,
            "projects.manage": TEAM,
            "clients.view": TEAM,
            "clients.edit": TEAM,
            "products.view": ALL,
            "deals.view": TEAM,
            "deals.edit": TEAM,
            "deals.hand_over": TEAM,
            "discounts.approve": TEAM,
            "files.view": TEAM,
            "files.upload": TEAM,
            "payments.view": TEAM,
            "invoices.view": TEAM,
            "commissions.view": TEAM,
            "analytics.view": TEAM,
        },
    ),
    RoleDefinition(
        code="salesperson",
        name="Salesperson",
        description="Own clients, deals, payments, commission and figures.",
        rank=60,
        grants={
            "teams.view": PEERS,
            "projects.view": PEERS,
            "clients.view": OWN,
            "clients.create": OWN,
            "clients.edit": OWN,
            "products.view": ALL,
            "deals.view": OWN,
            "deals.create": OWN,
            "deals.edit": OWN,
            "files.view": OWN,
            "files.upload": OWN,
            "payments.view": OWN,
            "payments.submit": OWN,
            "returns.request": OWN,
            "invoices.view": OWN,
            "commissions.view": OWN,
            "analytics.view": OWN,
        },
    ),
    RoleDefinition(
        code="auditor",
        name="Auditor",
        description="Reads everything, changes nothing.",
        rank=70,
        grants={name: ALL for name in EVERYDAY if name.endswith(".view")},
    ),
    RoleDefinition(
        code="reviewer",
        name="Reviewer",
        description="A guest who only decides what is assigned to them.",
        rank=80,
        grants={"payments.view": OWN, "payments.decide": OWN, "files.view": OWN},
    ),
    RoleDefinition(
        code="team_member",
        name="Team Member",
        description="Reads what the team works on.",
        rank=90,
        grants={
            "teams.view": PEERS,
            "projects.view": PEERS,
            "clients.view": PEERS,
            "products.view": ALL,
            "deals.view": PEERS,
            "files.view": PEERS,
        },
    ),
    RoleDefinition(
        code="platform_operator",
        name="Platform operator",
        description="On the platform: organizations, domains, plans and limits, impersonation.",
        rank=5,
        grants=dict.fromkeys(PLATFORM, ALL),
    ),
)

OPERATOR = next(role for role in ROLES if role.code == "platform_operator")
ORGANIZATION_ROLES = tuple(role for role in ROLES if role is not OPERATOR)
