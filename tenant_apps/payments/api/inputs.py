"""Payments as they are sent."""

import hashlib
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from shared_apps.kernel.events import Actor
from shared_apps.web.serializers import (
    InputSerializer,
    MoneyField,
    QuerySerializer,
    RateField,
    SearchField,
)
from shared_apps.web.views import ApiViewSet
from tenant_apps.approvals.services import FailureReason
from tenant_apps.clients.api.fields import CodeOrIdField, IdField
from tenant_apps.payments.exchange import FxQuote
from tenant_apps.payments.models import Method, Status
from tenant_apps.payments.services import NewPayment

MAX_PROOFS = 10
NO_OBJECT = ""


class FxIn(InputSerializer):
    """The rate of a payment in another currency than its deal's, as the maker read it.

    `rate` is units of the deal's currency for one unit of the payment's, `source` says where.
    """

    rate = RateField(max_digits=20, decimal_places=10, min_value=Decimal("0.0000000001"))
    rate_on = serializers.DateField()
    source = serializers.CharField(max_length=120)  # type: ignore[assignment]  # a name of ours


class FirstPaymentIn(InputSerializer):
    """What a payment says, apart from whose it is."""

    amount = MoneyField(allow_zero=False)
    method = serializers.ChoiceField(choices=Method.choices)
    received_on = serializers.DateField()
    reference = serializers.CharField(required=False, allow_blank=True, max_length=120)
    bank_fee = MoneyField(required=False, allow_null=True)
    withholding = MoneyField(required=False, allow_null=True)
    fx = FxIn(required=False, allow_null=True)
    remarks = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    late_reason = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    duplicate_justification = serializers.CharField(
        required=False, allow_blank=True, max_length=1000
    )
    external_id = serializers.CharField(required=False, allow_null=True, max_length=100)
    proofs = serializers.ListField(child=IdField(), required=False, max_length=MAX_PROOFS)


class PaymentChangesIn(FirstPaymentIn):
    """What may be changed of a payment."""

    client = CodeOrIdField()
    deal = CodeOrIdField(required=False, allow_null=True)


class PaymentIn(PaymentChangesIn):
    """A new payment."""

    status = serializers.ChoiceField(
        choices=[Status.DRAFT.value, Status.SUBMITTED.value], required=False
    )
    replaces = CodeOrIdField(required=False, allow_null=True)


class PaymentFormIn(PaymentIn):
    """A new payment as a form, with its proofs as files; amounts are JSON or `amount.currency`."""

    proof = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=MAX_PROOFS
    )


class PaymentChangesFormIn(PaymentChangesIn):
    """Changes of a payment as a form: `proof` are files that come beside the `proofs` that stay."""

    proof = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=MAX_PROOFS
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Hold the proofs of both kinds to their limit."""
        if len(attrs.get("proofs", ())) + len(attrs.get("proof", ())) > MAX_PROOFS:
            said = self.fields["proof"].error_messages["max_length"]
            raise serializers.ValidationError({"proof": [said.format(max_length=MAX_PROOFS)]})
        return attrs


class DecisionIn(InputSerializer):
    """What every decision may carry: evidence, and the hash of what was seen (`content_hash`).

    Without it If-Match carries the ETag of the payment. When the payment has changed meanwhile the
    decision is refused: 409 content_changed, or 412 stale_version.
    """

    content_hash = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    evidence_files = serializers.ListField(child=IdField(), required=False, max_length=MAX_PROOFS)


class PlannedIn(InputSerializer):
    """An instalment of the payment's deal that its money covers first."""

    instalment = IdField()
    amount = MoneyField(allow_zero=False)


class AllocationIn(InputSerializer):
    """Money for a won deal of the client: for one instalment, or the oldest due first."""

    deal = CodeOrIdField()
    instalment = IdField(required=False, allow_null=True)
    amount = MoneyField(required=False, allow_null=True, allow_zero=False)


class AllocationsIn(InputSerializer):
    """Where the credit of a payment goes, in this order."""

    allocations: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=AllocationIn(), min_length=1, max_length=50
    )


class ApprovalIn(DecisionIn):
    """A verifier's yes; without an amount the whole was found."""

    verified_amount = MoneyField(required=False, allow_null=True, allow_zero=False)
    fx_rate = RateField(required=False, allow_null=True, max_digits=20, decimal_places=10)
    allocations: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=PlannedIn(), required=False, max_length=50
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=1000)


class ChangesRequestIn(DecisionIn):
    """What the maker should change."""

    reason = serializers.CharField(max_length=1000)


class RejectionIn(ChangesRequestIn):
    """Why the money is not there."""

    failure_reason = serializers.ChoiceField(choices=FailureReason.choices)


class PaymentQuery(QuerySerializer):
    """What a list of payments may be asked for."""

    orderings = ("created_at", "updated_at", "received_on", "submitted_at", "amount", "code")

    status = serializers.ChoiceField(choices=Status.choices, required=False)
    method = serializers.ChoiceField(choices=Method.choices, required=False)
    client = CodeOrIdField(required=False)
    deal = CodeOrIdField(required=False)
    maker = serializers.UUIDField(required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    amount_min = RateField(required=False, decimal_places=4)
    amount_max = RateField(required=False, decimal_places=4)
    received_from = serializers.DateField(required=False)
    received_to = serializers.DateField(required=False)
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)
    updated_since = serializers.DateTimeField(required=False)
    external_id = serializers.CharField(required=False, max_length=100)
    unapplied = serializers.BooleanField(required=False, allow_null=True, default=None)
    search = SearchField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a bound of the amount without the currency that it counts in."""
        if {"amount_min", "amount_max"} & attrs.keys() and "currency" not in attrs:
            raise serializers.ValidationError(
                {"currency": "Say in which currency the amount counts."}, code="required"
            )
        return attrs


def as_changes(values: dict[str, Any]) -> dict[str, Any]:
    """Return what was sent under the names of NewPayment."""
    changes = dict(values)
    if "amount" in changes:
        changes["money"] = changes.pop("amount")
    if changes.get("fx") is not None:
        changes["fx"] = FxQuote(**changes["fx"])
    if "proofs" in changes:
        changes["proofs"] = tuple(changes["proofs"])
    if "proof" in changes:
        changes["uploads"] = tuple(changes.pop("proof"))
    return changes


def as_new_payment(values: dict[str, Any], *, reference: str) -> NewPayment:
    """Return the validated values of a PaymentFormIn; `reference` is the client reference."""
    return NewPayment(**as_changes(values), client_reference=reference)


def as_first_payment(values: dict[str, Any], *, reference: str) -> NewPayment:
    """Return the validated values of a FirstPaymentIn; its client is known once the deal is."""
    return NewPayment(client=NO_OBJECT, **as_changes(values), client_reference=reference)


def client_reference(view: ApiViewSet) -> str:
    """Return what makes a request of one person unique, even when its key has been forgotten."""
    return reference_of(view.viewer.actor, view.request.headers["Idempotency-Key"])


def reference_of(actor: Actor, key: str) -> str:
    """Return the client reference of what a person sends under a key."""
    return hashlib.sha256(f"{actor.kind}:{actor.id}:{key}".encode()).hexdigest()
