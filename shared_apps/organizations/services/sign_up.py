"""Sign up for an organization: say what is wanted, prove the e-mail address, have it founded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, NotFound, ValidationFailed, check_filled
from shared_apps.kernel.events import Actor
from shared_apps.organizations.events import SignUpStarted
from shared_apps.organizations.models import Organization, SignUp
from shared_apps.organizations.selectors import is_slug_free
from shared_apps.organizations.services.ask import ask_for_organization
from shared_apps.organizations.services.checking import FirstOwner
from shared_apps.organizations.services.request import (
    NewOrganization,
    SlugTaken,
    check_new_organization,
)
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.mails import write_from_platform

GOOD_FOR = timedelta(hours=1)
KEPT_FOR = timedelta(days=1)
MOST_TRIES = 5
VISITOR = Actor.system("sign_up")


class SignUpOver(DomainError):
    """The code was asked for too long ago, or guessed at too often."""

    code = "sign_up_over"
    message = "This sign-up is over: begin again, and a new code is sent."


@dataclass(frozen=True, kw_only=True)
class SignUpWish:
    """What somebody wants: an organization, and to own it."""

    organization: NewOrganization
    owner: FirstOwner
    locale: str = "en"


def start_sign_up(*, wish: SignUpWish, at: datetime) -> SignUp:
    """Write a sign-up down and have a code mailed; nothing is founded yet.

    Forgets those of yesterday. Records SignUpStarted, whose later reaction sends the code.
    Raises: ValidationFailed, SlugTaken.
    """
    new, owner = wish.organization, wish.owner
    check_new_organization(new, owner=owner)
    with use_platform(), transaction.atomic():
        if not is_slug_free(new.slug):
            raise SlugTaken
        SignUp.objects.filter(expires_at__lt=at - KEPT_FOR).delete()
        row = SignUp(
            slug=new.slug,
            name=new.name.strip(),
            currency=new.currency,
            timezone=new.timezone,
            email=owner.email.strip().lower(),
            first_name=owner.first_name.strip(),
            last_name=owner.last_name.strip(),
            locale=wish.locale,
            started_at=at,
            expires_at=at + GOOD_FOR,
        )
        row.save(force_insert=True)
        record(SignUpStarted(sign_up_id=row.pk, slug=row.slug), actor=VISITOR, at=at)
    return row


def verify_sign_up(*, sign_up_id: UUID, code: str, at: datetime) -> Organization:
    """Take the mailed code and have the organization founded; a second time it is the same one.

    Locks the sign-up. A wrong code is counted and stays counted. Records OrganizationRequested.
    Raises: SignUpOver, ValidationFailed (wrong code), SlugTaken, NotFound.
    """
    check_filled(code, at="/code")
    with use_platform():
        if not _count_try(sign_up_id, code, at):
            raise ValidationFailed.at("/code", "The code is wrong; look at the newest e-mail.")
        return _found(sign_up_id, at)


@transaction.atomic
def _count_try(sign_up_id: UUID, code: str, at: datetime) -> bool:
    row = _lock(sign_up_id)
    if row.organization_id is not None:
        return True
    if at >= row.expires_at or row.tries >= MOST_TRIES:
        raise SignUpOver
    if constant_time_compare(code.replace(" ", ""), code_of(row)):
        return True
    row.tries += 1
    row.save(update_fields=["tries"])
    return False


@transaction.atomic
def _found(sign_up_id: UUID, at: datetime) -> Organization:
    row = _lock(sign_up_id)
    if row.organization_id is not None:
        found: Organization = Organization.objects.get(pk=row.organization_id)
        return found
    new = NewOrganization(
        slug=row.slug, name=row.name, currency=row.currency, timezone=row.timezone
    )
    owner = FirstOwner(email=row.email, first_name=row.first_name, last_name=row.last_name)
    organization = ask_for_organization(new, owner=owner, by=VISITOR, at=at)
    row.verified_at, row.organization_id = at, organization.pk
    row.save(update_fields=["verified_at", "organization_id"])
    return organization


def code_of(row: SignUp) -> str:
    """Return the six digits of a sign-up. They follow from the secret key, so no row keeps them."""
    digest = salted_hmac("organizations.sign_up", str(row.pk), algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 1_000_000:06}"


def send_code_mail(*, sign_up_id: UUID) -> None:
    """E-mail the code to a sign-up that waits for it."""
    row = SignUp.objects.filter(pk=sign_up_id, organization_id=None).first()
    if row is None:
        return
    with translation.override(row.locale):
        text = _(
            "Hello %(name)s,\n\n"
            "Your code is %(code)s. It is good for an hour and founds %(slug)s.\n\n"
            "If you did not sign up, do nothing: nothing is founded without the code.\n"
        ) % {"name": row.first_name, "code": code_of(row), "slug": row.name}
        subject = _("%(code)s is your code") % {"code": code_of(row)}
    write_from_platform([row.email], subject=subject, text=text)


def _lock(sign_up_id: UUID) -> SignUp:
    row = SignUp.objects.select_for_update(no_key=True).filter(pk=sign_up_id).first()
    if row is None:
        raise NotFound
    return row
