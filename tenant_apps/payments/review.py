"""Reads around the review of payments: the queue, who looks at what, and how long it takes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import working_time
from tenant_apps.access.scopes import has_permission
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.approvals.selectors import (
    deciders_of,
    decisions_by,
    decisions_of,
    lapsed_leases,
    live_lease_of,
    live_leases,
    subjects_closed_to,
    subjects_leased_to,
)
from tenant_apps.payments.models import Payment, PaymentEvidence, PaymentQuerySet, Status
from tenant_apps.payments.risk import HIGH, MEDIUM
from tenant_apps.payments.selectors import DECIDE, visible_payments, with_relations

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

DECIDED = (Status.VERIFIED, Status.REJECTED, Status.REVERSED)
FIGURES_OVER = timedelta(days=30)
MOST_MEASURED = 1000


@dataclass(frozen=True, kw_only=True)
class QueueFilters:
    """What the queue may be asked for; None asks nothing."""

    overdue: bool | None = None
    assigned_to_me: bool | None = None


def queue(*, viewer: "User", at: datetime, filters: QueueFilters | None = None) -> PaymentQuerySet:
    """Return the submitted payments that the viewer may decide now, the most urgent first.

    The order is age, where risk counts as age (risk.py). Left out are those that the viewer made,
    gains by or has decided in this round, and those of deals that the viewer owns or is credited
    on at any time, since the submission included. What another reviewer holds is shown, with the
    holder.
    """
    filters = filters or QueueFilters()
    payments = visible_payments(viewer, DECIDE, at=at).filter(status=Status.SUBMITTED)
    payments = payments.exclude(pk__in=subjects_closed_to(viewer.pk))
    payments = payments.exclude(deal__owner=viewer).exclude(deal__splits__payee=viewer)
    payments = payments.filter(_asked(filters, viewer, at))
    return with_relations(payments).order_by("queue_at", "pk")


def _asked(filters: QueueFilters, viewer: "User", at: datetime) -> Q:
    conditions = Q()
    if filters.overdue is not None:
        is_late = Q(review_due_at__lt=at)
        conditions &= is_late if filters.overdue else ~is_late
    if filters.assigned_to_me is not None:
        is_mine = Q(pk__in=subjects_leased_to(viewer.pk, at=at))
        conditions &= is_mine if filters.assigned_to_me else ~is_mine
    return conditions


@dataclass(frozen=True, slots=True)
class HeldReview:
    """Who looks at a payment, since when and until when."""

    reviewer: "User"
    taken_at: datetime
    expires_at: datetime
    is_assigned: bool


def held_reviews(*, at: datetime) -> dict[UUID, HeldReview]:
    """Return every review that is held at this moment, by payment. Two queries."""
    leases = list(live_leases(at=at))
    people = people_by_id(lease.reviewer_id for lease in leases)
    return {
        lease.subject_id: HeldReview(
            people[lease.reviewer_id],
            lease.taken_at,
            lease.expires_at,
            lease.taken_by_id != lease.reviewer_id,
        )
        for lease in leases
    }


def held_review(payment_id: UUID, *, at: datetime) -> HeldReview | None:
    """Return who looks at a payment at this moment, None when nobody does."""
    lease = live_lease_of(payment_id, at=at)
    if lease is None:
        return None
    reviewer = people_by_id([lease.reviewer_id])[lease.reviewer_id]
    is_assigned = lease.taken_by_id != lease.reviewer_id
    return HeldReview(reviewer, lease.taken_at, lease.expires_at, is_assigned)


def who_can_verify(payment_id: UUID, *, at: datetime) -> list["User"]:
    """Return the people who can decide on the payment next; nobody: invite a reviewer.

    A guest who only decides what is assigned to them counts while the assignment holds.
    """
    people = people_by_id(deciders_of(payment_id))
    held = held_review(payment_id, at=at)
    if held is not None and has_permission(held.reviewer, DECIDE):
        people[held.reviewer.pk] = held.reviewer
    return sorted(people.values(), key=lambda person: (person.full_name, person.pk))


def overdue_reviews(*, at: datetime) -> QuerySet[Payment]:
    """Return the submitted payments whose due time has passed and was not noted yet, by id."""
    late = Payment.objects.filter(
        status=Status.SUBMITTED, review_due_at__lt=at, overdue_noted_at=None
    )
    return late.order_by("pk")


def lapsed_reviews(*, at: datetime) -> dict[UUID, UUID]:
    """Return the reviewer of each submitted payment whose lease ran out without a decision."""
    leases = {lease.subject_id: lease.reviewer_id for lease in lapsed_leases(at=at)}
    waiting = Payment.objects.filter(pk__in=leases, status=Status.SUBMITTED).order_by("pk")
    return {pk: leases[pk] for pk in waiting.values_list("pk", flat=True)}


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueFigures:
    """The queue in figures. Times are the organization's working time, in whole seconds.

    `within_promise_percent`, median and 95th percentile are those of the payments decided in the
    last 30 days (the latest 1,000 of them), None where there are none.
    """

    waiting: int
    overdue: int
    high_risk: int
    medium_risk: int
    held: int
    oldest_submitted_at: datetime | None
    decided: int
    within_promise_percent: int | None
    median_s: int | None
    p95_s: int | None


def queue_figures(*, viewer: "User", at: datetime) -> QueueFigures:
    """Return the figures of what the viewer may decide, and of what was decided lately."""
    waiting = queue(viewer=viewer, at=at)
    counts = waiting.order_by().aggregate(
        waiting=Count("pk", distinct=True),
        overdue=Count("pk", filter=Q(review_due_at__lt=at), distinct=True),
        high_risk=Count("pk", filter=Q(risk_score__gte=HIGH), distinct=True),
        medium_risk=Count(
            "pk", filter=Q(risk_score__gte=MEDIUM, risk_score__lt=HIGH), distinct=True
        ),
        held=Count("pk", filter=Q(pk__in=live_leases(at=at).values("subject_id")), distinct=True),
    )
    oldest = waiting.order_by("submitted_at", "pk").values_list("submitted_at", flat=True).first()
    return QueueFigures(**counts, oldest_submitted_at=oldest, **_times_to_decision(viewer, at))


def _times_to_decision(viewer: "User", at: datetime) -> dict[str, Any]:
    decided = visible_payments(viewer, DECIDE, at=at).filter(
        status__in=DECIDED, decided_at__gt=at - FIGURES_OVER, submitted_at__isnull=False
    )
    latest = decided.order_by("-decided_at", "-pk")[:MOST_MEASURED]
    rows = list(latest.values_list("submitted_at", "decided_at", "review_due_at"))
    clock = working_time()
    seconds = sorted(
        int(clock.between(since, until).total_seconds())
        for since, until, _due in rows
        if since and until
    )
    kept = sum(1 for _since, until, due in rows if until and (due is None or until <= due))
    return {
        "decided": len(rows),
        "within_promise_percent": 100 * kept // len(rows) if rows else None,
        "median_s": _percentile(seconds, 50),
        "p95_s": _percentile(seconds, 95),
    }


def _percentile(ordered: list[int], percent: int) -> int | None:
    """Return the nearest-rank percentile."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None


