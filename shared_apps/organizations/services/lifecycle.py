"""Suspend and resume."""

from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import DomainError
from shared_apps.organizations.models import Organization, Status
from shared_apps.tenancy.context import WRITABLE_STATUSES, use_platform
from shared_apps.tenancy.directory import get_directory


class OrganizationNotRunning(DomainError):
    """Only a running organization can be suspended."""

    code = "organization_not_running"
    message = "Only a running organization can be suspended."


class OrganizationNotSuspended(DomainError):
    """Only a suspended organization can be resumed."""

    code = "organization_not_suspended"
    message = "Only a suspended organization can be resumed."


def suspend_organization(*, organization_id: UUID) -> None:
    """Stop every change to the organization's data; sign-in, reads and exports go on.

    Raises: OrganizationNotRunning, Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        row = _lock(organization_id)
        if row.status not in WRITABLE_STATUSES:
            raise OrganizationNotRunning
        _save_status(row, Status.SUSPENDED)


def resume_organization(*, organization_id: UUID) -> None:
    """Let the organization change its data again.

    Raises: OrganizationNotSuspended, Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        row = _lock(organization_id)
        if row.status != Status.SUSPENDED:
            raise OrganizationNotSuspended
        _save_status(row, Status.ACTIVE)


def raise_key_version(*, organization_id: UUID) -> int:
    """Make every token and session of the organization worthless; return the new version.

    Other processes hear of it within the seconds that hosts are remembered.
    Raises: Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        row = _lock(organization_id)
        version: int = row.key_version + 1
        Organization.objects.filter(pk=row.pk).update(key_version=version)
        transaction.on_commit(get_directory().forget)
    return version


def _lock(organization_id: UUID) -> Organization:
    row: Organization = Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
    return row


def _save_status(row: Organization, status: Status) -> None:
    Organization.objects.filter(pk=row.pk).update(status=status)
    transaction.on_commit(get_directory().forget)
