"""Reads of hand-overs: whoever may hand over for the leaver sees them."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet

from tenant_apps.access.scopes import scope_of
from tenant_apps.handovers.models import HandOver, HandOverStatus

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

HAND_OVER = "deals.hand_over"


def list_hand_overs(*, viewer: "User", status: str | None = None) -> QuerySet[HandOver]:
    """Return the hand-overs of people within the viewer's scope, and those that they made.

    The newest first. Raises: PermissionRefused.
    """
    hand_overs = _visible(viewer).select_related("leaver", "successor")
    if status is not None:
        hand_overs = hand_overs.filter(status=status)
    return hand_overs.order_by("-created_at", "-pk")


def get_hand_over(*, reference: UUID | str, viewer: "User") -> HandOver:
    """Return one by id or code. Raises: HandOver.DoesNotExist, PermissionRefused."""
    is_it = Q(pk=reference) if isinstance(reference, UUID) else Q(code=reference)
    return _visible(viewer).select_related("leaver", "successor").get(is_it)


def _visible(viewer: "User") -> QuerySet[HandOver]:
    scope = scope_of(viewer, HAND_OVER)
    if scope.user_ids is None:
        return HandOver.objects.all()
    return HandOver.objects.filter(Q(leaver__in=scope.user_ids) | Q(created_by_id=viewer.pk))


def due_hand_overs(*, today: date) -> list[UUID]:
    """Return the planned hand-overs whose day has come, the earliest first."""
    due = HandOver.objects.filter(status=HandOverStatus.PLANNED, effective_on__lte=today)
    return list(due.order_by("effective_on", "pk").values_list("pk", flat=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOverFacts:
    """What those who are told of a hand-over need to know."""

    code: str
    leaver: str
    reason: str
    deals: int
    clients: int
    left: int


def hand_over_facts(hand_over_id: UUID) -> HandOverFacts:
    """Return the facts of one hand-over, whoever asks. Raises: HandOver.DoesNotExist."""
    found = HandOver.objects.select_related("leaver").get(pk=hand_over_id)
    return HandOverFacts(
        code=found.code,
        leaver=found.leaver.full_name,
        reason=found.reason,
        deals=found.moved.get("deals", 0),
        clients=found.moved.get("clients", 0),
        left=len(found.left),
    )
