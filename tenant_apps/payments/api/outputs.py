"""Payments as they are shown."""

from datetime import datetime
from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.kernel.clock import utc_now
from shared_apps.web.serializers import MoneyOut, OutputSerializer, RateField
from tenant_apps.access.scopes import scope_of
from tenant_apps.clients.api.fields import ClientNameOut, PersonNameOut
from tenant_apps.payments.models import Method, Payment, Status
from tenant_apps.payments.review import (
    HeldReview,
    decision_log,
    held_review,
    who_can_verify,
)
from tenant_apps.payments.risk import level_of
from tenant_apps.payments.selectors import VIEW


class DealNameOut(ClientNameOut):
    """A deal by id, code and name."""


class ProofOut(OutputSerializer):
    """A proof: the stored file and the hash of what was uploaded."""

    id = serializers.UUIDField(source="file_id")
    name = serializers.CharField(source="file.name")
    content_type = serializers.CharField(source="file.content_type")
    sha256 = serializers.CharField()


class FxOut(OutputSerializer):
    """The rate of a payment in another currency than its deal's."""

    rate = RateField(max_digits=20, decimal_places=10)
    rate_on = serializers.DateField()
    source = serializers.CharField()  # type: ignore[assignment]  # a name of ours


class PaymentOut(OutputSerializer):
    """A payment in a list."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices)
    client = ClientNameOut()
    deal = DealNameOut(allow_null=True)
    maker = PersonNameOut()
    amount = MoneyOut(source="money")
    method = serializers.ChoiceField(choices=Method.choices)
    reference = serializers.CharField()
    received_on = serializers.DateField()
    bank_fee = MoneyOut(source="bank_fee_money")
    withholding = MoneyOut(source="withholding_money")
    fx = FxOut(allow_null=True)
    remarks = serializers.CharField()
    late_reason = serializers.CharField()
    duplicate_justification = serializers.CharField()
    proofs = ProofOut(many=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField()
    failure_reason = serializers.CharField()
    verified_amount = MoneyOut(source="verified_money", allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    applied = MoneyOut(source="applied_money")
    unapplied = MoneyOut(source="unapplied_money")
    returned = MoneyOut(source="returned_money")
    content_hash = serializers.CharField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DecisionOut(OutputSerializer):
    """One verifier's decision; void when the content changed after it."""

    actor = PersonNameOut()
    verdict = serializers.CharField()
    reason = serializers.CharField()
    failure_reason = serializers.CharField()
    evidence = serializers.CharField()
    evidence_files = ProofOut(many=True)
    verified_amount = MoneyOut(allow_null=True)
    decided_at = serializers.DateTimeField()
    is_void = serializers.BooleanField()


class ApplicationOut(OutputSerializer):
    """The part of a payment that covers an instalment."""

    deal_id = serializers.UUIDField()
    instalment_id = serializers.UUIDField()
    amount = MoneyOut(source="money")
    used = MoneyOut(source="used_money")
    applied_at = serializers.DateTimeField()


class ReasonOut(OutputSerializer):
    """One reason to look at a payment earlier, and what it weighs."""

    code = serializers.CharField()
    points = serializers.IntegerField()
    message = serializers.CharField()


class RiskOut(OutputSerializer):
    """How urgent a review is, 0 to 100: the sum of its reasons' points."""

    score = serializers.IntegerField(source="risk_score")
    level = serializers.SerializerMethodField()
    reasons = ReasonOut(many=True, source="risk_reasons")

    @extend_schema_field(serializers.ChoiceField(choices=["high", "medium", "low"]))
    def get_level(self, payment: Payment) -> str:
        """Return high, medium or low."""
        return level_of(payment.risk_score)


class ReviewOut(OutputSerializer):
    """Who looks at a payment, and until when; `is_assigned` when somebody else gave it to them."""

    reviewer = PersonNameOut()
    taken_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    is_assigned = serializers.BooleanField()


class LookAlikeOut(OutputSerializer):
    """A payment that this one looks like; its code for those who see all payments."""

    code = serializers.CharField(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())
    bits_apart = serializers.IntegerField(allow_null=True)
    justification = serializers.CharField()


