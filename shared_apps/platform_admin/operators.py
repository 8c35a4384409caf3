"""What commands and the console do to let operators in, and to keep them out."""

import getpass
import sys
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError, NotFound, ValidationFailed, check_filled
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.management.base import BadInput
from tenant_apps.accounts.selectors import get_person
from tenant_apps.accounts.services import (
    NewPerson,
    create_operator,
    invite_operator,
    make_invitation_token,
    reactivate_person,
    suspend_person,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class NotYourself(DomainError):
    """Somebody has to be left who can let an operator in again."""

    code = "not_yourself"
    message = "Ask another operator: nobody suspends themselves."


def add_operator(*, email: str, name: str, password: str, command: str) -> "User":
    """Create an operator for a command. Raises: EmailTaken, BadInput with one sentence."""
    by = Actor.system(command)
    try:
        return create_operator(new=_new(email, name), password=password, by=by, at=utc_now())
    except ValidationFailed as error:
        raise BadInput(" ".join(problem.message for problem in error.problems)) from error


def add_operator_by_link(*, email: str, name: str, command: str) -> "User":
    """Create an operator who chooses the password by a link. Raises: as add_operator."""
    by = Actor.system(command)
    try:
        return invite_operator(new=_new(email, name), by=by, at=utc_now(), reason="")
    except ValidationFailed as error:
        raise BadInput(" ".join(problem.message for problem in error.problems)) from error


def operator_link(person: "User") -> str:
    """Return the address where an invited operator chooses the password: once, for seven days."""
    token = make_invitation_token(person)
    return f"{settings.PUBLIC_SCHEME}://{settings.BASE_DOMAIN}/welcome/?token={token}"


def suspend_operator(*, user_id: UUID, by: "User", at: datetime, reason: str) -> None:
    """Keep an operator out and end every sign-in. Records PersonSuspended in public.

    Raises: NotFound, NotYourself, WrongStatus, ValidationFailed without a reason.
    """
    check_filled(reason, at="/reason")
    _refuse_others(user_id)
    if user_id == by.pk:
        raise NotYourself
    suspend_person(user_id=user_id, by=by.actor, at=at, reason=reason)


def reactivate_operator(*, user_id: UUID, by: "User", at: datetime, reason: str) -> None:
    """Let a suspended operator in again. Records PersonReactivated in public.

    Raises: NotFound, WrongStatus.
    """
    _refuse_others(user_id)
    reactivate_person(user_id=user_id, by=by.actor, at=at, reason=reason)


def read_password(*, from_stdin: bool) -> str:
    """Return the password from the first line of stdin, or ask for it twice at the terminal.

    Raises: BadInput.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadInput("There is no terminal to ask at: send the password with --password-stdin.")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password (again): ") != password:
        raise BadInput("The two passwords differ.")
    return password


def _new(email: str, name: str) -> NewPerson:
    first_name, _, last_name = name.strip().partition(" ")
    return NewPerson(email=email, first_name=first_name, last_name=last_name.strip())


def _refuse_others(user_id: UUID) -> None:
    if not get_person(user_id).is_operator:
        raise NotFound
