"""Reads of policies, requests, decisions and parties."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.access.scopes import people_with
from tenant_apps.approvals.models import (
    ApprovalRequest,
    Decision,
    Party,
    Policy,
    PolicyStep,
    RequestStatus,
    ReviewLease,
    Side,
    Verdict,
)


class DecisionCount(NamedTuple):
    """How often one person decided on what two others (or one) submitted and wrote."""

    subject_type: str
    submitter_id: UUID
    author_id: UUID
    actor_id: UUID
    number: int
    approvals: int
    last_at: datetime


def list_policies(*, subject_type: str | None = None) -> QuerySet[Policy]:
    """Return the policies in force and those proposed, with their steps, in the order of asking."""
    policies = Policy.objects.filter(archived_at=None).prefetch_related("steps")
    if subject_type:
        policies = policies.filter(subject_type=subject_type)
    return policies.order_by("subject_type", "-priority", "pk")


def policies_in_force(subject_type: str) -> QuerySet[Policy]:
    """Return the policies that a new subject of a kind is held against, in the order of asking."""
    policies = Policy.objects.filter(subject_type=subject_type, archived_at=None, is_proposed=False)
    return policies.order_by("-priority", "pk")


def get_policy(*, policy_id: UUID) -> Policy:
    """Return a policy, retired ones included. Raises: Policy.DoesNotExist."""
    return Policy.objects.prefetch_related("steps").get(pk=policy_id)


def find_request(subject_id: UUID) -> ApprovalRequest | None:
    """Return the request about a subject, if one was ever opened."""
    return ApprovalRequest.objects.filter(subject_id=subject_id).first()


def deciders_of(subject_id: UUID) -> list[UUID]:
    """Return who can decide next, in order of id.

    They hold the step's permission, neither made the subject nor gain by it, and have not decided
    in this round. Empty when nobody can, or when there is nothing to decide.
    """
    request = find_request(subject_id)
    step = next_step(request) if request and request.is_pending else None
    if request is None or step is None:
        return []
    makers = Party.objects.filter(object_id=subject_id).exclude(side=Side.CHECKER)
    barred = set(makers.values_list("user_id", flat=True))
    barred |= set(current_decisions(request).values_list("actor_id", flat=True))
    return sorted(set(people_with(step.permission)) - barred)


def subjects_closed_to(user_id: UUID) -> QuerySet[Party, UUID]:
    """Return the ids of subjects that the person may not decide now, for use in a subquery.

    Those that they made or gain by, and those that they decided in the current round.
    """
    barred = Party.objects.filter(user_id=user_id).exclude(side=Side.CHECKER)
    decided = ApprovalRequest.objects.filter(
        decisions__actor_id=user_id, decisions__round_number=F("round_number")
    )
    return barred.values_list("object_id", flat=True).union(
        decided.values_list("subject_id", flat=True), all=True
    )


def next_step(request: ApprovalRequest) -> PolicyStep | None:
    """Return the first step of the policy that lacks approvals in this round."""
    given: dict[UUID, int] = {}
    for decision in current_approvals(request):
        given[decision.step_id] = given.get(decision.step_id, 0) + 1
    steps = PolicyStep.objects.filter(policy_id=request.policy_id).order_by("position", "pk")
    return next((step for step in steps if given.get(step.pk, 0) < step.approvals_needed), None)


def current_decisions(request: ApprovalRequest) -> QuerySet[Decision]:
    """Return the decisions on the request's current content."""
    return request.decisions.filter(round_number=request.round_number).order_by("pk")


def current_approvals(request: ApprovalRequest) -> QuerySet[Decision]:
    """Return the approvals that count: those of the request's current round."""
    return current_decisions(request).filter(verdict=Verdict.APPROVE)


def decisions_of(subject_id: UUID) -> list[Decision]:
    """Return every decision on a subject, oldest first; each with its `request`.

    A decision is void when its `round_number` is not the request's.
    """
    decisions = Decision.objects.filter(request__subject_id=subject_id)
    return list(decisions.select_related("request").order_by("pk"))


def decisions_by(actor_id: UUID, *, since: datetime) -> list[Decision]:
    """Return what a person has decided since an instant, newest first; each with its `request`."""
    decisions = Decision.objects.filter(actor_id=actor_id, decided_at__gte=since)
    return list(decisions.select_related("request").order_by("-decided_at", "-pk"))


