"""Plan a hand-over for a day, carry it out at once when that day is today, or call it off."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, PermissionRefused, ValidationFailed
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.access.scopes import scope_of
from tenant_apps.accounts.selectors import active_people_among, people_by_id
from tenant_apps.deals.services import CreditsThemselves
from tenant_apps.documents.services import next_code
from tenant_apps.handovers.events import HandOverCancelled, HandOverPlanned
from tenant_apps.handovers.models import HandOver, HandOverStatus
from tenant_apps.handovers.selectors import HAND_OVER
from tenant_apps.handovers.services.carrying_out import (
    HandOverNotPlanned,
    carry_out_hand_over,
    lock_planned,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class HandOverAlreadyPlanned(DomainError):
    """Another hand-over of this person's work is planned."""

    code, status = "hand_over_already_planned", 409
    message = "A hand-over of this person's work is planned already; cancel it first."


@dataclass(frozen=True, kw_only=True, slots=True)
class NewHandOver:
    """Whose work goes to whom, from which day (None: today) and why."""

    leaver_id: UUID
    successor_id: UUID
    reason: str
    effective_on: date | None = None
    takes_credit: bool = True
    leaves: bool = True


@transaction.atomic
def plan_hand_over(*, new: NewHandOver, by: "User", at: datetime) -> HandOver:
    """Plan a hand-over; when its day is today it happens now. Holds the HO counter.

    Records HandOverPlanned, and what carry_out_hand_over records.
    Raises: HandOverAlreadyPlanned, CreditsThemselves, PermissionRefused, ValidationFailed.
    """
    today = local_day_of(at)
    effective_on = new.effective_on or today
    _check(new, effective_on, by=by, today=today)
    code = next_code("HO")
    if HandOver.objects.filter(leaver=new.leaver_id, status=HandOverStatus.PLANNED).exists():
        raise HandOverAlreadyPlanned
    hand_over = HandOver.objects.create(
        code=code,
        leaver_id=new.leaver_id,
        successor_id=new.successor_id,
        effective_on=effective_on,
        takes_credit=new.takes_credit,
        leaves=new.leaves,
        reason=new.reason.strip(),
        created_by_id=by.pk,
        updated_by_id=by.pk,
        created_at=at,
        updated_at=at,
    )
    event = HandOverPlanned(hand_over_id=hand_over.pk, effective_on=effective_on)
    after = {"leaver_id": new.leaver_id, "successor_id": new.successor_id}
    record(event, actor=by.actor, at=at, after=after, reason=hand_over.reason)
    if effective_on <= today:
        return carry_out_hand_over(hand_over_id=hand_over.pk, actor=by.actor, at=at)
    return hand_over


@transaction.atomic
def cancel_hand_over(*, hand_over_id: UUID, by: "User", at: datetime) -> HandOver:
    """Call a planned hand-over off. Locks its row; records HandOverCancelled.

    Raises: HandOverNotPlanned, HandOver.DoesNotExist.
    """
    hand_over = lock_planned(hand_over_id)
    hand_over.status = HandOverStatus.CANCELLED
    hand_over.save(update_fields=["status", *hand_over.mark_changed(by_id=by.pk, at=at)])
    record(HandOverCancelled(hand_over_id=hand_over.pk), actor=by.actor, at=at)
    return hand_over


def _check(new: NewHandOver, effective_on: date, *, by: "User", today: date) -> None:
    if not new.reason.strip():
        raise ValidationFailed.at("/reason", "Say why the work is handed over.", code="required")
    if effective_on < today:
        message = "Work is handed over from today on at the earliest; what was before stays."
        raise ValidationFailed.at("/effective_on", message)
    _check_people(new, by=by)
    if new.takes_credit and new.successor_id == by.pk:
        raise CreditsThemselves


def _check_people(new: NewHandOver, *, by: "User") -> None:
    scope = scope_of(by, HAND_OVER)
    for name, user_id in (("leaver", new.leaver_id), ("successor", new.successor_id)):
        if user_id not in people_by_id([user_id]):
            raise ValidationFailed.at(f"/{name}", "There is no such person.", code="not_found")
        if not scope.covers(user_id):
            raise PermissionRefused("Both people have to be yours: of a team that you lead.")
    if new.leaver_id == new.successor_id:
        raise ValidationFailed.at("/successor", "Name somebody else.")
    if not active_people_among([new.successor_id]):
        message = "This person cannot sign in; choose somebody who can."
        raise ValidationFailed.at("/successor", message, code="not_active")


__all__ = [
    "HandOverAlreadyPlanned",
    "HandOverNotPlanned",
    "NewHandOver",
    "cancel_hand_over",
    "plan_hand_over",
]
