"""Returns as they are sent and shown."""

from typing import Any

from rest_framework import serializers

from shared_apps.web.serializers import (
    InputSerializer,
    MoneyField,
    MoneyOut,
    OutputSerializer,
    QuerySerializer,
)
from tenant_apps.clients.api.fields import ClientNameOut
from tenant_apps.payments.api.outputs import PaymentCodeOut
from tenant_apps.returns.models import Kind, Status

USD = {"currency": "USD"}
RETURN_EXAMPLE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000031",
    "code": "RF-0001",
    "kind": "refund",
    "status": "requested",
    "payment": {"id": "0197f1a0-0000-7000-8000-000000000041", "code": "PY-0001"},
    "deal": {
        "id": "0197f1a0-0000-7000-8000-000000000051",
        "code": "DL-0001",
        "name": "Solar roof",
    },
    "client": {
        "id": "0197f1a0-0000-7000-8000-000000000001",
        "code": "CL-0001",
        "name": "Northwind",
    },
    "write_off": None,
    "amount": {"amount": "100.00", **USD},
    "reduces_sale": True,
    "reason": "One panel was broken.",
    "reference": "",
    "failure": "",
    "content_hash": "5f0c3f0e27b54dc08a2f3a4f9a1b7c115f0c3f0e27b54dc08a2f3a4f9a1b7c11",
    "requested_by_id": "0197f1a0-0000-7000-8000-000000000003",
    "decided_by_id": None,
    "decided_at": None,
    "sent_at": None,
    "created_at": "2026-03-02T11:00:00Z",
    "version": 1,
}


class ReturnCodeOut(OutputSerializer):
    """A return by id and code."""

    id = serializers.UUIDField()
    code = serializers.CharField()


class ReturnOut(OutputSerializer):
    """A refund, reversal, chargeback, write-off or recovery; that names its write-off."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    payment = PaymentCodeOut(allow_null=True)
    deal = ClientNameOut(allow_null=True)
    client = ClientNameOut()
    write_off = ReturnCodeOut(allow_null=True)
    amount = MoneyOut(source="money")
    reduces_sale = serializers.BooleanField()
    reason = serializers.CharField()
    reference = serializers.CharField()
    failure = serializers.CharField()
    content_hash = serializers.CharField()
    requested_by_id = serializers.UUIDField()
    decided_by_id = serializers.UUIDField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class RefundIn(InputSerializer):
    """A refund to be: all that the payment still holds unless an amount is named."""

    amount = MoneyField(required=False, allow_null=True, allow_zero=False)
    reduces_sale = serializers.BooleanField(default=False)
    reason = serializers.CharField(max_length=500)


class ChargebackIn(InputSerializer):
    """A chargeback that the bank has announced."""

    amount = MoneyField(required=False, allow_null=True, allow_zero=False)
    reference = serializers.CharField(max_length=120, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=500)


class ReasonIn(InputSerializer):
    """Why."""

    reason = serializers.CharField(max_length=500)


class DecisionIn(InputSerializer):
    """What you saw, and why when you refuse."""

    content_hash = serializers.CharField(max_length=64)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class SentIn(InputSerializer):
    """The bank's reference of the transfer."""

    reference = serializers.CharField(max_length=120)


class ReturnQuery(QuerySerializer):
    """What a list of returns may be asked for."""

    orderings = ("created_at",)

    status = serializers.ChoiceField(choices=Status.choices, required=False)
    payment = serializers.UUIDField(required=False)
    deal = serializers.UUIDField(required=False)
