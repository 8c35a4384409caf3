"""Replace a password. Nobody ever sets another person's."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.events import PasswordChanged, PasswordChangeRequired
from tenant_apps.accounts.models import User
from tenant_apps.accounts.password_rules import check_strength
from tenant_apps.accounts.services.door import record_refusal
from tenant_apps.accounts.services.people import lock_named, lock_person
from tenant_apps.accounts.services.sign_in_limits import (
    budgets_of_password_again,
    forget_attempts,
)
from tenant_apps.accounts.services.sign_ins import end_all_sign_ins
from tenant_apps.accounts.services.stopping import stop_too_many
from tenant_apps.accounts.tokens import BEARER, PasswordChallenge, read_token


def change_password(*, person: User, old_password: str, new_password: str, at: datetime) -> None:
    """Replace one's own password and end all sign-ins, this one included.

    Wrong old passwords are counted inside, apart from failed sign-ins, and recorded like them.
    Records PasswordChanged. Raises: ValidationFailed, TooManySignIns.
    """
    budgets = budgets_of_password_again(person.pk)
    stop_too_many(budgets, email=person.email, person=person, at=at)
    if not person.check_password(old_password):
        record_refusal(email=person.email, person=person, cause="wrong_old_password", at=at)
        raise ValidationFailed.at("/old_password", "This is not your password.")
    forget_attempts(budgets)
    with transaction.atomic():
        if lock_person(person.pk).password != person.password:  # replaced meanwhile
            raise ValidationFailed.at("/old_password", "This is not your password.")
        replace_password(person.pk, new_password, at=at)


@transaction.atomic
def replace_required_password(*, challenge: str, new_password: str, at: datetime) -> None:
    """Replace the password of a person whom the door asked to; the challenge is good once.

    Locks the person. Records PasswordChanged. Raises: TokenInvalid, WrongTenant, ValidationFailed.
    """
    person = lock_named(read_token(PasswordChallenge, challenge))
    if not person.is_active:
        raise TokenInvalid(headers=BEARER)
    replace_password(person.pk, new_password, at=at)


@transaction.atomic
def require_password_change(*, user_id: UUID, by: Actor, at: datetime) -> User:
    """Make a person choose a new password at the next sign-in; ends all their sign-ins.

    Locks the person; records PasswordChangeRequired. Raises: NotFound.
    """
    person = lock_person(user_id)
    person.password_change_required = True
    changed = person.mark_changed(by_id=None, at=at)
    person.save(update_fields=["password_change_required", *changed])
    end_all_sign_ins(user_id=person.pk, at=at)
    record(PasswordChangeRequired(user_id=person.pk), actor=by, at=at)
    return person


@transaction.atomic
def replace_password(user_id: UUID, new_password: str, *, at: datetime) -> None:
    """Give a person who proved who they are a new password; end all their sign-ins.

    Locks the person; records PasswordChanged. Raises: ValidationFailed.
    """
    person = lock_person(user_id)
    if person.check_password(new_password):
        raise ValidationFailed.at("/new_password", "Choose a password that you do not have now.")
    check_strength(new_password, person=person, field="/new_password")
    person.set_password(new_password)
    person.password_change_required = False
    changed = person.mark_changed(by_id=person.pk, at=at)
    person.save(update_fields=["password", "password_change_required", *changed])
    end_all_sign_ins(user_id=person.pk, at=at)
    record(PasswordChanged(user_id=person.pk), actor=person.actor, at=at)
