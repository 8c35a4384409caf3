"""What the platform's API takes and gives."""

from typing import Any

from rest_framework import serializers

from shared_apps.organizations.selectors import STATUSES
from shared_apps.platform_admin.api.base import ReasonIn
from shared_apps.web.serializers import (
    InputSerializer,
    OutputSerializer,
    QuerySerializer,
    SearchField,
)


class OrganizationQuery(QuerySerializer):
    """Which organizations to list; `search` is looked for in subdomains, names and hosts."""

    search = SearchField()
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class OrganizationOut(OutputSerializer):
    """An organization as operators know it: nothing of its money, clients or deals."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    failure = serializers.CharField(help_text="Why the founding failed; empty otherwise.")
    host = serializers.SerializerMethodField()
    legal_name = serializers.CharField()
    email = serializers.CharField()
    currency = serializers.CharField()
    timezone = serializers.CharField()
    created_at = serializers.DateTimeField()

    def get_host(self, organization: Any) -> str:
        """Return the primary host."""
        hosts = [each.domain for each in organization.domains.all() if each.is_primary]
        return str(hosts[0]) if hosts else ""


class OwnerIn(InputSerializer):
    """The first owner, who is invited by e-mail."""

    email = serializers.EmailField(max_length=254)
    first_name = serializers.CharField(max_length=150)
    last_name = serializers.CharField(max_length=150)


class OrganizationIn(ReasonIn):
    """A new organization and its first owner."""

    slug = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)
    currency = serializers.CharField(max_length=3)
    timezone = serializers.CharField(max_length=64)
    owner = OwnerIn()


class DomainQuery(QuerySerializer):
    """Whose hosts to list, by subdomain; `search` is looked for in host names."""

    search = SearchField()
    organization = serializers.CharField(max_length=40, required=False)


class DomainOut(OutputSerializer):
    """A host and whose it is."""

    id = serializers.IntegerField()
    host = serializers.CharField(source="domain")
    organization = serializers.CharField(source="tenant.slug")
    is_primary = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class DomainIn(ReasonIn):
    """A host for an organization."""

    organization = serializers.UUIDField()
    host = serializers.CharField(max_length=253)


class AdministratorQuery(QuerySerializer):
    """Whose administrators to list, by subdomain; `search` is looked for in names and addresses."""

    search = SearchField()
    organization = serializers.CharField(max_length=40, required=False)


class AdministratorOut(OutputSerializer):
    """Somebody who administers an organization."""

    organization = serializers.CharField(source="organization.slug")
    organization_name = serializers.CharField(source="organization.name")
    person_id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField()
    status = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    is_owner = serializers.BooleanField()


class JobQuery(QuerySerializer):
    """Whose jobs to list, by subdomain; without one, the platform's."""

    organization = serializers.CharField(max_length=40, required=False)


class VisitIn(ReasonIn):
    """As whom to act, where and for how long."""

    organization = serializers.UUIDField()
    person = serializers.UUIDField()
    minutes = serializers.IntegerField(min_value=5, max_value=60)


class VisitOut(OutputSerializer):
    """When an operator acted as a person, and why."""

    id = serializers.UUIDField()
    operator = serializers.CharField(source="operator_label")
    organization = serializers.CharField(source="organization_slug")
    person = serializers.CharField(source="person_label")
    reason = serializers.CharField()
    started_at = serializers.DateTimeField()
    entered_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class BegunVisitOut(VisitOut):
    """A visit that was begun, with the way in."""

    url = serializers.SerializerMethodField(help_text="Good once, within a minute.")

    def get_url(self, _visit: object) -> str:
        """Return where the browser goes in."""
        return str(self.context["url"])