def decisions_between(*, since: datetime, until: datetime) -> QuerySet[Decision]:
    """Return every decision with since <= t < until, the newest first, with its request."""
    rows = Decision.objects.filter(decided_at__gte=since, decided_at__lt=until)
    return rows.select_related("request").order_by("-decided_at", "-pk")


def decisions_of_makers(*, since: datetime, until: datetime) -> QuerySet[Decision]:
    """Return the decisions of people on what they submitted or wrote: there should be none."""
    own = Q(actor_id=F("submitter_id")) | Q(actor_id=F("author_id"))
    return decisions_between(since=since, until=until).filter(own)


def count_decisions(*, since: datetime, until: datetime) -> list[DecisionCount]:
    """Return how often who decided on whose subjects, since <= t < until. One query."""
    grouped = (
        decisions_between(since=since, until=until)
        .order_by()
        .values_list("request__subject_type", "submitter_id", "author_id", "actor_id")
    )
    rows = grouped.annotate(
        number=Count("pk"),
        approvals=Count("pk", filter=Q(verdict=Verdict.APPROVE)),
        last_at=Max("decided_at"),
    )
    return [DecisionCount(*row) for row in rows]


def policies_among(ids: Collection[UUID]) -> QuerySet[Policy]:
    """Return the policies with these ids, whoever asks: what the audit log calls them."""
    return Policy.objects.filter(pk__in=ids).order_by("pk")


def policies_by_id(ids: Iterable[UUID]) -> dict[UUID, Policy]:
    """Return these policies, retired ones too, by id. One query."""
    return {policy.pk: policy for policy in Policy.objects.filter(pk__in=set(ids)).order_by("pk")}


def has_decided_now(*, subject_id: UUID, user_id: UUID) -> bool:
    """Return whether a person has decided in the current round of a subject."""
    return Decision.objects.filter(
        request__subject_id=subject_id, actor_id=user_id, round_number=F("request__round_number")
    ).exists()


def verified_amount_of(subject_id: UUID) -> Money | None:
    """Return the lowest amount that any approver of the current round verified; None before."""
    request = find_request(subject_id)
    amounts = [
        money_of(decision.verified_amount, decision.currency)
        for decision in (current_approvals(request) if request else [])
        if decision.verified_amount is not None
    ]
    return min(amounts, key=lambda money: money.amount, default=None)


def is_party(*, object_id: UUID, user_id: UUID, sides: Iterable[str] = tuple(Side)) -> bool:
    """Return whether the person stands on one of these sides of the object."""
    return Party.objects.filter(object_id=object_id, user_id=user_id, side__in=list(sides)).exists()


def people_on_sides(*, object_id: UUID, sides: Iterable[str]) -> set[UUID]:
    """Return who stands on these sides of the object."""
    rows = Party.objects.filter(object_id=object_id, side__in=list(sides)).order_by()
    return set(rows.values_list("user_id", flat=True))


def pending_about(context_id: UUID, *, but: str = "") -> int:
    """Return how many requests that belong to an object (a deal) still wait for a decision.

    `but` is a kind of subject that is not counted.
    """
    pending = ApprovalRequest.objects.filter(context_id=context_id, status=RequestStatus.PENDING)
    return pending.exclude(subject_type=but).count()


def live_lease_of(subject_id: UUID, *, at: datetime) -> ReviewLease | None:
    """Return who reviews a subject at this moment, None when nobody does."""
    return live_leases(at=at).filter(pk=subject_id).first()


def live_leases(*, at: datetime) -> QuerySet[ReviewLease]:
    """Return every lease that holds at this moment, by subject."""
    return ReviewLease.objects.filter(ended_at=None, expires_at__gt=at).order_by("pk")


def subjects_leased_to(user_id: UUID, *, at: datetime) -> QuerySet[ReviewLease, UUID]:
    """Return the ids of what a person reviews at this moment, for use in a subquery."""
    leases = live_leases(at=at).filter(reviewer_id=user_id)
    return leases.order_by().values_list("subject_id", flat=True)


def lapsed_leases(*, at: datetime) -> QuerySet[ReviewLease]:
    """Return the leases that ran out without a word, by subject."""
    return ReviewLease.objects.filter(ended_at=None, expires_at__lte=at).order_by("pk")
