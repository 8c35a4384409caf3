"""What the platform does when something happened."""

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.organizations.events import WorkspacesAsked
from shared_apps.organizations.services import mail_workspaces


@reaction("organizations.mail_workspaces")
def mail_found_workspaces(event: WorkspacesAsked, _occurrence: Occurrence) -> None:
    """Write to the address, when organizations know it."""
    mail_workspaces(search_id=event.search_id)
