"""What the commission API reads and shows."""

import re

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.web.serializers import (
    InputSerializer,
    MoneyOut,
    OutputSerializer,
    QuerySerializer,
    RateField,
)
from tenant_apps.commissions.explanation import evaluate
from tenant_apps.commissions.models import CommissionLine
from tenant_apps.commissions.models.lines import LineStatus
from tenant_apps.commissions.models.plans import (
    ComponentKind,
    LadderPeriod,
    Measure,
    Rounding,
    VersionStatus,
)
from tenant_apps.commissions.sentences import sentences_of

PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


class PlanInput(InputSerializer):
    """A plan to be."""

    name = serializers.CharField(max_length=120)


class ComponentInput(InputSerializer):
    """One rule of a version."""

    name = serializers.CharField(max_length=120)
    measure = serializers.ChoiceField(choices=Measure.choices, default=Measure.COLLECTED)
    kind = serializers.ChoiceField(choices=ComponentKind.choices, default=ComponentKind.FLAT_RATE)
    rate_percent = RateField(max_digits=9, decimal_places=4, min_value=0, max_value=100)


class VersionInput(InputSerializer):
    """The terms of a version."""

    effective_from = serializers.DateField()
    ladder_period = serializers.ChoiceField(
        choices=LadderPeriod.choices, default=LadderPeriod.MONTH
    )
    rounding = serializers.ChoiceField(choices=Rounding.choices, default=Rounding.HALF_EVEN)
    components = ComponentInput(many=True, allow_empty=False)


class ApprovalInput(InputSerializer):
    """How a version is approved."""

    sole_control = serializers.BooleanField(
        default=False, help_text="Approve one's own version, because nobody else can."
    )


class AssignmentInput(InputSerializer):
    """A payee on a plan for the days [valid_from, valid_to)."""

    payee = serializers.UUIDField()
    plan = serializers.UUIDField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, default=None)


class AssignmentEndInput(InputSerializer):
    """The first day off the plan."""

    valid_to = serializers.DateField()


class AssignmentQuery(QuerySerializer):
    """Filters of assignments."""

    payee = serializers.UUIDField(required=False)
    plan = serializers.UUIDField(required=False)
    on = serializers.DateField(required=False, help_text="Those that are valid on this day.")


class LineQuery(QuerySerializer):
    """Filters of lines."""

    payee = serializers.UUIDField(required=False)
    period = serializers.RegexField(PERIOD, required=False, help_text="A month: 2026-11")
    deal = serializers.CharField(required=False, max_length=24, help_text="A deal's code")
    status = serializers.ChoiceField(choices=LineStatus.choices, required=False)
    currency = serializers.CharField(required=False, max_length=3)


class ComponentOut(OutputSerializer):
    """One rule of a version."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    measure = serializers.ChoiceField(choices=Measure.choices)
    kind = serializers.ChoiceField(choices=ComponentKind.choices)
    rate_percent = RateField(max_digits=9, decimal_places=4)


class VersionOut(OutputSerializer):
    """A version with its terms; it is in force on the days [effective_from, effective_to)."""

    id = serializers.UUIDField()
    plan = serializers.UUIDField(source="plan_id")
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=VersionStatus.choices)
    effective_from = serializers.DateField()
    effective_to = serializers.DateField(allow_null=True)
    ladder_period = serializers.ChoiceField(choices=LadderPeriod.choices)
    rounding = serializers.ChoiceField(choices=Rounding.choices)
    components = ComponentOut(many=True)
    author = serializers.UUIDField(source="author_id")
    submitted_by = serializers.UUIDField(source="submitted_by_id", allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    approved_by = serializers.UUIDField(source="approved_by_id", allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    sole_control = serializers.BooleanField()
    version = serializers.IntegerField()


class PlanOut(OutputSerializer):
    """A plan with its versions, newest first."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    versions = VersionOut(many=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class PersonOut(OutputSerializer):
    """A person by name."""

    id = serializers.UUIDField(source="pk")
    name = serializers.CharField(source="full_name")


class PlanNameOut(OutputSerializer):
    """A plan by name."""

    id = serializers.UUIDField(source="pk")
    name = serializers.CharField()


class AssignmentOut(OutputSerializer):
    """A payee on a plan for the days [valid_from, valid_to)."""

    id = serializers.UUIDField()
    payee = PersonOut()
    plan = PlanNameOut()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()


class CodeOut(OutputSerializer):
    """A deal or payment by code."""

    id = serializers.UUIDField(source="pk")
    code = serializers.CharField()


class LineOut(OutputSerializer):
    """What one source brought one payee under one component."""

    id = serializers.UUIDField()
    payee = PersonOut()
    deal = CodeOut()
    payment = CodeOut()
    plan = PlanNameOut(source="plan_version.plan")
    plan_version = serializers.IntegerField(source="plan_version.number")
    component = serializers.CharField(source="component.name")
    rate_percent = RateField(source="component.rate_percent", max_digits=9, decimal_places=4)
    period = serializers.CharField()
    commission_on = serializers.DateField()
    ladder_period = serializers.CharField(source="ladder_head.period")
    ladder_seq = serializers.IntegerField()
    share_percent = RateField(max_digits=9, decimal_places=6)
    base = MoneyOut(source="base_money")
    amount = MoneyOut(source="money")
    status = serializers.ChoiceField(choices=LineStatus.choices)
    created_at = serializers.DateTimeField()


class ExplanationOut(OutputSerializer):
    """How a line came about: the tree, its own result, and the same in words."""

    line = serializers.UUIDField(source="id")
    amount = MoneyOut(source="money")
    evaluated = serializers.SerializerMethodField(
        help_text="What the tree alone gives; always equal to the amount."
    )
    sentences = serializers.SerializerMethodField()
    tree = serializers.JSONField(source="explanation")

    @extend_schema_field(MoneyOut())
    def get_evaluated(self, line: CommissionLine) -> dict[str, str]:
        """Return what the tree alone gives."""
        return evaluate(line.explanation).as_json()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_sentences(self, line: CommissionLine) -> list[str]:
        """Return the steps in words."""
        return sentences_of(line.explanation, period=line.ladder_head.period)
