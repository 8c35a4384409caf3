"""Carry a hand-over out: every app hands over its own, and says what had to stay."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.jobs.reports import RunReport, do_each
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.clients.services import hand_over_clients
from tenant_apps.deals.services import DealsToHandOver, hand_over_deals
from tenant_apps.handovers.events import WorkHandedOver
from tenant_apps.handovers.models import HandOver, HandOverStatus
from tenant_apps.handovers.selectors import due_hand_overs
from tenant_apps.payments.selectors import count_payments_without_deal
from tenant_apps.payments.services import hand_over_reviews
from tenant_apps.projects.services import hand_over_projects
from tenant_apps.teams.services import hand_over_teams, leave_all_teams

SCHEDULE = Actor.system("handovers")


class HandOverNotPlanned(DomainError):
    """It has happened, or was called off."""

    code, status = "hand_over_not_planned", 409
    message = "This hand-over has happened already, or was called off."


def lock_planned(hand_over_id: UUID) -> HandOver:
    """Return a planned hand-over, locked. Raises: HandOverNotPlanned, HandOver.DoesNotExist."""
    rows = HandOver.objects.select_for_update(no_key=True, of=("self",))
    hand_over = rows.get(pk=hand_over_id)
    if not hand_over.is_planned:
        raise HandOverNotPlanned
    return hand_over


@transaction.atomic
def carry_out_hand_over(*, hand_over_id: UUID, actor: Actor, at: datetime) -> HandOver:
    """Give the successor what the leaver works on; all of it, or what could not go is listed.

    Clients with their open next steps and the payments that no deal has, deals with their credit
    from the day on, reviews, projects, teams that the leaver leads. Locks the hand-over, then each
    object in the order of its kind; every object's own event tells who had it before. Records
    WorkHandedOver.
    Raises: HandOverNotPlanned, HandOver.DoesNotExist.
    """
    hand_over = lock_planned(hand_over_id)
    deals = hand_over_deals(
        asked=DealsToHandOver(
            leaver_id=hand_over.leaver_id,
            successor_id=hand_over.successor_id,
            valid_from=max(hand_over.effective_on, local_day_of(at)),
            takes_credit=hand_over.takes_credit,
            reason=_reason(hand_over),
        ),
        actor=actor,
        at=at,
    )
    given: dict[str, Any] = {
        "from_id": hand_over.leaver_id,
        "to_id": hand_over.successor_id,
        "actor": actor,
        "at": at,
    }
    clients = hand_over_clients(**given, reason=_reason(hand_over))
    moved = {
        "deals": len(deals.moved),
        "credited_deals": len(deals.credited),
        "clients": len(clients.client_ids),
        "next_steps": clients.next_steps,
        "payments": count_payments_without_deal(clients.client_ids),
        "reviews": hand_over_reviews(**given),
        "projects": hand_over_projects(**given),
        "teams": hand_over_teams(**given),
    }
    if hand_over.leaves:
        day = max(hand_over.effective_on, local_day_of(at))
        leave_all_teams(user_id=hand_over.leaver_id, on=day, by=actor, at=at)
    left = [{"kind": "deal", "code": code, "why": why} for code, why in deals.left]
    return _finish(hand_over, moved, left, actor=actor, at=at)


def carry_out_due(*, at: datetime) -> RunReport:
    """Carry out the planned hand-overs whose day has come, each in its own transaction.

    One that fails is logged and tried again by the next run.
    """

    def carry_out(hand_over_id: UUID) -> int:
        carry_out_hand_over(hand_over_id=hand_over_id, actor=SCHEDULE, at=at)
        return 1

    return do_each(due_hand_overs(today=local_day_of(at)), carry_out)


def _reason(hand_over: HandOver) -> str:
    return f"{hand_over.code}: {hand_over.reason}"


def _finish(
    hand_over: HandOver,
    moved: dict[str, int],
    left: list[dict[str, str]],
    *,
    actor: Actor,
    at: datetime,
) -> HandOver:
    hand_over.status, hand_over.done_at = HandOverStatus.DONE, at
    hand_over.moved, hand_over.left = moved, left
    changed = hand_over.mark_changed(by_id=actor.user_id, at=at)
    hand_over.save(update_fields=["status", "done_at", "moved", "left", *changed])
    event = WorkHandedOver(hand_over_id=hand_over.pk, successor_id=hand_over.successor_id)
    record(event, actor=actor, at=at, after={**moved, "left": len(left)})
    return hand_over
