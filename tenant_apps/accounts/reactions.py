"""What accounts does when something happened."""

from shared_apps.kernel.events import Occurrence, reaction
from tenant_apps.accounts.events import InvitationIssued
from tenant_apps.accounts.services.invitations import send_invitation_mail


@reaction("accounts.send_invitation")
def send_invitation(event: InvitationIssued, _occurrence: Occurrence) -> None:
    """E-mail the invited person the link."""
    send_invitation_mail(user_id=event.user_id)
