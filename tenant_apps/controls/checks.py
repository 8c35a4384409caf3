"""Who checked what: every decision of one person about another's work, from wherever it is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared_apps.audit.selectors import EventFilters, list_events
from tenant_apps.accounts.selectors import mfa_resets_done
from tenant_apps.approvals.selectors import count_decisions, policies_by_id
from tenant_apps.commissions.selectors import versions_approved

PLAN_VERSION, SECOND_FACTOR, POLICY = "plan_version", "second_factor_reset", "approval_policy"
POLICY_APPROVED = "approvals.policy_created"


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of time: since <= t < until."""

    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One person checked `count` things that these makers made; `approvals` of them passed.

    `kind` is a subject type of approvals, or PLAN_VERSION, SECOND_FACTOR, POLICY.
    """

    kind: str
    makers: frozenset[UUID]
    checker: UUID
    count: int
    approvals: int
    last_at: datetime
    subject_id: UUID | None = None

    @property
    def is_own_work(self) -> bool:
        """Return whether the checker was among the makers."""
        return self.checker in self.makers


def all_checks(span: Span) -> list[Checked]:
    """Return every check of a span. Five queries, whatever the number of decisions."""
    return [
        *_decisions(span),
        *_plan_versions(span),
        *_resets(span),
        *_policies(span),
    ]


def _decisions(span: Span) -> Iterator[Checked]:
    for row in count_decisions(since=span.since, until=span.until):
        yield Checked(
            kind=row.subject_type,
            makers=frozenset({row.submitter_id, row.author_id}),
            checker=row.actor_id,
            count=row.number,
            approvals=row.approvals,
            last_at=row.last_at,
        )


def _plan_versions(span: Span) -> Iterator[Checked]:
    for version in versions_approved(since=span.since, until=span.until):
        if version.approved_by_id and version.approved_at:
            yield _one(
                PLAN_VERSION,
                frozenset(version.maker_ids),
                (version.approved_by_id, version.approved_at, version.pk),
            )


def _resets(span: Span) -> Iterator[Checked]:
    for reset in mfa_resets_done(since=span.since, until=span.until):
        if reset.decided_by_id and reset.decided_at:
            yield _one(
                SECOND_FACTOR,
                frozenset({reset.requested_by_id}),
                (reset.decided_by_id, reset.decided_at, reset.user_id),
            )


def _policies(span: Span) -> Iterator[Checked]:
    """Yield the approvals of proposed policies: the log alone knows when they were."""
    filters = EventFilters(name=POLICY_APPROVED, recorded_before=span.until)
    events = list_events(filters).filter(recorded_at__gte=span.since, after__has_key="approved_by")
    approved = list(events)
    policies = policies_by_id(event.subject_id for event in approved)
    for event in approved:
        author = policies[event.subject_id].created_by_id
        if author and event.after:
            checker = UUID(event.after["approved_by"])
            yield _one(POLICY, frozenset({author}), (checker, event.recorded_at, event.subject_id))


def _one(kind: str, makers: frozenset[UUID], how: tuple[UUID, datetime, UUID]) -> Checked:
    checker, at, subject_id = how
    return Checked(
        kind=kind,
        makers=makers,
        checker=checker,
        count=1,
        approvals=1,
        last_at=at,
        subject_id=subject_id,
    )
