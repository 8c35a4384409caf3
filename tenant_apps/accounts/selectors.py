"""Reads of people."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from shared_apps.kernel.errors import NotFound
from tenant_apps.accounts.models import (
    ApiKey,
    Impersonation,
    MfaReset,
    PersonStatus,
    Proof,
    RecoveryCode,
    ResetStatus,
    SignIn,
    User,
)

_FACTORS = {
    Authenticator.Type.TOTP: Proof.TOTP.value,
    Authenticator.Type.WEBAUTHN: Proof.PASSKEY.value,
}


def get_person(user_id: UUID) -> User:
    """Return one person. Raises: NotFound."""
    person = User.objects.filter(pk=user_id).first()
    if person is None:
        raise NotFound
    return person


def find_person_by_email(email: str) -> User | None:
    """Return the person with this address, whatever its case; never a service account."""
    people = User.objects.filter(is_service_account=False)
    return people.filter(email=normal_email(email)).first()


def find_person_by_external_id(external_id: str) -> User | None:
    """Return the person whom an imported system knows by this id."""
    return User.objects.filter(external_id=external_id).first()


def people_by_id(ids: Iterable[UUID]) -> dict[UUID, User]:
    """Return the people with these ids, by id; unknown ids are left out. One query."""
    return {person.pk: person for person in User.objects.filter(pk__in=set(ids)).order_by("pk")}


def people_among(ids: Collection[UUID]) -> QuerySet[User]:
    """Return the people with these ids, whoever asks: what the audit log calls them."""
    return User.objects.filter(pk__in=ids).order_by("pk")


def list_addresses(*, user_id: UUID | None = None) -> list[str]:
    """Return the addresses that sign in here, or could once they accept; of one person if named."""
    people = User.objects.filter(archived_at=None, is_service_account=False)
    people = people.exclude(status=PersonStatus.SUSPENDED)
    if user_id is not None:
        people = people.filter(pk=user_id)
    return list(people.order_by("pk").values_list("email", flat=True))


def person_label(user_id: UUID) -> str:
    """Return the name that others see; empty for an unknown id."""
    person = User.objects.filter(pk=user_id).first()
    return person.full_name if person else ""


def list_people(*, search: str = "", status: str = "") -> QuerySet[User]:
    """Return the people who are not archived, by last name, first name and id.

    `search` is looked for in names and addresses; `status` is one of PersonStatus.
    """
    people = User.objects.filter(archived_at=None, is_service_account=False)
    if search:
        people = people.filter(
            Q(first_name__icontains=search)
            | Q(last_name__icontains=search)
            | Q(email__icontains=search)
        )
    if status:
        people = people.filter(status=status)
    return people.order_by("last_name", "first_name", "pk")


def active_people_among(ids: Iterable[UUID]) -> list[UUID]:
    """Return those of the ids who are people that may sign in, in order of id."""
    people = User.objects.filter(pk__in=set(ids), status=PersonStatus.ACTIVE, archived_at=None)
    return list(people.order_by("pk").values_list("pk", flat=True))


def list_open_sign_ins(user_id: UUID, *, at: datetime) -> QuerySet[SignIn]:
    """Return a person's sign-ins that still count, the newest first."""
    rows = SignIn.objects.filter(user_id=user_id, ended_at=None, expires_at__gt=at)
    return rows.order_by("-started_at", "-pk")


def people_blocked_from_deciding(*, at: datetime) -> frozenset[UUID]:
    """Return the people whose second factors were reset less than a day ago."""
    rows = User.objects.filter(approvals_blocked_until__gt=at).order_by("pk")
    return frozenset(rows.values_list("pk", flat=True))


def find_api_key(key_id: UUID) -> ApiKey | None:
    """Return a key with its service account and its issuer, whether or not it counts. One query."""
    rows = ApiKey.objects.select_related("service_account", "issued_by")
    return rows.filter(pk=key_id).first()


def list_api_keys(*, service_account: UUID | None = None) -> QuerySet[ApiKey]:
    """Return keys with their service accounts and issuers, those that ended too, newest first."""
    rows = ApiKey.objects.select_related("service_account", "issued_by", "replaced_by")
    if service_account is not None:
        rows = rows.filter(service_account_id=service_account)
    return rows.order_by("-issued_at", "-pk")


def get_api_key(key_id: UUID) -> ApiKey:
    """Return one key with its service account and its issuer. Raises: NotFound."""
    key = list_api_keys().filter(pk=key_id).first()
    if key is None:
        raise NotFound
    return key


