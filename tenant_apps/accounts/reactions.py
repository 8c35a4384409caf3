"""What accounts does when something happened."""

from uuid import UUID

from shared_apps.kernel.events import Occurrence, reaction
from tenant_apps.accounts.events import (
    InvitationIssued,
    PasswordResetAsked,
    PersonEvent,
    SecondFactorsReset,
)
from tenant_apps.accounts.services.invitations import send_invitation_mail
from tenant_apps.accounts.services.login_hints import refresh_login_hint
from tenant_apps.accounts.services.mfa_resets import send_reset_notice
from tenant_apps.accounts.services.resets import send_reset_mail


@reaction("accounts.send_invitation")
def send_invitation(event: InvitationIssued, _occurrence: Occurrence) -> None:
    """E-mail the invited person the link."""
    send_invitation_mail(user_id=event.user_id)


@reaction("accounts.send_password_reset")
def send_password_reset(event: PasswordResetAsked, _occurrence: Occurrence) -> None:
    """E-mail the link, when the address was somebody's."""
    if event.user_id:
        send_reset_mail(user_id=UUID(event.user_id))


@reaction("accounts.tell_second_factors_reset")
def tell_second_factors_reset(event: SecondFactorsReset, _occurrence: Occurrence) -> None:
    """E-mail the person: they may not have asked for it."""
    send_reset_notice(user_id=event.user_id)


@reaction("accounts.keep_login_hint")
def keep_login_hint(event: PersonEvent, _occurrence: Occurrence) -> None:
    """Tell the platform whether the person's address still leads here."""
    refresh_login_hint(user_id=event.user_id)
