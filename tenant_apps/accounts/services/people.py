"""Enter people, change them, and say whether they may sign in."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, NotFound, StaleVersion, ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import is_platform
from shared_apps.web.errors import TokenInvalid, WrongTenant
from tenant_apps.accounts.events import (
    PersonActivated,
    PersonChanged,
    PersonCreated,
    PersonInvited,
    PersonJoined,
    PersonReactivated,
    PersonSuspended,
    PictureChanged,
)
from tenant_apps.accounts.models import PersonStatus, User
from tenant_apps.accounts.password_rules import check_strength
from tenant_apps.accounts.selectors import normal_email
from tenant_apps.accounts.services.sign_ins import end_all_sign_ins
from tenant_apps.accounts.tokens import BEARER, BoundToken, fingerprint, read_token


class EmailTaken(DomainError):
    """Another person of the organization has this address."""

    code = "email_taken"
    message = "There is a person with this e-mail address already."
    field = "/email"


class ExternalIdTaken(DomainError):
    """Another person of the organization has this external id."""

    code = "external_id_taken"
    message = "There is a person with this external id already."
    field = "/external_id"


class WrongStatus(DomainError):
    """The person's status does not allow the step."""

    code = "person_wrong_status"
    message = "This step is not open to a person in this state; somebody may have taken it already."


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """Who is entered. Names may be empty; the address is the name to sign in with.

    `locale` is the language of what is mailed and shown until the person chooses another.
    """

    email: str
    first_name: str = ""
    last_name: str = ""
    external_id: str | None = None
    phone: str = ""
    locale: str = "en"


@dataclass(frozen=True, kw_only=True)
class PersonChanges:
    """What to change of a person; None leaves a value as it is."""

    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    locale: str | None = None
    timezone: str | None = None

    def given(self) -> dict[str, str]:
        """Return the values to change, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@transaction.atomic
def invite_person(*, new: NewPerson, by: Actor, at: datetime) -> User:
    """Enter a person who has no password yet. Records PersonInvited; sends nothing.

    Whoever was invited before and taken back is the same person again.
    Raises: EmailTaken, ExternalIdTaken, ValidationFailed.
    """
    person = _build_person(new, by=by, at=at)
    person.set_unusable_password()
    taken_back = _lock_taken_back(person.email)
    if taken_back is not None:
        person = _invite_anew(taken_back, new, by=by, at=at)
    else:
        _insert(person)
    record(PersonInvited(user_id=person.pk), actor=by, at=at, after=_facts(person))
    return person


def check_invitable(new: NewPerson) -> None:
    """Refuse an address that is none, or is somebody's. Raises: EmailTaken, ValidationFailed."""
    email = _checked_email(new.email)
    taken_back = User.objects.filter(status=PersonStatus.INVITED, archived_at__isnull=False)
    if User.objects.filter(email=email).exclude(pk__in=taken_back.values("pk")).exists():
        raise EmailTaken


@transaction.atomic
def create_person(*, new: NewPerson, password: str, by: Actor, at: datetime) -> User:
    """Enter a person who can sign in at once. Records PersonCreated.

    Raises: EmailTaken, ExternalIdTaken, ValidationFailed (address, weak password).
    """
    person = _build_person(new, by=by, at=at)
    check_strength(password, person=person)
    person.set_password(password)
    person.status = PersonStatus.ACTIVE
    _insert(person)
    record(PersonCreated(user_id=person.pk), actor=by, at=at, after=_facts(person))
    return person


@transaction.atomic
def join_person(*, new: NewPerson, by: Actor, at: datetime) -> User:
    """Let a person in whom the organization's provider vouches for, without a password.

    Whoever was invited becomes active. Records PersonJoined. Raises: EmailTaken when somebody who
    is not invited has the address, ValidationFailed (address).
    """
    person = _lock_by_email(new.email)
    if person is None:
        person = _build_person(new, by=by, at=at)
        person.set_unusable_password()
        person.status = PersonStatus.ACTIVE
        _insert(person)
        before = None
    elif person.status == PersonStatus.INVITED and not person.is_archived:
        before = _set_status(person, PersonStatus.ACTIVE, by=by, at=at)
    else:
        raise EmailTaken
    after = _facts(person)
    record(PersonJoined(user_id=person.pk), actor=by, at=at, before={"status": before}, after=after)
    return person


