"""Writes about organizations, by verb."""

from shared_apps.organizations.services.lifecycle import (
    resume_organization,
    suspend_organization,
)
from shared_apps.organizations.services.provision import (
    FirstOwner,
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
    "SlugTaken",
    "provision_organization",
    "request_organization",
    "resume_organization",
    "suspend_organization",
]