@dataclass(frozen=True, kw_only=True)
class LoggedDecision:
    """One verifier's decision on a payment, as its readers see it."""

    actor: "User"
    verdict: str
    reason: str
    failure_reason: str
    evidence: str
    evidence_files: tuple[PaymentEvidence, ...]
    verified_amount: Money | None
    decided_at: datetime
    is_void: bool


def decision_log(payment_id: UUID) -> list[LoggedDecision]:
    """Return the decisions on a payment, oldest first, void ones included."""
    decisions = decisions_of(payment_id)
    people = people_by_id(decision.actor_id for decision in decisions)
    files: dict[UUID, list[PaymentEvidence]] = {}
    for each in (
        PaymentEvidence.objects.filter(payment_id=payment_id).select_related("file").order_by("pk")
    ):
        files.setdefault(each.decision_id, []).append(each)
    return [
        LoggedDecision(
            actor=people[decision.actor_id],
            verdict=decision.verdict,
            reason=decision.reason,
            failure_reason=decision.failure_reason,
            evidence=decision.evidence,
            evidence_files=tuple(files.get(decision.pk, ())),
            verified_amount=_money(decision.verified_amount, decision.currency),
            decided_at=decision.decided_at,
            is_void=decision.round_number != decision.request.round_number,
        )
        for decision in decisions
    ]


@dataclass(frozen=True, kw_only=True)
class OwnDecision:
    """A decision of the viewer's own on a payment."""

    payment: Payment
    verdict: str
    decided_at: datetime


def own_decisions(*, viewer: "User", since: datetime) -> list[OwnDecision]:
    """Return what the viewer has decided on payments since an instant, newest first. Two queries.

    Left out are payments that the viewer does not see any more, as guests do not.
    """
    decisions = decisions_by(viewer.pk, since=since)
    subjects = {decision.request.subject_id for decision in decisions}
    seen = with_relations(visible_payments(viewer)).filter(pk__in=subjects)
    payments = {payment.pk: payment for payment in seen.order_by("pk")}
    return [
        OwnDecision(
            payment=payments[decision.request.subject_id],
            verdict=decision.verdict,
            decided_at=decision.decided_at,
        )
        for decision in decisions
        if decision.request.subject_id in payments
    ]


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else money_of(amount, currency)