@transaction.atomic
def create_operator(*, new: NewPerson, password: str, by: Actor, at: datetime) -> User:
    """Enter a platform operator; only on the platform. Records PersonCreated.

    Raises: EmailTaken, ValidationFailed, RuntimeError inside an organization.
    """
    if not is_platform():
        raise RuntimeError("Operators live in the public schema: enter use_platform() first.")
    person = _build_person(new, by=by, at=at)
    check_strength(password, person=person)
    person.set_password(password)
    person.status, person.is_operator = PersonStatus.ACTIVE, True
    _insert(person)
    record(PersonCreated(user_id=person.pk), actor=by, at=at, after=_facts(person))
    return person


@transaction.atomic
def invite_operator(*, new: NewPerson, by: Actor, at: datetime, reason: str) -> User:
    """Enter an operator who has no password yet; only on the platform. Records PersonInvited.

    Raises: EmailTaken, ValidationFailed, RuntimeError inside an organization.
    """
    if not is_platform():
        raise RuntimeError("Operators live in the public schema: enter use_platform() first.")
    person = _build_person(new, by=by, at=at)
    person.set_unusable_password()
    person.is_operator = True
    _insert(person)
    after = _facts(person)
    record(PersonInvited(user_id=person.pk), actor=by, at=at, after=after, reason=reason)
    return person


@transaction.atomic
def activate_person(*, user_id: UUID, password: str, by: Actor, at: datetime) -> User:
    """Give an invited person the first password. Locks the person; records PersonActivated.

    Raises: NotFound, WrongStatus, ValidationFailed (weak password).
    """
    person = lock_person(user_id)
    if person.status != PersonStatus.INVITED or person.is_archived:
        raise WrongStatus("Only an invited person can accept an invitation.")
    check_strength(password, person=person)
    person.set_password(password)
    person.status = PersonStatus.ACTIVE
    changed = person.mark_changed(by_id=person.pk, at=at)
    person.save(update_fields=["password", "status", *changed])
    record(
        PersonActivated(user_id=person.pk),
        actor=by,
        at=at,
        before={"status": PersonStatus.INVITED.value},
        after={"status": PersonStatus.ACTIVE.value},
    )
    return person


@transaction.atomic
def update_person(
    *, user_id: UUID, changes: PersonChanges, expected_version: int, by: Actor, at: datetime
) -> User:
    """Change names and contact details. Locks the person; records PersonChanged.

    Raises: NotFound, StaleVersion.
    """
    person = lock_person(user_id)
    if person.version != expected_version:
        raise StaleVersion
    after = changes.given()
    before = {name: getattr(person, name) for name in after}
    for name, value in after.items():
        setattr(person, name, value)
    changed = person.mark_changed(by_id=by.user_id, at=at)
    person.save(update_fields=[*after, *changed])
    record(PersonChanged(user_id=person.pk), actor=by, at=at, before=before, after=after)
    return person


@transaction.atomic
def change_picture(*, user_id: UUID, picture: str, by: Actor, at: datetime) -> str:
    """Note where a person's picture is kept, "" for none; return where the one before is.

    Locks the person; records PictureChanged when it is another one. Raises: NotFound.
    """
    person = lock_person(user_id)
    before, person.picture = person.picture, picture
    if before == picture:
        return ""
    changed = person.mark_changed(by_id=by.user_id, at=at)
    person.save(update_fields=["picture", *changed])
    event = PictureChanged(user_id=person.pk, has_picture=bool(picture))
    record(event, actor=by, at=at)
    return before


@transaction.atomic
def suspend_person(*, user_id: UUID, by: Actor, at: datetime, reason: str = "") -> User:
    """Keep a person from signing in and end every sign-in. Locks the person.

    Records PersonSuspended. Raises: NotFound, WrongStatus.
    """
    person = lock_person(user_id)
    if person.status == PersonStatus.SUSPENDED:
        raise WrongStatus("The person is suspended already.")
    before = _set_status(person, PersonStatus.SUSPENDED, by=by, at=at)
    end_all_sign_ins(user_id=person.pk, at=at)
    record(
        PersonSuspended(user_id=person.pk),
        actor=by,
        at=at,
        before={"status": before},
        after={"status": person.status},
        reason=reason,
    )
    return person


