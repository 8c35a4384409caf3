"""What each permission lets a person do, and what each role is for, in the reader's language.

The role matrix says the same in English for programs; a test holds the two together.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tenant_apps.portal.wording import Text

PERMISSION_TEXTS: Mapping[str, Text] = {
    "organization.transfer": _("Hand the organization to another owner"),
    "organization.close": _("Close the organization"),
    "people.view": _("See the people of the organization"),
    "people.manage": _("Invite, edit, suspend and reactivate people"),
    "roles.view": _("See roles and the permission matrix"),
    "roles.manage": _("Give and take roles"),
    "api_keys.view": _("See service accounts and their API keys"),
    "api_keys.manage": _("Make service accounts, issue, rotate and revoke API keys"),
    "teams.view": _("See teams and their members"),
    "teams.manage": _("Create and edit teams and their members"),
    "projects.view": _("See projects"),
    "projects.manage": _("Create, edit and archive projects"),
    "audit.view": _("Read the audit log"),
    "settings.view": _("See the organization's settings"),
    "settings.manage": _("Change the organization's settings"),
    "clients.view": _("See clients"),
    "clients.create": _("Create clients"),
    "clients.edit": _("Edit clients"),
    "clients.archive": _("Archive clients and put them back"),
    "clients.merge": _("Merge clients that are one"),
    "clients.anonymise": _("Erase a client's personal data for good"),
    "products.view": _("See products and stages"),
    "products.edit": _("Edit products and stages"),
    "deals.view": _("See deals"),
    "deals.create": _("Create deals"),
    "deals.edit": _("Edit deals and move them through their states"),
    "deals.hand_over": _("Change who is credited, hand over what a colleague works on"),
    "discounts.approve": _("Approve discounts above the limit"),
    "files.view": _("See files"),
    "files.upload": _("Upload files"),
    "payments.view": _("See payments"),
    "payments.submit": _("Submit payments and edit one's own before a decision"),
    "payments.assign": _("Give payments to reviewers, and take them back"),
    "payments.apply": _("Apply the credit of clients to what they owe"),
    "payments.decide": _("Verify, reject and send back payments"),
    "returns.request": _(
        "Ask for refunds, reversals, write-offs and recoveries, report chargebacks"
    ),
    "returns.decide": _("Decide on refunds, reversals, chargebacks, write-offs and recoveries"),
    "returns.send": _("Note refunds as sent or failed"),
    "approvals.view": _("See approval policies"),
    "approvals.manage": _("Change approval policies"),
    "ledger.view": _("See accounts, entries and the trial balance"),
    "invoices.view": _("See invoices"),
    "invoices.create": _("Draft invoices"),
    "invoices.issue": _("Issue invoices"),
    "commissions.view": _("See commission lines and their explanations"),
    "plans.view": _("See commission plans"),
    "plans.manage": _("Write, submit and approve commission plans, assign people"),
    "analytics.view": _("See dashboards and figures"),
    "imports.run": _("Import data"),
}

ROLE_TEXTS: Mapping[str, Text] = {
    "owner": _("Everything of an administrator; transfers ownership, closes the organization."),
    "admin": _("People, roles, teams, settings, policies and plans; every screen."),
    "finance": _("Plans, periods, statements, payouts, reconciliation and the ledger."),
    "verifier": _("The queue: decides payments; reads deals and clients; invoices."),
    "team_lead": _("Reads and edits the team's clients and deals; approves large discounts."),
    "salesperson": _("Own clients, deals, payments, commission and figures."),
    "auditor": _("Reads everything, changes nothing."),
    "reviewer": _("A guest who only decides what is assigned to them."),
    "team_member": _("Reads what the team works on."),
}

AREAS: Mapping[str, Text] = {
    "organization": _("Organization"),
    "people": _("People"),
    "roles": _("Roles"),
    "api_keys": _("API keys"),
    "teams": _("Teams"),
    "projects": _("Projects"),
    "audit": _("Audit"),
    "settings": _("Settings"),
    "clients": _("Clients"),
    "products": _("Products"),
    "deals": _("Deals"),
    "discounts": _("Discounts"),
    "files": _("Files"),
    "payments": _("Payments"),
    "returns": _("Refunds and returns"),
    "approvals": _("Approval policies"),
    "ledger": _("Ledger"),
    "invoices": _("Invoices"),
    "commissions": _("Commission"),
    "plans": _("Commission plans"),
    "analytics": _("Figures"),
    "imports": _("Imports"),
}


def permission_text(name: str, fallback: str = "") -> Text:
    """Return what a permission lets a person do; one that nobody has named yet as it is."""
    return PERMISSION_TEXTS.get(name) or fallback or name


def role_text(code: str, fallback: str = "") -> Text:
    """Return what a role is for; roles of the organization's own say it themselves."""
    return ROLE_TEXTS.get(code) or fallback


def area_text(area: str) -> Text:
    """Return the name of an area of permissions."""
    return AREAS.get(area) or area.replace("_", " ").capitalize()
