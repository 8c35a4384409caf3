"""Invitations: a link that lets an invited person choose the first password, once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.kernel.wording import worded
from shared_apps.tenancy.context import current_tenant
from shared_apps.tenancy.mails import address_at, write_to
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.events import InvitationIssued, InvitationRevoked
from tenant_apps.accounts.models import PersonStatus, User
from tenant_apps.accounts.selectors import get_person
from tenant_apps.accounts.services.people import (
    WrongStatus,
    activate_person,
    find_named,
    lock_named,
    lock_person,
)
from tenant_apps.accounts.tokens import BEARER, InvitationToken, fingerprint, read_token


@transaction.atomic
def issue_invitation(*, user_id: UUID, by: Actor, at: datetime) -> User:
    """Have a link sent to an invited person; links sent before stop working. Locks the person.

    Records InvitationIssued, whose later reaction sends the e-mail. Raises: NotFound, WrongStatus.
    """
    person = lock_person(user_id)
    if person.status != PersonStatus.INVITED or person.is_archived:
        raise WrongStatus("Only a person who has not accepted yet can be invited.")
    person.set_unusable_password()
    person.save(update_fields=["password"])
    record(InvitationIssued(user_id=person.pk), actor=by, at=at)
    return person


@transaction.atomic
def revoke_invitation(*, user_id: UUID, by: Actor, at: datetime) -> User:
    """Take an invitation back: its link stops working. Locks the person, who leaves the lists.

    The same address can be invited again. Records InvitationRevoked. Raises: NotFound, WrongStatus.
    """
    person = lock_person(user_id)
    if person.status != PersonStatus.INVITED or person.is_archived:
        raise WrongStatus("Only an invitation that nobody has accepted yet can be taken back.")
    person.set_unusable_password()
    person.archived_at = at
    changed = person.mark_changed(by_id=by.user_id, at=at)
    person.save(update_fields=["password", "archived_at", *changed])
    record(InvitationRevoked(user_id=person.pk), actor=by, at=at)
    return person


def make_invitation_token(person: User) -> str:
    """Return the token of an invited person's link: good for seven days and one use."""
    token = InvitationToken()
    token["sub"] = str(person.pk)
    token["fp"] = fingerprint(person)
    return str(token)


@transaction.atomic
def accept_invitation(*, token: str, password: str, at: datetime) -> User:
    """Let an invited person choose the first password. Locks the person; records PersonActivated.

    Raises: TokenInvalid, WrongTenant, ValidationFailed (weak password).
    """
    person = lock_named(read_token(InvitationToken, token))
    try:
        return activate_person(user_id=person.pk, password=password, by=person.actor, at=at)
    except WrongStatus:
        raise TokenInvalid(headers=BEARER) from None


def find_invited(token: str) -> User | None:
    """Return who is invited by a link that is still good; None for any other, a foreign one too."""
    person = find_named(InvitationToken, token)
    is_open = person is not None and person.status == PersonStatus.INVITED
    return person if is_open and person and not person.is_archived else None


def send_invitation_mail(*, user_id: UUID) -> None:
    """E-mail the link to a person who is still invited. The host comes from the domain table."""
    person = get_person(user_id)
    if person.status != PersonStatus.INVITED or person.is_archived:
        return
    tenant = current_tenant()
    link = address_at(tenant, "/invitations/accept/")
    with translation.override(person.locale):
        subject = worded("%(organization)s invites you", organization=tenant.name)
        text = worded(
            "Hello %(name)s,\n\nYou are invited to %(organization)s. "
            "Choose your password within seven days:\n\n%(link)s\n\n"
            "If you do not expect this, do nothing: the link ends by itself.\n",
            name=person.full_name,
            organization=tenant.name,
            link=f"{link}?token={make_invitation_token(person)}",
        )
    write_to([person.email], subject=subject, text=text)
