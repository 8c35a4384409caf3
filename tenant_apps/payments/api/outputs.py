"""Payments as they are shown."""

from datetime import datetime, timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.web.serializers import MoneyOut, OutputSerializer
from tenant_apps.clients.api.fields import ClientNameOut, PersonNameOut
from tenant_apps.payments.models import Method, Payment, Status
from tenant_apps.payments.selectors import decision_log, who_can_verify


class DealNameOut(ClientNameOut):
    """A deal by id, code and name."""


class ProofOut(OutputSerializer):
    """A proof: the stored file and the hash of what was uploaded."""

    id = serializers.UUIDField(source="file_id")
    name = serializers.CharField(source="file.name")
    content_type = serializers.CharField(source="file.content_type")
    sha256 = serializers.CharField()


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


class QueuedPaymentOut(PaymentOut):
    """A payment that waits for the viewer's decision; needs `at` in the context."""

    age_seconds = serializers.SerializerMethodField()
    is_possible_duplicate = serializers.SerializerMethodField()

    def get_age_seconds(self, payment: Payment) -> int:
        """Return how long it has waited."""
        at: datetime = self.context["at"]
        waiting = at - payment.submitted_at if payment.submitted_at else timedelta()
        return max(int(waiting.total_seconds()), 0)

    def get_is_possible_duplicate(self, payment: Payment) -> bool:
        """Return whether the maker had to say why it is no duplicate."""
        return bool(payment.duplicate_justification)


class DecisionOut(OutputSerializer):
    """One verifier's decision; void when the content changed after it."""

    actor = PersonNameOut()
    verdict = serializers.CharField()
    reason = serializers.CharField()
    failure_reason = serializers.CharField()
    evidence = serializers.CharField()
    verified_amount = MoneyOut(allow_null=True)
    decided_at = serializers.DateTimeField()
    is_void = serializers.BooleanField()


class ApplicationOut(OutputSerializer):
    """The part of a payment that covers an instalment."""

    deal_id = serializers.UUIDField()
    instalment_id = serializers.UUIDField()
    amount = MoneyOut(source="money")
    applied_at = serializers.DateTimeField()


class PaymentCodeOut(OutputSerializer):
    """A payment by id and code."""

    id = serializers.UUIDField()
    code = serializers.CharField()


class PaymentDetailOut(PaymentOut):
    """A payment with its decisions, who can verify it, and where its money went.

    Nobody in `can_verify` while it is submitted means: invite a reviewer.
    """

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
        return PersonNameOut(who_can_verify(payment.pk), many=True).data
