"""Suspend, resume, close and reopen: each with a reason, kept in public and by the organization."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.organizations.events import (
    OrganizationClosed,
    OrganizationReopened,
    OrganizationResumed,
    OrganizationStatusEvent,
    OrganizationSuspended,
)
from shared_apps.organizations.models import Organization, Status
from shared_apps.organizations.selectors import as_tenant
from shared_apps.tenancy.context import WRITABLE_STATUSES, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory


class OrganizationNotRunning(DomainError):
    """Only a running organization can be suspended."""

    code = "organization_not_running"
    message = "Only a running organization can be suspended."


class OrganizationNotSuspended(DomainError):
    """The step is only open to a suspended organization."""

    code = "organization_not_suspended"
    message = "Only a suspended organization can be resumed or closed."


class OrganizationNotClosing(DomainError):
    """Only an organization that is being closed can be reopened."""

    code = "organization_not_closing"
    message = "Only an organization that is being closed can be reopened."


def suspend_organization(
    *, organization_id: UUID, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Stop every change to the organization's data; sign-in, reads and exports go on.

    Locks the row; records OrganizationSuspended in public and in the organization.
    Raises: OrganizationNotRunning, Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        row = _lock(organization_id, among=WRITABLE_STATUSES, refusal=OrganizationNotRunning)
        _move(row, Status.SUSPENDED, at=at)
        _record(OrganizationSuspended(organization_id=row.pk), row, by=by, at=at, reason=reason)


def resume_organization(
    *, organization_id: UUID, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Let the organization change its data again.

    Locks the row; records OrganizationResumed in public and in the organization.
    Raises: OrganizationNotSuspended, Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        row = _lock(organization_id, among={Status.SUSPENDED}, refusal=OrganizationNotSuspended)
        _move(row, Status.ACTIVE, at=at)
        _record(OrganizationResumed(organization_id=row.pk), row, by=by, at=at, reason=reason)


def close_organization(*, organization_id: UUID, by: Actor, at: datetime, reason: str) -> None:
    """Take a suspended organization off the net; its data stays, so it can be reopened.

    Locks the row; records OrganizationClosed in public and in the organization.
    Raises: OrganizationNotSuspended, ValidationFailed (no reason), Organization.DoesNotExist.
    """
    if not reason.strip():
        raise ValidationFailed.at("/reason", "Say why the organization is closed.")
    with use_platform(), transaction.atomic():
        row = _lock(organization_id, among={Status.SUSPENDED}, refusal=OrganizationNotSuspended)
        _move(row, Status.CLOSING, at=at)
        _record(OrganizationClosed(organization_id=row.pk), row, by=by, at=at, reason=reason)


def reopen_organization(
    *, organization_id: UUID, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Take back that an organization is closed; it is suspended then, and can be resumed.

    Locks the row; records OrganizationReopened in public and in the organization.
    Raises: OrganizationNotClosing, Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        row = _lock(organization_id, among={Status.CLOSING}, refusal=OrganizationNotClosing)
        _move(row, Status.SUSPENDED, at=at)
        _record(OrganizationReopened(organization_id=row.pk), row, by=by, at=at, reason=reason)


def raise_key_version(*, organization_id: UUID) -> int:
    """Make every token and session of the organization worthless; return the new version.

    Other processes hear of it within the seconds that hosts are remembered.
    Raises: Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        row = lock_organization(organization_id)
        version: int = row.key_version + 1
        Organization.objects.filter(pk=row.pk).update(key_version=version)
        transaction.on_commit(get_directory().forget)
    return version


def lock_organization(organization_id: UUID) -> Organization:
    """Return the row, locked until the transaction ends. Raises: Organization.DoesNotExist."""
    row: Organization = Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
    return row


def _lock(
    organization_id: UUID, *, among: Collection[str], refusal: type[DomainError]
) -> Organization:
    row = lock_organization(organization_id)
    if row.status not in among:
        raise refusal
    return row


def _move(row: Organization, status: Status, *, at: datetime) -> None:
    Organization.objects.filter(pk=row.pk).update(status=status, updated_at=at)
    transaction.on_commit(get_directory().forget)


def _record(
    event: OrganizationStatusEvent, row: Organization, *, by: Actor, at: datetime, reason: str
) -> None:
    """Write the event down where operators read and where the organization does."""
    before, after = {"status": row.status}, {"status": event.status}
    for place in (use_platform(), use_tenant(as_tenant(row))):
        with place:
            record(event, actor=by, at=at, before=before, after=after, reason=reason.strip())