class ReviewedOut(OutputSerializer):
    """What a payment under review shows of its review; `at` in the context is the moment."""

    risk = RiskOut(source="*")
    review_due_at = serializers.DateTimeField(allow_null=True)
    is_overdue = serializers.SerializerMethodField()
    review = serializers.SerializerMethodField()

    look_alikes = serializers.SerializerMethodField()

    @extend_schema_field(LookAlikeOut(many=True))
    def get_look_alikes(self, payment: Payment) -> Any:
        """Return what it looked like when it was submitted, and why it passed."""
        hits = payment.duplicate_hits
        if not self._sees_all:
            hits = [{**hit, "code": None} for hit in hits]
        return LookAlikeOut(hits, many=True).data

    @cached_property
    def _sees_all(self) -> bool:
        viewer = self.context.get("viewer")
        return viewer is not None and scope_of(viewer, VIEW).user_ids is None

    @property
    def at(self) -> datetime:
        """The moment that is shown."""
        at: datetime = self.context.get("at") or utc_now()
        return at

    def get_is_overdue(self, payment: Payment) -> bool:
        """Return whether the review takes, or took, longer than promised."""
        return payment.is_overdue(self.at)

    @extend_schema_field(ReviewOut(allow_null=True))
    def get_review(self, payment: Payment) -> Any:
        """Return who looks at it now."""
        held = self.held(payment)
        return ReviewOut(held).data if held else None

    def held(self, payment: Payment) -> HeldReview | None:
        """Return who looks at it now."""
        return held_review(payment.pk, at=self.at)


class QueuedPaymentOut(PaymentOut, ReviewedOut):
    """A payment that waits for the viewer's decision; needs `at` and `reviews` in the context."""

    age_seconds = serializers.SerializerMethodField()
    is_possible_duplicate = serializers.SerializerMethodField()

    def held(self, payment: Payment) -> HeldReview | None:
        """Return who looks at it now, from the reviews that were read once for the page."""
        held: HeldReview | None = self.context["reviews"].get(payment.pk)
        return held

    def get_age_seconds(self, payment: Payment) -> int:
        """Return how long it has waited."""
        waited = self.at - (payment.submitted_at or self.at)
        return max(int(waited.total_seconds()), 0)

    def get_is_possible_duplicate(self, payment: Payment) -> bool:
        """Return whether the maker had to say why it is no duplicate."""
        return bool(payment.duplicate_justification)


class QueueFiguresOut(OutputSerializer):
    """The queue in figures; times count the organization's working time, in seconds."""

    waiting = serializers.IntegerField()
    overdue = serializers.IntegerField()
    high_risk = serializers.IntegerField()
    medium_risk = serializers.IntegerField()
    held = serializers.IntegerField()
    oldest_submitted_at = serializers.DateTimeField(allow_null=True)
    decided = serializers.IntegerField()
    within_promise_percent = serializers.IntegerField(allow_null=True)
    median_s = serializers.IntegerField(allow_null=True)
    p95_s = serializers.IntegerField(allow_null=True)


class PaymentCodeOut(OutputSerializer):
    """A payment by id and code."""

    id = serializers.UUIDField()
    code = serializers.CharField()


NOBODY_CAN_VERIFY = (
    "Nobody can verify this yet: everybody who may has made it or gains by it. "
    "Invite a reviewer, and assign the payment to them."
)


class PaymentDetailOut(PaymentOut, ReviewedOut):
    """A payment with its review, its decisions, who can verify it, and where its money went.

    Nobody in `can_verify` while it is submitted means: invite a reviewer; `needs_reviewer` and
    `verification_note` say so.
    """

    needs_reviewer = serializers.SerializerMethodField()
    verification_note = serializers.SerializerMethodField()

    decisions = serializers.SerializerMethodField()
    can_verify = serializers.SerializerMethodField()
    applications = ApplicationOut(many=True, source="applications.all")
    replaces = PaymentCodeOut(allow_null=True)
    replaced_by = PaymentCodeOut(many=True, source="replaced_by.all")

    @extend_schema_field(DecisionOut(many=True))
    def get_decisions(self, payment: Payment) -> Any:
        """Return the decisions, oldest first."""
        return DecisionOut(decision_log(payment.pk), many=True).data

    @extend_schema_field(PersonNameOut(many=True))
    def get_can_verify(self, payment: Payment) -> Any:
        """Return the people who can decide next."""
        return PersonNameOut(who_can_verify(payment.pk, at=self.at), many=True).data

    def get_needs_reviewer(self, payment: Payment) -> bool:
        """Return whether it waits and nobody who is left may decide."""
        return payment.is_submitted and not who_can_verify(payment.pk, at=self.at)

    def get_verification_note(self, payment: Payment) -> str:
        """Return what to do when nobody can verify it, else nothing."""
        return NOBODY_CAN_VERIFY if self.get_needs_reviewer(payment) else ""


class FieldChangeOut(OutputSerializer):
    """One part of the content that differs; a list for `proofs` (hashes of files)."""

    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class ContentStepOut(OutputSerializer):
    """Who changed the content when."""

    changed_at = serializers.DateTimeField()
    changed_by = serializers.CharField()
    content_hash = serializers.CharField()


class ContentDiffOut(OutputSerializer):
    """What differs between a content that was seen and the payment's content now."""

    since = serializers.CharField()
    content_hash = serializers.CharField()
    is_same = serializers.BooleanField()
    changes = FieldChangeOut(many=True)
    steps = ContentStepOut(many=True)
