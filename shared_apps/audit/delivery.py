"""Carry out what later reactions owe: each effect once, whatever dies in between."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from shared_apps.audit.announcing import announce, mark_clean, mark_dirty
from shared_apps.audit.codec import decode
from shared_apps.audit.models import Delivery, DeliveryState, EventRecord
from shared_apps.audit.registry import event_class, reaction_named
from shared_apps.audit.request import RequestInfo, use_request_info
from shared_apps.kernel.events import Actor, Occurrence

MAX_ATTEMPTS = 12
FIRST_DELAY_S = 5
LONGEST_DELAY_S = 3600
LEASE_MARGIN_S = 120
ANNOUNCED_AGAIN_AFTER_S = 120
SWEEP_BATCH = 500
ERROR_LENGTH = 2000

OWED = Q(state__in=[DeliveryState.READY, DeliveryState.LEASED])
DUE = Q(state=DeliveryState.READY) | Q(state=DeliveryState.LEASED, lease_until__lte=Now())

log = structlog.get_logger(__name__)
_random = secrets.SystemRandom()


class LeaseLost(RuntimeError):
    """Another worker has taken the delivery over; this one's effect must not be kept."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's right to carry a delivery out, until the lease ends or is taken over."""

    delivery_id: UUID
    generation: int
    attempt: int


def deliver(*, delivery_id: UUID) -> bool:
    """Carry out one owed reaction. Returns whether its effect was committed by this call.

    Claims the row in a transaction of its own, then commits effect and done-mark together. An error
    of the reaction is noted on the row, which becomes due again later, or dead after 12 attempts.
    """
    claim = claim_delivery(delivery_id=delivery_id)
    if claim is None:
        return False
    try:
        carry_out(claim=claim)
    except LeaseLost:
        log.warning("delivery_lease_lost", delivery=str(delivery_id))
        return False
    except Exception as error:  # noqa: BLE001  whatever a reaction raises is retried and harms no other
        _note_failure(claim, error)
        return False
    return True


@transaction.atomic
def claim_delivery(*, delivery_id: UUID) -> Claim | None:
    """Lease a due delivery to this worker, or return None: settled, leased or locked by another.

    The attempt is counted here, so that a reaction which kills its worker wears out as well.
    """
    row = (
        Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .filter(DUE, pk=delivery_id)
        .first()
    )
    if row is None:
        return None
    if row.attempts >= MAX_ATTEMPTS:
        _settle(row.pk, row.generation, DeliveryState.DEAD, error="No worker survived it.")
        return None
    Delivery.objects.filter(pk=row.pk).update(
        state=DeliveryState.LEASED,
        generation=F("generation") + 1,
        attempts=F("attempts") + 1,
        lease_until=Now() + lease_duration(),
    )
    return Claim(row.pk, generation=row.generation + 1, attempt=row.attempts + 1)


@transaction.atomic
def carry_out(*, claim: Claim) -> None:
    """Run the reaction and mark the delivery done, in one transaction.

    The row stays locked meanwhile: a sweep skips it even when the lease has run out under a slow
    reaction. Raises: LeaseLost, and whatever the reaction raises.
    """
    row = (
        Delivery.objects.select_for_update(no_key=True, of=("self",))
        .select_related("event")
        .filter(pk=claim.delivery_id, generation=claim.generation, state=DeliveryState.LEASED)
        .first()
    )
    if row is None:
        raise LeaseLost(str(claim.delivery_id))
    with use_request_info(RequestInfo(request_id=row.event.request_id, ip=row.event.ip)):
        _react(row.event, row.reaction)
    if not _settle(claim.delivery_id, claim.generation, DeliveryState.DONE):
        raise LeaseLost(str(claim.delivery_id))


def sweep() -> int:
    """Announce again what is owed and due here; return how many. Run it under a tenant.

    Takes the tenant off the dirty list first and puts it back when anything is still owed: an event
    that commits in between has put it back itself.
    """
    mark_clean()
    if not Delivery.objects.filter(OWED).exists():
        return 0
    mark_dirty()
    due = _take_due()
    announce(due)
    return len(due)


@transaction.atomic
def replay(*, delivery_id: UUID) -> bool:
    """Give a dead delivery its attempts back and announce it. Returns whether it was dead."""
    revived = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.DEAD).update(
        state=DeliveryState.READY, attempts=0, settled_at=None, next_attempt_at=Now()
    )
    if revived:
        transaction.on_commit(lambda: announce([delivery_id]))
    return bool(revived)


def lease_duration() -> timedelta:
    """Return how long a claim holds: longer than any task may run, so only the dead lose theirs."""
    return timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + LEASE_MARGIN_S)


def delay_before_attempt(*, attempt: int) -> timedelta:
    """Return the wait before the attempt after number `attempt`: doubling, capped, with jitter."""
    longest = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (attempt - 1))
    return timedelta(seconds=_random.uniform(longest / 2, longest))


@transaction.atomic
def _take_due() -> list[UUID]:
    """Return the due ids and put their next announcement off: a backlog is not sent twice."""
    due = list(
        Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .filter(DUE, next_attempt_at__lte=Now())
        .order_by("next_attempt_at", "id")
        .values_list("pk", flat=True)[:SWEEP_BATCH]
    )
    Delivery.objects.filter(pk__in=due).update(
        next_attempt_at=Now() + timedelta(seconds=ANNOUNCED_AGAIN_AFTER_S)
    )
    return due


def _react(record: EventRecord, reaction_name: str) -> None:
    actor = Actor(
        kind=record.actor_kind,
        id=record.actor_id,
        label=record.actor_label,
        on_behalf_of=record.on_behalf_of,
    )
    occurrence = Occurrence(event_id=record.id, recorded_at=record.recorded_at, actor=actor)
    event = decode(event_class(record.name), record.payload)
    reaction_named(reaction_name)(event, occurrence)


def _note_failure(claim: Claim, error: Exception) -> None:
    is_dead = claim.attempt >= MAX_ATTEMPTS
    text = f"{type(error).__name__}: {error}".replace("\x00", "")[:ERROR_LENGTH]
    log.error(
        "delivery_failed",
        delivery=str(claim.delivery_id),
        attempt=claim.attempt,
        dead=is_dead,
        exc_info=error,
    )
    state = DeliveryState.DEAD if is_dead else DeliveryState.READY
    _settle(claim.delivery_id, claim.generation, state, error=text, attempt=claim.attempt)


def _settle(
    delivery_id: UUID, generation: int, state: DeliveryState, *, error: str = "", attempt: int = 1
) -> bool:
    """Move the row on unless another generation owns it; return whether it was still ours."""
    changes: dict[str, object] = {"state": state, "lease_until": None, "last_error": error}
    if state == DeliveryState.READY:
        changes["next_attempt_at"] = Now() + delay_before_attempt(attempt=attempt)
    else:
        changes["settled_at"] = Now()
    ours: models.QuerySet[Delivery] = Delivery.objects.filter(pk=delivery_id, generation=generation)
    return bool(ours.update(**changes))
