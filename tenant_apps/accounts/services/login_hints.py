"""Tell the platform which addresses have an account here, so that people find their way."""

from uuid import UUID

from shared_apps.organizations.services import drop_hint, keep_hint, replace_hints
from shared_apps.tenancy.context import current_tenant, find_current_tenant
from tenant_apps.accounts.selectors import get_person, list_addresses


def refresh_login_hint(*, user_id: UUID) -> None:
    """Make the platform's hint to this organization that of a person as they are now.

    On the platform there is nothing to tell: operators know where they sign in. Raises: NotFound.
    """
    tenant = find_current_tenant()
    if tenant is None:
        return
    person = get_person(user_id)
    tell = keep_hint if person.email in list_addresses(user_id=user_id) else drop_hint
    tell(organization_id=tenant.id, email=person.email)


def rebuild_login_hints() -> int:
    """Make the platform's hints to this organization those of its people; return the changes."""
    return replace_hints(organization_id=current_tenant().id, emails=list_addresses())
