"""What teams take and give."""

from rest_framework import serializers

from shared_apps.web.serializers import (
    InputSerializer,
    OutputSerializer,
    QuerySerializer,
    SearchField,
)


class PersonNameOut(OutputSerializer):
    """A person, by name."""

    id = serializers.UUIDField()
    full_name = serializers.CharField()


class PersonContactOut(PersonNameOut):
    """A person, and how to reach them."""

    email = serializers.EmailField()
    phone = serializers.CharField()


class TeamOut(OutputSerializer):
    """A team and who leads it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    lead = PersonContactOut(allow_null=True)
    lead_id = serializers.UUIDField(allow_null=True)
    external_id = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class TeamsQuery(QuerySerializer):
    """Filters of the list of teams."""

    search = SearchField()


class NewTeamIn(InputSerializer):
    """A new team."""

    name = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=500, allow_blank=True, default="")
    lead_id = serializers.UUIDField(allow_null=True, default=None)
    external_id = serializers.CharField(max_length=100, required=False)


class TeamIn(InputSerializer):
    """What to change of a team."""

    name = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=500, allow_blank=True)
    lead_id = serializers.UUIDField(allow_null=True)


class MemberOut(OutputSerializer):
    """A person's membership."""

    user = PersonContactOut()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class MembersQuery(QuerySerializer):
    """The day whose members are asked for, before or after today as well."""

    on = serializers.DateField(required=False)


class NewMemberIn(InputSerializer):
    """Who joins, and from which day (default: today in the organization's zone)."""

    user_id = serializers.UUIDField()
    valid_from = serializers.DateField(required=False)