def list_service_accounts() -> QuerySet[User]:
    """Return the service accounts, by name and id."""
    return User.objects.filter(is_service_account=True).order_by("first_name", "pk")


def get_service_account(user_id: UUID) -> User:
    """Return one service account. Raises: NotFound."""
    account = list_service_accounts().filter(pk=user_id).first()
    if account is None:
        raise NotFound
    return account


def service_accounts_without_key(ids: Iterable[UUID], *, at: datetime) -> frozenset[UUID]:
    """Return those of the ids who are service accounts of which no key counts any more."""
    keys = ApiKey.objects.filter(
        service_account_id=OuterRef("pk"), revoked_at=None, expires_at__gt=at
    )
    rows = User.objects.filter(~Exists(keys), pk__in=set(ids), is_service_account=True)
    return frozenset(rows.order_by("pk").values_list("pk", flat=True))


def people_behind(ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return who issued the keys of those of the ids who are service accounts.

    What a program makes with a key is made by whoever holds the secret as well.
    """
    keys = ApiKey.objects.filter(service_account_id__in=set(ids)).order_by("pk")
    return frozenset(keys.values_list("issued_by_id", flat=True))


def list_impersonations(*, organization_id: UUID | None = None) -> QuerySet[Impersonation]:
    """Return when operators acted as people, the newest first."""
    rows = Impersonation.objects.all()
    if organization_id is not None:
        rows = rows.filter(organization_id=organization_id)
    return rows.order_by("-started_at", "-pk")


def get_impersonation(impersonation_id: UUID) -> Impersonation:
    """Return one visit of an operator. Raises: NotFound."""
    row = Impersonation.objects.filter(pk=impersonation_id).first()
    if row is None:
        raise NotFound
    return row


def impersonations_by_id(ids: Iterable[UUID]) -> dict[UUID, Impersonation]:
    """Return the visits of operators with these ids; unknown ones are left out. One query."""
    return Impersonation.objects.in_bulk(set(ids))


def list_second_factors(user_id: UUID) -> tuple[str, ...]:
    """Return the proofs that a person's second factor may be, () for a person without one.

    Recovery codes stand in for a factor and are none: they are named beside one only.
    """
    rows = Authenticator.objects.filter(user_id=user_id, type__in=_FACTORS).order_by("type")
    kinds = tuple(_FACTORS[kind] for kind in rows.values_list("type", flat=True).distinct())
    return (*kinds, Proof.RECOVERY_CODE.value) if kinds else ()


@dataclass(frozen=True, kw_only=True)
class MfaStatus:
    """Which second factors a person has."""

    totp: bool
    passkeys: int
    recovery_codes_left: int
    is_required: bool


def read_mfa_status(person: User, *, is_required: bool) -> MfaStatus:
    """Return a person's second factors; `is_required` is what the policy says."""
    rows = Authenticator.objects.filter(user_id=person.pk).order_by("pk")
    kinds = list(rows.values_list("type", flat=True))
    return MfaStatus(
        totp=Authenticator.Type.TOTP in kinds,
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        recovery_codes_left=RecoveryCode.objects.filter(user_id=person.pk, used_at=None).count(),
        is_required=is_required,
    )


def list_passkeys(user_id: UUID) -> Any:
    """Return a person's passkeys, the oldest first."""
    rows = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN)
    return rows.order_by("created_at", "pk")


def list_mfa_resets(*, status: str = "") -> QuerySet[MfaReset]:
    """Return requests to take second factors away with their people, the newest first."""
    rows = MfaReset.objects.select_related("user")
    if status:
        rows = rows.filter(status=status)
    return rows.order_by("-requested_at", "-pk")


def get_mfa_reset(reset_id: UUID) -> MfaReset:
    """Return one request with its person. Raises: NotFound."""
    row = list_mfa_resets().filter(pk=reset_id).first()
    if row is None:
        raise NotFound
    return row


def mfa_resets_done(*, since: datetime, until: datetime) -> QuerySet[MfaReset]:
    """Return the resets that a second administrator agreed to, since <= t < until."""
    done = list_mfa_resets(status=ResetStatus.DONE)
    return done.filter(decided_at__gte=since, decided_at__lt=until)


def normal_email(email: str) -> str:
    """Return an address as it is stored: without spaces around it, in lower case."""
    return email.strip().lower()
