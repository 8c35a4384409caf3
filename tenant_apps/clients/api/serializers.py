"""Clients as they are sent and shown."""

from typing import Any

from rest_framework import serializers

from shared_apps.web.reference import list_countries
from shared_apps.web.serializers import (
    InputSerializer,
    OutputSerializer,
    QuerySerializer,
    SearchField,
)
from tenant_apps.clients.api.fields import (
    ClientNameOut,
    CodeOrIdField,
    IdField,
    PartIn,
    PersonNameOut,
)
from tenant_apps.clients.models import ClientStatus, ContactKind

MAX_TAGS, MAX_CONTACTS = 30, 50


def text(max_length: int) -> serializers.CharField:
    """Return a field for text that may be left out or empty."""
    return serializers.CharField(required=False, allow_blank=True, max_length=max_length)


class AddressIn(PartIn):
    """A billing address; `country` is ISO 3166 alpha-2."""

    line1 = text(200)
    line2 = text(200)
    city = text(100)
    postal_code = text(20)
    region = text(100)
    country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, allow_blank=True)

    def validate_country(self, country: str) -> str:
        """Refuse two letters that are no country."""
        if country and country not in {known.code for known in list_countries()}:
            raise serializers.ValidationError("This is not an ISO 3166 country code.")
        return country


class ContactIn(PartIn):
    """Somebody to talk to at the client."""

    name = serializers.CharField(max_length=150)
    role = text(100)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = text(40)


class ClientIn(InputSerializer):
    """What a client is; on PATCH, what to change."""

    name = serializers.CharField(max_length=200)
    legal_name = text(200)
    billing_address = AddressIn(required=False)
    tax_id = text(40)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = text(40)
    contacts: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ContactIn(), required=False, max_length=MAX_CONTACTS
    )
    owner = IdField(required=False)
    status = serializers.ChoiceField(choices=ClientStatus.choices, required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=MAX_TAGS
    )
    remarks = text(5000)
    satisfaction = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=5
    )
    external_id = serializers.CharField(required=False, allow_null=True, max_length=100)


class NewClientIn(ClientIn):
    """A client to enter."""

    is_another = serializers.BooleanField(
        required=False, help_text="It is another one than the client of yours that it looks like."
    )


class ClientQuery(QuerySerializer):
    """What a list of clients may be asked for."""

    orderings = ("created_at", "updated_at", "name")

    status = serializers.ChoiceField(choices=ClientStatus.choices, required=False)
    owner = serializers.UUIDField(required=False)
    team = serializers.UUIDField(
        required=False, help_text="Clients of the people who belong to the team today."
    )
    tag = serializers.CharField(required=False, max_length=40)
    external_id = serializers.CharField(required=False, max_length=100)
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)
    updated_since = serializers.DateTimeField(
        required=False, help_text="Changed since then, archived clients included."
    )
    include_archived = serializers.BooleanField(required=False)
    search = SearchField(help_text="Name (slips allowed), e-mail, phone number or code.")


class AddressOut(OutputSerializer):
    """A billing address."""

    line1 = serializers.CharField(default="")
    line2 = serializers.CharField(default="")
    city = serializers.CharField(default="")
    postal_code = serializers.CharField(default="")
    region = serializers.CharField(default="")
    country = serializers.CharField(default="")


class ContactOut(OutputSerializer):
    """Somebody to talk to at the client."""

    name = serializers.CharField()
    role = serializers.CharField(default="")
    email = serializers.CharField(default="")
    phone = serializers.CharField(default="")


class ClientOut(OutputSerializer):
    """A client."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    legal_name = serializers.CharField()
    billing_address = AddressOut()
    tax_id = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    contacts = ContactOut(many=True)
    owner = PersonNameOut()
    status = serializers.ChoiceField(choices=ClientStatus.choices)
    tags = serializers.ListField(child=serializers.CharField())
    remarks = serializers.CharField()
    satisfaction = serializers.IntegerField(allow_null=True)
    merged_into = ClientNameOut(allow_null=True)
    anonymised_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class ContactLogIn(InputSerializer):
    """A contact to be logged."""

    kind = serializers.ChoiceField(choices=ContactKind.choices)
    outcome = serializers.CharField(max_length=5000)
    happened_at = serializers.DateTimeField(required=False)
    next_step = text(300)
    next_step_on = serializers.DateField(required=False, allow_null=True)


class ContactLogOut(OutputSerializer):
    """A contact with a client."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ContactKind.choices)
    happened_at = serializers.DateTimeField()
    outcome = serializers.CharField()
    next_step = serializers.CharField()
    next_step_on = serializers.DateField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    author = PersonNameOut()
    created_at = serializers.DateTimeField()


class MergeIn(InputSerializer):
    """The duplicate that the client takes over, and how you know that they are one."""

    duplicate = CodeOrIdField()
    reason = serializers.CharField(max_length=500)


class ReasonIn(InputSerializer):
    """Why."""

    reason = serializers.CharField(max_length=500)


def as_columns(values: dict[str, Any]) -> dict[str, Any]:
    """Return what was sent under the names of the columns."""
    columns = dict(values)
    if "owner" in columns:
        columns["owner_id"] = columns.pop("owner")
    if "team" in columns:
        columns["team_id"] = columns.pop("team")
    if "billing_address" in columns:
        columns["billing_address"] = AddressOut(columns["billing_address"]).data
    if "contacts" in columns:
        columns["contacts"] = ContactOut(columns["contacts"], many=True).data
    return columns
