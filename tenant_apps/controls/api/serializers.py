"""What the controls report shows."""

from rest_framework import serializers

from shared_apps.web.serializers import OutputSerializer, QuerySerializer


class ControlsQuery(QuerySerializer):
    """The days of the report, both included; by default the last 90."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class NameOut(OutputSerializer):
    """A person, by name."""

    id = serializers.UUIDField()
    full_name = serializers.CharField()
    status = serializers.CharField()


class RuleOut(OutputSerializer):
    """Two duties that one person should not hold together, and why."""

    code = serializers.CharField()
    permissions = serializers.ListField(child=serializers.CharField())
    risk = serializers.ChoiceField(choices=["high", "medium"])
    why = serializers.CharField()


class ConflictOut(OutputSerializer):
    """A person who holds both; `times` is how often each was done within the days."""

    person = NameOut()
    rule = RuleOut(source="conflict")
    roles = serializers.ListField(child=serializers.CharField())
    times = serializers.ListField(child=serializers.IntegerField())
    is_used = serializers.BooleanField()


class CoverageOut(OutputSerializer):
    """Who can do a duty for others today; `is_single` when that is one person or nobody."""

    permission = serializers.CharField(source="duty.permission")
    people = NameOut(many=True)
    is_single = serializers.BooleanField()


class PairOut(OutputSerializer):
    """Who checked whose work; the share is that of everything of the maker that was checked."""

    maker = NameOut()
    checker = NameOut()
    count = serializers.IntegerField()
    approvals = serializers.IntegerField()
    refusals = serializers.IntegerField()
    share_percent = serializers.DecimalField(max_digits=4, decimal_places=1)
    by_kind = serializers.DictField(child=serializers.IntegerField())
    last_at = serializers.DateTimeField()


class FindingOut(OutputSerializer):
    """Something that should not be, or is worth a look."""

    code = serializers.ChoiceField(
        choices=["self_check", "blocked_decision", "checker_concentration", "pair_concentration"]
    )
    risk = serializers.ChoiceField(choices=["high", "medium"])
    person = NameOut()
    other = NameOut(allow_null=True)
    kind = serializers.CharField()
    count = serializers.IntegerField()
    share_percent = serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True)
    subject_id = serializers.UUIDField(allow_null=True)
    at = serializers.DateTimeField()


class ControlsOut(OutputSerializer):
    """Who could do what alone, and who checked whom."""

    since = serializers.DateField()
    until = serializers.DateField()
    made_at = serializers.DateTimeField()
    conflicts = ConflictOut(many=True)
    duties = CoverageOut(many=True)
    findings = FindingOut(many=True)
    pairs = PairOut(many=True)
    pairs_count = serializers.IntegerField()
