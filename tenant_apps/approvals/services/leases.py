"""Hold a subject for review. The caller holds the subject's own lock."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenant_apps.approvals.models import ReviewLease


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLease:
    """Who reviews until when, and who said so: the reviewer, or whoever assigns them."""

    reviewer_id: UUID
    taken_by_id: UUID
    expires_at: datetime


def take_lease(*, subject_id: UUID, lease: NewLease, at: datetime) -> None:
    """Put a new lease in the place of the latest one, whoever holds that."""
    ReviewLease.objects.update_or_create(
        subject_id=subject_id,
        defaults={
            "reviewer_id": lease.reviewer_id,
            "taken_by_id": lease.taken_by_id,
            "expires_at": lease.expires_at,
            "taken_at": at,
            "ended_at": None,
        },
    )


def end_lease(*, subject_id: UUID, at: datetime) -> bool:
    """End the lease on a subject when one is open; return whether there was one."""
    ended = ReviewLease.objects.filter(subject_id=subject_id, ended_at=None).update(ended_at=at)
    return bool(ended)
