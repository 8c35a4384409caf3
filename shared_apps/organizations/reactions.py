"""What organizations do when something happened on the platform."""

from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.organizations.events import SignUpStarted
from shared_apps.organizations.services.sign_up import send_code_mail


@reaction("organizations.send_sign_up_code")
def send_sign_up_code(event: SignUpStarted, _occurrence: Occurrence) -> None:
    """E-mail the code that proves the address."""
    send_code_mail(sign_up_id=event.sign_up_id)
