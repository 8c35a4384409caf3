"""Writes about organizations, by verb."""

from shared_apps.organizations.services.change import (
    OrganizationChanges,
    change_organization,
)
from shared_apps.organizations.services.claim import (
    FirstOwner,
    OrganizationAlreadyProvisioned,
    ProvisioningUnderWay,
)
from shared_apps.organizations.services.hints import (
    ask_for_workspaces,
    drop_hint,
    keep_hint,
    mail_workspaces,
    replace_hints,
)
from shared_apps.organizations.services.lifecycle import (
    raise_key_version,
    resume_organization,
    suspend_organization,
)
from shared_apps.organizations.services.provision import (
    provision_due,
    provision_organization,
)
from shared_apps.organizations.services.request import (
    NewOrganization,
    SlugTaken,
    request_organization,
)

__all__ = [
    "FirstOwner",
    "NewOrganization",
    "OrganizationAlreadyProvisioned",
    "OrganizationChanges",
    "ProvisioningUnderWay",
    "SlugTaken",
    "ask_for_workspaces",
    "change_organization",
    "drop_hint",
    "keep_hint",
    "mail_workspaces",
    "provision_due",
    "provision_organization",
    "raise_key_version",
    "replace_hints",
    "request_organization",
    "resume_organization",
    "suspend_organization",
]
