"""The platform's own errands about organizations."""

from uuid import UUID

from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.services import PROVISION, go_on_with, provision_due
from shared_apps.tenancy.tasks import platform_task


@platform_task("organizations.provision_due")
def provision_what_is_due() -> int:
    """Go on with what dead and failed provisionings have left (every 30 seconds)."""
    return provision_due(at=utc_now())


@platform_task(PROVISION)
def provision(organization_id: str) -> bool:
    """Found one organization now: somebody watches."""
    return go_on_with(UUID(organization_id), at=utc_now())