@transaction.atomic
def reactivate_person(*, user_id: UUID, by: Actor, at: datetime, reason: str = "") -> User:
    """Let a suspended person sign in again, or wait for the invitation as before.

    Locks the person; records PersonReactivated. Raises: NotFound, WrongStatus.
    """
    person = lock_person(user_id)
    if person.status != PersonStatus.SUSPENDED:
        raise WrongStatus("The person is not suspended.")
    target = PersonStatus.ACTIVE if person.has_usable_password() else PersonStatus.INVITED
    before = _set_status(person, target, by=by, at=at)
    record(
        PersonReactivated(user_id=person.pk),
        actor=by,
        at=at,
        before={"status": before},
        after={"status": person.status},
        reason=reason,
    )
    return person


def lock_person(user_id: UUID) -> User:
    """Return the person, locked until the transaction ends. Raises: NotFound."""
    people = User.objects.select_for_update(no_key=True, of=("self",))
    person = people.filter(pk=user_id, is_service_account=False).first()
    if person is None:
        raise NotFound
    return person


def find_named(kind: type[BoundToken], text: str) -> User | None:
    """Return the person whom a token that is good once names, None when it is good no more."""
    try:
        token = read_token(kind, text)
    except (TokenInvalid, WrongTenant):
        return None
    person = User.objects.filter(pk=token["sub"]).first()
    return person if person is not None and token["fp"] == fingerprint(person) else None


def lock_named(token: BoundToken) -> User:
    """Return the person whom a token that is good once names, locked until the transaction ends.

    Asked under the lock, so that of two who bring one token at once the second finds it used: it
    is bound to the password that the first replaced. Raises: TokenInvalid.
    """
    people = User.objects.select_for_update(no_key=True, of=("self",))
    person = people.filter(pk=token["sub"]).first()
    if person is None or token["fp"] != fingerprint(person):
        raise TokenInvalid(headers=BEARER)
    return person


def _lock_by_email(email: str) -> User | None:
    people = User.objects.select_for_update(no_key=True, of=("self",))
    return people.filter(email=normal_email(email)).first()


def _build_person(new: NewPerson, *, by: Actor, at: datetime) -> User:
    return User(
        email=_checked_email(new.email),
        first_name=new.first_name.strip(),
        last_name=new.last_name.strip(),
        external_id=new.external_id,
        phone=new.phone,
        locale=new.locale,
        created_at=at,
        updated_at=at,
        created_by_id=by.user_id,
        updated_by_id=by.user_id,
    )


def _checked_email(typed: str) -> str:
    email = normal_email(typed)
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationFailed.at("/email", "Enter a valid e-mail address.") from None
    return email


def _lock_taken_back(email: str) -> User | None:
    """Return who has this address and an invitation that was taken back, locked."""
    people = User.objects.select_for_update(no_key=True, of=("self",))
    return people.filter(
        email=email, status=PersonStatus.INVITED, archived_at__isnull=False
    ).first()


def _invite_anew(person: User, new: NewPerson, *, by: Actor, at: datetime) -> User:
    given = {
        "first_name": new.first_name.strip(),
        "last_name": new.last_name.strip(),
        "phone": new.phone,
        "locale": new.locale,
        "archived_at": None,
    }
    for name, value in given.items():
        setattr(person, name, value)
    changed = person.mark_changed(by_id=by.user_id, at=at)
    person.save(update_fields=[*given, *changed])
    return person


def _insert(person: User) -> None:
    """Save a new person; the unique constraints decide between two who come at once."""
    if User.objects.filter(email=person.email).exists():
        raise EmailTaken
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise (ExternalIdTaken if "external_id" in str(error) else EmailTaken) from error


def _set_status(person: User, status: PersonStatus, *, by: Actor, at: datetime) -> str:
    before, person.status = person.status, status
    changed = person.mark_changed(by_id=by.user_id, at=at)
    person.save(update_fields=["status", *changed])
    return before


def _facts(person: User) -> dict[str, str]:
    return {
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "status": person.status,
    }
