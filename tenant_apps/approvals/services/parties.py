"""On which side a person stands; the key of Party holds it under concurrency."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import DomainError
from tenant_apps.approvals.models import ApprovalRequest, Party, Side


class MakerIsChecker(DomainError):
    """One person would stand on both sides of one object."""

    code, status = "maker_is_checker", 403
    message = (
        "Who made this, changed it or gains by it does not decide on it, and who decided does not"
        " change it."
    )


def add_party(*, object_id: UUID, user_id: UUID, side: str) -> None:
    """Put a person on a side of an object; a maker who is also interested stays a maker.

    Raises: MakerIsChecker when the person stands on the other side.
    """
    add_parties(object_id=object_id, user_ids=[user_id], side=side)


@transaction.atomic
def add_parties(*, object_id: UUID, user_ids: Iterable[UUID], side: str) -> None:
    """Put people on a side of an object. Waits for a concurrent insert of the same person.

    Raises: MakerIsChecker when one of them stands on the other side.
    """
    people = sorted(set(user_ids))
    Party.objects.bulk_create(
        [Party(object_id=object_id, user_id=user_id, side=side) for user_id in people],
        ignore_conflicts=True,
    )
    refuse_other_side(object_id=object_id, user_ids=people, side=side)


def refuse_other_side(*, object_id: UUID, user_ids: Iterable[UUID], side: str) -> None:
    """Refuse a side of an object to people of whom one stands on the other.

    Raises: MakerIsChecker.
    """
    stands = Party.objects.filter(object_id=object_id, user_id__in=list(user_ids))
    if side == Side.CHECKER:
        stands = stands.exclude(side=Side.CHECKER)
    else:
        stands = stands.filter(side=Side.CHECKER)
    if stands.exists():
        raise MakerIsChecker


@transaction.atomic
def add_interested(*, context_id: UUID, user_ids: Iterable[UUID]) -> None:
    """Put people on the interested side of everything that belongs to an object (a deal).

    Raises: MakerIsChecker when one of them has decided on any of it.
    """
    people = list(user_ids)
    subjects = ApprovalRequest.objects.filter(context_id=context_id).order_by("subject_id")
    for subject_id in subjects.values_list("subject_id", flat=True):
        add_parties(object_id=subject_id, user_ids=people, side=Side.INTERESTED)
