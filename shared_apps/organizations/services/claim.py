"""The right to provision an organization: one worker at a time, and never for ever."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from shared_apps.kernel.errors import DomainError
from shared_apps.organizations.models import BuiltBy, Organization, Provisioning, Status
from shared_apps.organizations.selectors import UNCLAIMED, UNFINISHED
from shared_apps.organizations.services.checking import FirstOwner
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.directory import get_directory

# A replay takes a fraction of a second, the migrations of one schema seconds: a lease that runs out
# belonged to a dead worker. One that only slept finds its generation gone and commits nothing.
LEASE = timedelta(minutes=1)
LEASE_FOR_MIGRATIONS = timedelta(minutes=15)
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
MAX_ATTEMPTS = 8
TEXT_LENGTH = 2000


class OrganizationAlreadyProvisioned(DomainError):
    """The organization is complete."""

    code = "organization_already_provisioned"
    message = "This organization is already provisioned."


class ProvisioningUnderWay(DomainError):
    """Another process provisions the organization now."""

    code = "provisioning_under_way"
    message = "Another process provisions this organization; look again in a minute."

    @classmethod
    def by(cls, row: Provisioning) -> "ProvisioningUnderWay":
        """Return the error with who is at it and until when it is waited for."""
        if row.lease_until is None:
            return cls()
        return cls(
            f"Process {row.leased_by} provisions this organization. Should it be dead, "
            f"others go on from {row.lease_until.astimezone(UTC):%H:%M:%S} UTC; the worker does."
        )


class ProvisioningTakenOver(RuntimeError):
    """The lease ran out and another process has the organization; nothing may be kept."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One worker's right to provision an organization, until it is taken over."""

    organization_id: UUID
    generation: int
    attempt: int
    owner: FirstOwner


def write_down(organization_id: UUID, owner: FirstOwner | None) -> None:
    """Note that an organization is to be provisioned, unless it is noted; joins the transaction.

    The sweep leaves it alone for as long as a lease: whoever asked is about to provision it.
    """
    row = Provisioning(organization_id=organization_id, next_attempt_at=Now() + LEASE)
    _name_owner(row, owner)
    Provisioning.objects.bulk_create([row], ignore_conflicts=True)


def claim_provisioning(*, organization_id: UUID, owner: FirstOwner | None = None) -> Claim:
    """Lease the provisioning of an organization to this process; locks its row.

    The attempt is counted here, so that a provisioning which kills its worker wears out as well.
    Raises: OrganizationAlreadyProvisioned, ProvisioningUnderWay, Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        write_down(organization_id, owner)
        row = (
            Provisioning.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(UNCLAIMED, pk=organization_id)
            .first()
        )
        if Organization.objects.get(pk=organization_id).status not in UNFINISHED:
            raise OrganizationAlreadyProvisioned
        if row is None:
            raise ProvisioningUnderWay.by(Provisioning.objects.get(pk=organization_id))
        _name_owner(row, owner)
        return _lease(row)


@contextmanager
def step(claim: Claim) -> Iterator[None]:
    """Open the transaction of one step, on the platform; the row stays locked until its end.

    So nobody takes over within a step. Raises: ProvisioningTakenOver.
    """
    with use_platform(), transaction.atomic():
        held = _held(claim).select_for_update(no_key=True).values_list("pk", flat=True)
        if not list(held):
            raise ProvisioningTakenOver(str(claim.organization_id))
        yield


def prolong(claim: Claim) -> None:
    """Hold on for as long as migrations may take. Raises: ProvisioningTakenOver."""
    with use_platform():
        if not _held(claim).update(lease_until=Now() + LEASE_FOR_MIGRATIONS):
            raise ProvisioningTakenOver(str(claim.organization_id))


def note_fallback(claim: Claim, reason: str) -> None:
    """Write down why the migrations build the schema, before they do, and hold on meanwhile.

    A second attempt keeps the first reason: that it found a half made schema explains nothing.
    Raises: ProvisioningTakenOver.
    """
    prolong(claim)
    with use_platform():
        _held(claim).exclude(built_by=BuiltBy.MIGRATIONS).update(
            built_by=BuiltBy.MIGRATIONS, note=reason[:TEXT_LENGTH]
        )


def note_built(claim: Claim, *, by: BuiltBy, ms: int) -> None:
    """Write down how the schema came about; joins the step's transaction."""
    with use_platform():
        _held(claim).update(built_by=by, built_ms=ms)


def note_open(claim: Claim) -> None:
    """Open the host and forget the owner's name; joins the step's transaction."""
    with use_platform():
        _set_status(claim, Status.ACTIVE)
        _held(claim).update(
            finished_at=Now(),
            lease_until=None,
            leased_by="",
            owner_email="",
            owner_first_name="",
            owner_last_name="",
        )
        transaction.on_commit(get_directory().forget)


def note_failure(claim: Claim, error: Exception) -> None:
    """Write down why it failed and when to try again, unless another process has taken over."""
    said = error.explained if isinstance(error, DomainError) else str(error)
    failure = f"{type(error).__name__}: {said}".replace("\x00", "")[:TEXT_LENGTH]
    with use_platform(), transaction.atomic():
        is_ours = _held(claim).update(
            lease_until=None, leased_by="", next_attempt_at=Now() + _delay_after(claim.attempt)
        )
        if is_ours:
            _set_status(claim, Status.FAILED, failure=failure)


def _name_owner(row: Provisioning, owner: FirstOwner | None) -> None:
    if owner is not None:
        row.owner_email = owner.email
        row.owner_first_name = owner.first_name
        row.owner_last_name = owner.last_name


def _lease(row: Provisioning) -> Claim:
    row.generation += 1
    row.attempts += 1
    row.lease_until = Now() + LEASE
    row.leased_by = f"{socket.gethostname()}:{os.getpid()}"[:120]
    row.finished_at = None
    row.save(force_update=True)
    Organization.objects.filter(pk=row.pk).update(
        status=Status.PROVISIONING, failure="", updated_at=Now()
    )
    return Claim(
        organization_id=row.pk,
        generation=row.generation,
        attempt=row.attempts,
        owner=FirstOwner(
            email=row.owner_email,
            first_name=row.owner_first_name,
            last_name=row.owner_last_name,
        ),
    )


def _held(claim: Claim) -> QuerySet[Provisioning]:
    return Provisioning.objects.filter(pk=claim.organization_id, generation=claim.generation)


def _set_status(claim: Claim, status: Status, *, failure: str = "") -> None:
    Organization.objects.filter(pk=claim.organization_id).update(
        status=status, failure=failure, updated_at=Now()
    )


def _delay_after(attempt: int) -> timedelta:
    doublings = min(attempt, MAX_ATTEMPTS) - 1
    return min(LONGEST_DELAY, FIRST_DELAY * (1 << doublings))
