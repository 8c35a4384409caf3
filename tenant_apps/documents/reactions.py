"""What documents do when something is chosen elsewhere."""

from uuid import UUID

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.organizations.events import OrganizationChanged
from tenant_apps.documents.services import require_picture


@reaction("documents.require_picture")
def require_picture_as_logo(event: OrganizationChanged, occurrence: Occurrence) -> None:
    """Keep out of the branding what no paper could show. Raises: ValidationFailed."""
    if event.brand_logo:
        require_picture(UUID(event.brand_logo), field="/brand_logo")
