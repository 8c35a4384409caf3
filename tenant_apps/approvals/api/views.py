"""Approval policies over HTTP."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import (
    InputSerializer,
    MoneyField,
    OutputSerializer,
    QuerySerializer,
)
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.approvals.conditions import Conditions
from tenant_apps.approvals.selectors import get_policy, list_policies
from tenant_apps.approvals.services import (
    DECIDED_BY,
    NewPolicy,
    NewStep,
    approve_policy,
    create_policy,
    retire_policy,
)

VIEW, MANAGE = "approvals.view", "approvals.manage"
# how a client stands, as the API of clients says it
ACCOUNT_STATUSES = ("clear", "pending", "overdue", "bad_debt")
SUBJECT_TYPES = [(name, name) for name in DECIDED_BY]

POLICY: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000040",
    "name": "Two for large amounts",
    "subject_type": "payments.payment",
    "conditions": {
        "amount_from": {"amount": "10000.00", "currency": "USD"},
        "methods": [],
        "currencies": [],
        "account_statuses": [],
    },
    "status": "in_force",
    "priority": 10,
    "steps": [{"permission": "payments.decide", "approvals_needed": 2}],
    "archived_at": None,
    "created_at": "2026-03-02T11:00:00Z",
}


class ConditionsIn(InputSerializer):
    """When a policy fits; what is left out does not matter.

    `amount_from` fits amounts of its own currency only.
    """

    amount_from = MoneyField(required=False, allow_null=True)
    methods = serializers.ListField(
        child=serializers.CharField(max_length=30), required=False, max_length=20
    )
    currencies = serializers.ListField(
        child=serializers.RegexField(r"^[A-Z]{3}$"), required=False, max_length=50
    )
    account_statuses = serializers.ListField(
        child=serializers.ChoiceField(choices=ACCOUNT_STATUSES), required=False, max_length=4
    )


class StepIn(InputSerializer):
    """So many different holders of one permission must approve."""

    permission = serializers.ChoiceField(choices=sorted(set(DECIDED_BY.values())))
    approvals_needed = serializers.IntegerField(min_value=1, max_value=10, required=False)


class PolicyIn(InputSerializer):
    """A policy for everything handed in from now on."""

    name = serializers.CharField(max_length=120)
    subject_type = serializers.ChoiceField(choices=SUBJECT_TYPES)
    conditions = ConditionsIn(required=False)
    priority = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
    steps: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=StepIn(), min_length=1, max_length=5
    )


class PolicyQuery(QuerySerializer):
    """Which policies to list."""

    subject_type = serializers.ChoiceField(choices=SUBJECT_TYPES, required=False)


class ConditionsOut(OutputSerializer):
    """When a policy fits."""

    amount_from = MoneyField(allow_null=True)
    methods = serializers.ListField(child=serializers.CharField())
    currencies = serializers.ListField(child=serializers.CharField())
    account_statuses = serializers.ListField(child=serializers.CharField())


class StepOut(OutputSerializer):
    """So many different holders of one permission."""

    permission = serializers.CharField()
    approvals_needed = serializers.IntegerField()


class PolicyOut(OutputSerializer):
    """An approval policy; the fitting one with the highest priority counts."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    subject_type = serializers.CharField()
    conditions = ConditionsOut(source="read_conditions")
    priority = serializers.IntegerField()
    steps = StepOut(many=True, source="steps.all")
    status = serializers.ChoiceField(
        choices=["proposed", "in_force", "retirement_asked", "retired"]
    )
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class PolicyViewSet(ApiViewSet):
    """The organization's approval policies. They are never edited: a new one takes over."""

    permissions: ClassVar = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": MANAGE,
        "destroy": MANAGE,
        "approve": MANAGE,
    }

    @documented(response=PolicyOut, query=PolicyQuery, example=POLICY)
    def list(self, request: Request) -> Response:
        """List the policies in force, the one asked first in front."""
        return self.page(list_policies(**self.query(PolicyQuery)), PolicyOut)

    @documented(
        request=PolicyIn,
        response=PolicyOut,
        status=201,
        request_example={
            "name": "Two for large amounts",
            "subject_type": "payments.payment",
            "conditions": {"amount_from": {"amount": "10000.00", "currency": "USD"}},
            "priority": 10,
            "steps": [{"permission": "payments.decide", "approvals_needed": 2}],
        },
        example=POLICY,
    )
    def create(self, request: Request) -> Response:
        """Make a policy for everything handed in from now on.

        One that asks for fewer people than before is only proposed: see approve.
        """
        policy = create_policy(new=as_new_policy(self.read(PolicyIn)), by=self.viewer, at=self.at)
        return self.one(get_policy(policy_id=policy.pk), PolicyOut, status=201)

    @documented(response=PolicyOut, example=POLICY)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a policy."""
        return self.one(get_policy(policy_id=parse_id(pk)), PolicyOut)

    @documented()
    def destroy(self, request: Request, pk: str) -> Response:
        """Retire a policy; what was handed in under it keeps it.

        Where fewer people would be asked without it, the answer is 202 and a second administrator
        has to ask as well.
        """
        policy = retire_policy(policy_id=parse_id(pk), by=self.viewer, at=self.at)
        if policy.is_archived:
            return self.nothing()
        return self.one(get_policy(policy_id=policy.pk), PolicyOut, status=202)

    @documented(response=PolicyOut, example=POLICY)
    def approve(self, request: Request, pk: str) -> Response:
        """Put a proposed policy in force: for an administrator who did not write it."""
        policy = approve_policy(policy_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.one(get_policy(policy_id=policy.pk), PolicyOut)


def as_new_policy(values: dict[str, Any]) -> NewPolicy:
    """Return the validated values of a PolicyIn as a NewPolicy."""
    sent = values.get("conditions", {})
    return NewPolicy(
        name=values["name"],
        subject_type=values["subject_type"],
        conditions=Conditions(
            amount_from=sent.get("amount_from"),
            methods=tuple(sent.get("methods", ())),
            currencies=tuple(sent.get("currencies", ())),
            account_statuses=tuple(sent.get("account_statuses", ())),
        ),
        priority=values.get("priority", 0),
        steps=tuple(NewStep(**step) for step in values["steps"]),
    )
