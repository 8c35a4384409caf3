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
    "change_organization",
    "provision_due",
    "provision_organization",
    "raise_key_version",
    "request_organization",
    "resume_organization",
    "suspend_organization",
]
