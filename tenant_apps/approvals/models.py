"""Who may decide what: policies, requests, decisions and the sides people stand on."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from shared_apps.kernel.models import Archivable, CurrencyField, Row
from shared_apps.kernel.money import DECIMAL_PLACES, MAX_DIGITS
from shared_apps.kernel.rights import APPEND_ONLY, KEPT, Rights
from tenant_apps.approvals.conditions import Conditions


class Policy(Row, Archivable):
    """Which steps a kind of subject needs. A policy is never edited: a new one takes its place.

    `conditions` is data, see conditions.py; the matching policy with the highest `priority` counts.
    """

    rights = Rights(
        update=("archived_at", "is_proposed", "approved_by_id", "retirement_asked_by_id")
    )

    name = models.CharField(max_length=120)
    subject_type = models.CharField(max_length=60)
    conditions = models.JSONField(default=dict)
    priority = models.IntegerField(default=0)
    created_by_id = models.UUIDField(null=True)
    # a policy that asks for fewer people than one before it waits for a second administrator
    is_proposed = models.BooleanField(default=False, db_default=False)
    approved_by_id = models.UUIDField(null=True)
    retirement_asked_by_id = models.UUIDField(null=True)

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True)
                | Q(created_by_id__isnull=True)
                | ~Q(approved_by_id=F("created_by_id")),
                name="policy_not_approved_by_its_author",
            ),
            models.CheckConstraint(
                condition=Q(is_proposed=False) | Q(approved_by_id__isnull=True),
                name="policy_proposed_is_not_approved",
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "-priority"], name="policy_by_subject")]

    def __str__(self) -> str:
        return self.name

    @property
    def read_conditions(self) -> Conditions:
        """Return the conditions that are kept as JSON."""
        return Conditions.from_json(self.conditions)

    @property
    def status(self) -> str:
        """Return proposed, in_force, retirement_asked or retired."""
        if self.archived_at is not None:
            return "retired"
        if self.is_proposed:
            return "proposed"
        return "in_force" if self.retirement_asked_by_id is None else "retirement_asked"


class PolicyStep(Row):
    """So many different holders of one permission must approve."""

    rights = APPEND_ONLY

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    permission = models.CharField(max_length=60)
    approvals_needed = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "position"], name="policy_step_position"),
            models.CheckConstraint(
                condition=Q(approvals_needed__gte=1), name="policy_step_needs_someone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approvals_needed} x {self.permission}"


class RequestStatus(models.TextChoices):
    """Where a request stands; every status but pending ends the round."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CHANGES_REQUESTED = "changes_requested"
    WITHDRAWN = "withdrawn"


class ApprovalRequest(Row):
    """One subject that waits for decisions, bound to the hash of what was seen.

    `round_number` rises when the content changes: decisions of earlier rounds are void. `author_id`
    is who last changed the content, `submitter_id` who handed it in. `context_id` is what the
    subject belongs to (the deal of a payment).
    """

    rights = KEPT

    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField(unique=True)
    context_id = models.UUIDField(null=True)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    content_hash = models.CharField(max_length=64)
    amount = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True)
    currency = CurrencyField(blank=True)
    status = models.CharField(max_length=20, choices=RequestStatus, default=RequestStatus.PENDING)
    round_number = models.PositiveIntegerField(default=1)
    submitter_id = models.UUIDField()
    author_id = models.UUIDField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values), name="approval_request_status"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, status="pending")
                | (Q(closed_at__isnull=False) & ~Q(status="pending")),
                name="approval_request_closed_when_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["context_id"],
                name="approval_pending_context",
                condition=Q(status="pending"),
            ),
            models.Index(
                fields=["subject_type", "opened_at"],
                name="approval_pending_queue",
                condition=Q(status="pending"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}"

    @property
    def is_pending(self) -> bool:
        """Return whether a decision is awaited."""
        return self.status == RequestStatus.PENDING


class Verdict(models.TextChoices):
    """What a person decided."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


class FailureReason(models.TextChoices):
    """Why money is not accepted."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    BANK_DECLINE = "bank_decline"
    TECHNICAL_ERROR = "technical_error"
    CHEQUE_BOUNCE = "cheque_bounce"
    NOT_RECEIVED = "not_received"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Decision(Row):
    """One person's verdict on one round of a request; never edited.

    `submitter_id`, `author_id` and `amount` are copies from the request, so that the database
    itself refuses the maker as checker and more verified money than was claimed.
    """

    rights = APPEND_ONLY

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="decisions")
    round_number = models.PositiveIntegerField()
    step = models.ForeignKey(PolicyStep, models.PROTECT, related_name="+")
    actor_id = models.UUIDField()
    submitter_id = models.UUIDField()
    author_id = models.UUIDField()
    verdict = models.CharField(max_length=20, choices=Verdict)
    reason = models.TextField(blank=True)
    failure_reason = models.CharField(max_length=30, blank=True, choices=FailureReason)
    evidence = models.TextField(blank=True)
    amount = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True)
    verified_amount = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True
    )
    currency = CurrencyField(blank=True)
    content_hash = models.CharField(max_length=64)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(actor_id=F("submitter_id")) & ~Q(actor_id=F("author_id")),
                name="decision_not_by_its_maker",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="decision_verdict"
            ),
            models.CheckConstraint(
                condition=Q(verdict="approve") | ~Q(reason=""), name="decision_refusal_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(failure_reason="") | Q(failure_reason__in=FailureReason.values),
                name="decision_failure_reason",
            ),
            models.CheckConstraint(
                condition=Q(verified_amount__isnull=True)
                | Q(
                    verdict="approve",
                    amount__isnull=False,
                    verified_amount__gt=0,
                    verified_amount__lte=F("amount"),
                ),
                name="decision_verified_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(verified_amount__isnull=True)
                | Q(verified_amount=F("amount"))
                | ~Q(reason=""),
                name="decision_difference_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="approve", amount__isnull=False, verified_amount__isnull=True),
                name="decision_approval_names_the_money",
            ),
            models.UniqueConstraint(
                fields=["request", "round_number", "actor_id"], name="decision_once_per_round"
            ),
        ]
        indexes = [models.Index(fields=["actor_id", "decided_at"], name="decision_by_actor")]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.actor_id}"


class Side(models.TextChoices):
    """Maker: made or changed it. Interested: gains by it. Checker: decided on it."""

    MAKER = "maker"
    INTERESTED = "interested"
    CHECKER = "checker"


class Party(models.Model):
    """On which side a person stands of an object: the key allows one side only."""

    rights = APPEND_ONLY

    pk = models.CompositePrimaryKey("object_id", "user_id")
    object_id = models.UUIDField()
    user_id = models.UUIDField()
    side = models.CharField(max_length=10, choices=Side)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="party_side"),
        ]
        indexes = [models.Index(fields=["user_id", "side"], name="party_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.side} of {self.object_id}"


class ReviewLease(models.Model):
    """Who looks at a subject now, and until when; one row per subject, the latest lease.

    `taken_by_id` is the reviewer, or whoever assigned them. It is a courtesy with an end, not a
    state: it lapses by itself, and a decision ends it.
    """

    rights = KEPT

    subject_id = models.UUIDField(primary_key=True)
    reviewer_id = models.UUIDField()
    taken_by_id = models.UUIDField()
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("taken_at")), name="review_lease_has_an_end"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reviewer_id", "expires_at"],
                name="review_lease_by_reviewer",
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id} reviews {self.subject_id}"

    def is_live(self, at: datetime) -> bool:
        """Return whether the reviewer still holds it."""
        return self.ended_at is None and self.expires_at > at
