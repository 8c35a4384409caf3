"""Who must come through the organization's provider (the setting PROVIDER_RULE)."""

from typing import TYPE_CHECKING

from django.db.models import BooleanField, Exists, Expression, ExpressionWrapper, OuterRef

from shared_apps.tenancy.context import is_platform
from tenant_apps.access.selectors import OWNER, list_assignments, roles_of
from tenant_apps.accounts.services import ProviderRule
from tenant_apps.sso.models import Connection

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


def provider_rule(person: "User | None") -> ProviderRule:
    """Return whether a provider is required here, and whether a person may come without.

    Owners may, so that a provider that is down or set up wrongly locks nobody out for good; the
    door notes each time that they do.
    """
    if is_platform() or not Connection.objects.filter(is_required=True).exists():
        return ProviderRule()
    is_exempt = person is not None and OWNER in roles_of(person.pk)
    return ProviderRule(is_required=True, is_exempt=is_exempt)


def is_provider_asked(user: str) -> Expression:
    """Return the same as SQL: whether a provider is asked of the person whom the field names."""
    is_required = Exists(Connection.objects.filter(is_required=True))
    is_exempt = Exists(list_assignments(OWNER).filter(user_id=OuterRef(user)))
    return ExpressionWrapper(is_required & ~is_exempt, output_field=BooleanField())
