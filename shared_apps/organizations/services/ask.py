"""Somebody asks for an organization in a browser: a worker founds it, whoever is still there."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.audit.announcing import send_to_platform
from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.organizations.events import OrganizationRequested, OrganizationRetried
from shared_apps.organizations.models import Organization
from shared_apps.organizations.selectors import UNFINISHED
from shared_apps.organizations.services.checking import FirstOwner
from shared_apps.organizations.services.claim import OrganizationAlreadyProvisioned
from shared_apps.organizations.services.lifecycle import lock_organization
from shared_apps.organizations.services.request import NewOrganization, request_organization
from shared_apps.tenancy.context import on_commit, use_platform

PROVISION = "organizations.provision"


def ask_for_organization(
    new: NewOrganization, *, owner: FirstOwner, by: Actor, at: datetime, reason: str = ""
) -> Organization:
    """Write an organization and its owner down and have a worker found it, at once or soon.

    Records OrganizationRequested in public. Raises: ValidationFailed, SlugTaken.
    """
    with use_platform(), transaction.atomic():
        organization = request_organization(new, owner=owner)
        event = OrganizationRequested(organization_id=organization.pk, slug=new.slug)
        record(event, actor=by, at=at, reason=reason.strip())
        on_commit(lambda: send_to_platform(PROVISION, str(organization.pk)))
    return organization


def retry_provisioning(*, organization_id: UUID, by: Actor, at: datetime, reason: str = "") -> None:
    """Have a worker try once more to found an organization. Records OrganizationRetried in public.

    Raises: OrganizationAlreadyProvisioned, Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        row = lock_organization(organization_id)
        if row.status not in UNFINISHED:
            raise OrganizationAlreadyProvisioned
        event = OrganizationRetried(organization_id=organization_id)
        record(event, actor=by, at=at, reason=reason)
        on_commit(lambda: send_to_platform(PROVISION, str(organization_id)))
