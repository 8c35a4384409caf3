"""Find out whom a provider speaks of: somebody linked, somebody known, or somebody new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.selectors import grants_of_person
from tenant_apps.access.services import assign_role_by_program
from tenant_apps.accounts.selectors import find_person_by_email, get_person, normal_email
from tenant_apps.accounts.services import NewPerson, join_person
from tenant_apps.sso.events import PersonLinked
from tenant_apps.sso.models import Connection
from tenant_apps.sso.provider import Claims
from tenant_apps.sso.selectors import find_linked_person, is_linked

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

BY = Actor.system("sso")


class NotAdmitted(Exception):
    """The provider's word is not enough for this person; the argument is the cause."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom a provider speaks of."""

    issuer: str
    name: str
    email: str = ""
    is_verified: bool = False
    first_name: str = ""
    last_name: str = ""

    @property
    def domain(self) -> str:
        """Return what stands behind the @ of the address."""
        return self.email.rpartition("@")[2]


def read_subject(issuer: str, claims: Claims) -> Subject:
    """Return whom checked claims speak of. Some providers write the truth as a word."""
    full = str(claims.get("name") or "").partition(" ")
    return Subject(
        issuer=issuer,
        name=str(claims["sub"]),
        email=normal_email(str(claims.get("email") or "")),
        is_verified=claims.get("email_verified") in (True, "true"),
        first_name=str(claims.get("given_name") or full[0])[:100],
        last_name=str(claims.get("family_name") or full[2])[:100],
    )


@transaction.atomic
def find_or_join(*, connection: Connection, subject: Subject, at: datetime) -> "User":
    """Return the person of the organization; link or enter them at the first time.

    Records PersonLinked, PersonJoined and RoleAssigned. Raises: NotAdmitted: an address that is not
    verified, of another domain, or somebody's whom the provider must not speak for.
    """
    linked = find_linked_person(subject.issuer, subject.name)
    if linked is not None:
        person = get_person(linked)
        _refuse_beyond_trust(connection, person)  # they may have got more since they were linked
        return person
    _judge(connection, subject)
    found = find_person_by_email(subject.email)
    if found is None or found.status == "invited":
        person = _join(connection, subject, found, at)
    elif is_linked(subject.issuer, found.pk):
        raise NotAdmitted("linked_to_another")
    else:
        person = found
    _refuse_beyond_trust(connection, person)
    _link(connection, subject, person, at)
    return person


def _judge(connection: Connection, subject: Subject) -> None:
    """Refuse an address that the provider does not stand for."""
    if not subject.email or not subject.is_verified:
        raise NotAdmitted("address_not_verified")
    if subject.domain not in connection.allowed_domains:
        raise NotAdmitted("domain_not_allowed")


def _join(connection: Connection, subject: Subject, invited: "User | None", at: datetime) -> "User":
    if invited is None and not connection.default_role:
        raise NotAdmitted("unknown_person")
    new = NewPerson(email=subject.email, first_name=subject.first_name, last_name=subject.last_name)
    person = join_person(new=new, by=BY, at=at)
    if invited is None:
        role = connection.default_role
        assign_role_by_program(user_id=person.pk, role=role, by=BY, at=at)
    return person


def _refuse_beyond_trust(connection: Connection, person: "User") -> None:
    """Refuse people who hold more than whoever set the connection up, as everywhere.

    Or who may change the connection could sign in as anybody.
    """
    trusted = _widest(grants_of_person(connection.trusted_by_id))
    for permission, kind in grants_of_person(person.pk):
        if trusted.get(permission, 0) < kind.width:
            raise NotAdmitted("holds_more_than_trusted")


def _widest(grants: Sequence[tuple[str, ScopeKind]]) -> dict[str, int]:
    widths: dict[str, int] = {}
    for permission, kind in grants:
        widths[permission] = max(kind.width, widths.get(permission, 0))
    return widths


def _link(connection: Connection, subject: Subject, person: "User", at: datetime) -> None:
    _ = SocialAccount.objects.create(
        user_id=person.pk, provider=subject.issuer, uid=subject.name, extra_data={}
    )
    event = PersonLinked(connection_id=connection.pk, user_id=person.pk)
    record(event, actor=person.actor, at=at)
