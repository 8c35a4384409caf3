"""What the platform does when something happened."""

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.organizations.events import SignUpStarted, WorkspacesAsked
from shared_apps.organizations.services import mail_workspaces
from shared_apps.organizations.services.sign_up import send_code_mail


@reaction("organizations.mail_workspaces")
def mail_found_workspaces(event: WorkspacesAsked, _occurrence: Occurrence) -> None:
    """Write to the address, when organizations know it."""
    mail_workspaces(search_id=event.search_id, locale=event.locale)


@reaction("organizations.send_sign_up_code")
def send_sign_up_code(event: SignUpStarted, _occurrence: Occurrence) -> None:
    """E-mail the code that proves the address."""
    send_code_mail(sign_up_id=event.sign_up_id)
