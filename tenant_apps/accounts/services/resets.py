"""A forgotten password: a link by e-mail lets the person choose a new one, once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.crypto import salted_hmac

from shared_apps.audit.recording import record
from shared_apps.audit.request import current_request_info
from shared_apps.kernel.events import Actor
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.wording import worded
from shared_apps.tenancy.context import current_tenant
from shared_apps.tenancy.mails import address_at, write_to
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.events import PasswordResetAsked
from tenant_apps.accounts.models import User
from tenant_apps.accounts.selectors import find_person_by_email, get_person, normal_email
from tenant_apps.accounts.services.passwords import replace_password
from tenant_apps.accounts.services.people import find_named, lock_named
from tenant_apps.accounts.services.sign_in_limits import budgets_of_reset, refuse_too_many
from tenant_apps.accounts.tokens import BEARER, ResetToken, make_token, read_token


def ask_password_reset(*, email: str, at: datetime) -> None:
    """Have a link sent to the person with this address, if there is one.

    Known and unknown addresses cost the same: both are counted and recorded, and a worker finds out
    whether there is anybody to write to. Records PasswordResetAsked. Raises: TooManySignIns.
    """
    refuse_too_many(budgets_of_reset(ip=current_request_info().ip, email=email), at=at)
    person = find_person_by_email(email)
    _record_asked(email, person, at)


@transaction.atomic
def reset_password(*, token: str, new_password: str, at: datetime) -> None:
    """Replace the password of whoever got the link; it is good once. Opens nothing: sign in then.

    Locks the person. Records PasswordChanged. Raises: TokenInvalid, WrongTenant, ValidationFailed.
    """
    person = lock_named(read_token(ResetToken, token))
    if not person.is_active:
        raise TokenInvalid(headers=BEARER)
    replace_password(person.pk, new_password, at=at)


def find_forgetful(token: str) -> User | None:
    """Return whose password a link that is still good replaces; None for any other link."""
    person = find_named(ResetToken, token)
    return person if person is not None and person.is_active else None


def send_reset_mail(*, user_id: UUID) -> None:
    """E-mail the link to a person who can sign in. The host comes from the domain table."""
    person = get_person(user_id)
    if not person.is_active:
        return
    tenant = current_tenant()
    link = address_at(tenant, "/password/reset/")
    with translation.override(person.locale):
        subject = worded("Your password at %(organization)s", organization=tenant.name)
        text = worded(
            "Hello %(name)s,\n\nSomebody, we hope you, forgot your password at %(organization)s. "
            "Choose a new one within an hour:\n\n%(link)s\n\n"
            "If it was not you, do nothing: your password stays.\n",
            name=person.full_name,
            organization=tenant.name,
            link=f"{link}?token={make_reset_token(person)}",
        )
    write_to([person.email], subject=subject, text=text)


def make_reset_token(person: User) -> str:
    """Return the token of a link: good for an hour, and until the password changes."""
    return str(make_token(ResetToken, person))


@transaction.atomic
def _record_asked(email: str, person: User | None, at: datetime) -> None:
    digest = salted_hmac("accounts.sign_in_failed", normal_email(email)).hexdigest()
    event = PasswordResetAsked(
        attempt_id=uuid7(), user_id=str(person.pk) if person else "", email_digest=digest
    )
    record(event, actor=Actor.system("password_reset"), at=at)
