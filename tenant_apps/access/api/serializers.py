"""What the administration of people and roles takes and gives."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shared_apps.web.serializers import (
    InputSerializer,
    OutputSerializer,
    QuerySerializer,
    SearchField,
)
from tenant_apps.access.role_matrix import ScopeKind

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

NO_RIGHT = gettext_lazy("Choose at least one right.")
STATUSES = ("invited", "active", "suspended")


class RoleNameOut(OutputSerializer):
    """A role, by name."""

    code = serializers.CharField()
    name = serializers.CharField()


class PersonOut(OutputSerializer):
    """A person with the roles, the primary one first."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    full_name = serializers.CharField()
    status = serializers.CharField()
    phone = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    password_change_required = serializers.BooleanField()
    picture_url = serializers.CharField(allow_null=True)
    last_login = serializers.DateTimeField(allow_null=True)
    roles = serializers.SerializerMethodField()
    primary_role = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    @extend_schema_field(RoleNameOut(many=True))
    def get_roles(self, person: "User") -> list[dict[str, str]]:
        """Return the roles by rank."""
        rows = person.role_assignments.all()
        return [{"code": row.role.code, "name": row.role.name} for row in rows]

    def get_primary_role(self, person: "User") -> str | None:
        """Return the code of the role with the lowest rank."""
        return next((row.role.code for row in person.role_assignments.all()), None)


class PeopleQuery(QuerySerializer):
    """Filters of the list of people."""

    search = SearchField()
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    role = serializers.CharField(max_length=50, required=False)
    external_id = serializers.CharField(max_length=100, required=False)


class InvitationIn(InputSerializer):
    """Who is invited, with which roles, and into which teams (as a member from today on)."""

    email = serializers.EmailField(max_length=254)
    first_name = serializers.CharField(max_length=100, allow_blank=True, default="")
    last_name = serializers.CharField(max_length=100, allow_blank=True, default="")
    external_id = serializers.CharField(max_length=100, required=False)
    phone = serializers.CharField(max_length=32, allow_blank=True, default="")
    roles = serializers.ListField(
        child=serializers.CharField(max_length=50), max_length=20, default=list
    )
    teams = serializers.ListField(child=serializers.UUIDField(), max_length=20, default=list)


class PersonIn(InputSerializer):
    """What administrators change about people."""

    first_name = serializers.CharField(max_length=100, allow_blank=True)
    last_name = serializers.CharField(max_length=100, allow_blank=True)
    phone = serializers.CharField(max_length=32, allow_blank=True)


class SuspensionIn(InputSerializer):
    """Why a person or a program is suspended."""

    reason = serializers.CharField(max_length=500)


class RolesIn(InputSerializer):
    """Exactly the roles that a person is to have."""

    roles = serializers.ListField(child=serializers.CharField(max_length=50), max_length=20)


class BulkRolesIn(InputSerializer):
    """Which people receive which roles, and which they lose."""

    user_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=100)
    add = serializers.ListField(
        child=serializers.CharField(max_length=50), max_length=20, default=list
    )
    remove = serializers.ListField(
        child=serializers.CharField(max_length=50), max_length=20, default=list
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Accept at least one role, and none that comes and goes at once."""
        if not (attrs["add"] or attrs["remove"]):
            raise serializers.ValidationError({"add": ["Name a role to give or to take."]})
        if set(attrs["add"]) & set(attrs["remove"]):
            raise serializers.ValidationError({"remove": ["A role is given or taken, not both."]})
        return attrs


class BulkRolesOut(OutputSerializer):
    """The people with the roles that they have now, by name."""

    people = PersonOut(many=True)


class GrantIn(InputSerializer):
    """A permission, and to whose objects it applies."""

    permission = serializers.CharField(max_length=100)
    scope = serializers.ChoiceField(choices=[kind.value for kind in ScopeKind])


class RoleIn(InputSerializer):
    """What a role of the organization's own is called and grants."""

    name = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=300, allow_blank=True, default="")
    grants = GrantIn(many=True, allow_empty=False, error_messages={"empty": NO_RIGHT})

    def validate_grants(self, grants: list[dict[str, str]]) -> list[dict[str, str]]:
        """Accept each permission once."""
        if len({grant["permission"] for grant in grants}) < len(grants):
            raise serializers.ValidationError("Name each permission once.")
        return grants


class GrantOut(OutputSerializer):
    """A permission and to whose objects it applies."""

    permission = serializers.CharField()
    scope = serializers.CharField()


class RoleOut(OutputSerializer):
    """A role, what it grants and how many people have it."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    rank = serializers.IntegerField()
    is_builtin = serializers.BooleanField()
    people_count = serializers.IntegerField()
    grants = GrantOut(many=True)
    version = serializers.IntegerField()


class MatrixRowOut(OutputSerializer):
    """A permission and the scope that each role has of it."""

    permission = serializers.CharField()
    description = serializers.CharField()
    scopes = serializers.DictField(child=serializers.CharField())
