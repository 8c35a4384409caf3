"""Sign-ins that are open: the tokens they hand out, and their end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from rest_framework_simplejwt.settings import api_settings

from shared_apps.audit.recording import record
from shared_apps.audit.request import current_request_info
from shared_apps.kernel.errors import NotFound
from shared_apps.kernel.events import Actor
from tenant_apps.accounts.events import PersonSignedOut, SignInsEnded
from tenant_apps.accounts.models import Impersonation, Proof, SignIn, SignInKind, User
from tenant_apps.accounts.selectors import get_person, list_open_sign_ins
from tenant_apps.accounts.tokens import BoundAccessToken, BoundRefreshToken, BoundToken

T = TypeVar("T", bound=BoundToken)


@dataclass(frozen=True)
class TokenPair:
    """What a program keeps: the access token for requests, the refresh token for the next pair."""

    access: str
    refresh: str


@dataclass(frozen=True)
class SignInTerms:
    """What was proved, an instant before which the sign-in has to end, if any, and the visit.

    An operator who acts as the person has proved nothing of the person: nothing that asks for a
    recent proof opens.
    """

    proofs: Collection[Proof] = ()
    ends_by: datetime | None = None
    visit: Impersonation | None = None


NO_TERMS = SignInTerms()


def open_sign_in(
    *,
    person: User,
    kind: SignInKind,
    user_agent: str,
    at: datetime,
    terms: SignInTerms = NO_TERMS,
) -> SignIn:
    """Begin a sign-in. Only the door (services.door) and tools without a web server call this."""
    sign_in = SignIn(
        user=person,
        kind=kind,
        started_at=at,
        expires_at=end_of_sign_in(at, ends_by=terms.ends_by),
        ip=current_request_info().ip,
        user_agent=user_agent[:300],
        proofs=join_proofs(terms.proofs),
        proved_at=None if terms.visit else at,
        impersonation=terms.visit,
    )
    sign_in.save(force_insert=True)
    return sign_in


def end_of_sign_in(at: datetime, *, ends_by: datetime | None) -> datetime:
    """Return when a sign-in that begins or is renewed now expires."""
    expires_at: datetime = at + api_settings.REFRESH_TOKEN_LIFETIME
    return expires_at if ends_by is None else min(expires_at, ends_by)


def join_proofs(proofs: Collection[Proof]) -> str:
    """Return proofs as a sign-in keeps them: in the order of Proof, joined by "+"."""
    return "+".join(proof.value for proof in Proof if proof in proofs)


def proofs_of(sign_in: SignIn) -> list[Proof]:
    """Return what was proved for a sign-in."""
    return [Proof(name) for name in sign_in.proofs.split("+") if name]


def issue_tokens(*, sign_in: SignIn, at: datetime) -> TokenPair:
    """Return the pair of an open sign-in, bound to the current organization."""
    refresh = _stamp(BoundRefreshToken(), sign_in, at)
    refresh["jti"] = sign_in.refresh_id.hex
    return TokenPair(access=str(_stamp(BoundAccessToken(), sign_in, at)), refresh=str(refresh))


@transaction.atomic
def end_sign_in(*, sign_in_id: UUID, at: datetime) -> None:
    """End one sign-in; a second time nothing happens. Records PersonSignedOut."""
    sign_in = lock_sign_in(sign_in_id)
    if sign_in is None or sign_in.ended_at is not None:
        return
    mark_ended(sign_in, at)
    event = PersonSignedOut(user_id=sign_in.user_id, sign_in_id=sign_in.pk)
    record(event, actor=sign_in.user.actor, at=at)


def revoke_sign_in(*, person: User, sign_in_id: UUID, at: datetime) -> None:
    """End one sign-in of one's own. Records PersonSignedOut. Raises: NotFound."""
    if not list_open_sign_ins(person.pk, at=at).filter(pk=sign_in_id).exists():
        raise NotFound
    end_sign_in(sign_in_id=sign_in_id, at=at)


@transaction.atomic
def revoke_other_sign_ins(*, sign_in: SignIn, at: datetime) -> int:
    """End every sign-in of the person but this one; return how many. Records SignInsEnded."""
    person = sign_in.user
    count = end_all_sign_ins(user_id=person.pk, at=at, but=sign_in.pk)
    if count:
        record(SignInsEnded(user_id=person.pk, count=count), actor=person.actor, at=at)
    return count


@transaction.atomic
def sign_person_out(*, user_id: UUID, by: Actor, at: datetime) -> int:
    """End every sign-in of another person; return how many. Records SignInsEnded.

    Raises: NotFound.
    """
    person = get_person(user_id)
    count = end_all_sign_ins(user_id=person.pk, at=at)
    if count:
        record(SignInsEnded(user_id=person.pk, count=count), actor=by, at=at)
    return count


def end_all_sign_ins(*, user_id: UUID, at: datetime, but: UUID | None = None) -> int:
    """End every sign-in of a person, tokens and browsers, `but` one; return how many there were.

    Called inside the transaction of the service that records why.
    """
    rows = SignIn.objects.filter(user_id=user_id, ended_at=None)
    if but is not None:
        rows = rows.exclude(pk=but)
    return rows.update(ended_at=at)


def end_everyones_sign_ins(*, at: datetime) -> int:
    """End every sign-in of the organization; return how many there were.

    Called inside the transaction of the service that records why. Works at once in every process;
    the key version sees to those that a process opens while it still remembers the old one.
    """
    return SignIn.objects.filter(ended_at=None).update(ended_at=at)


def add_proof(sign_in: SignIn, proof: Proof, *, at: datetime) -> None:
    """Note that the person of an open sign-in proved who they are once more."""
    sign_in.proofs, sign_in.proved_at = join_proofs({*proofs_of(sign_in), proof}), at
    sign_in.save(update_fields=["proofs", "proved_at"])


def lock_sign_in(sign_in_id: UUID) -> SignIn | None:
    """Return a sign-in with its person, locked until the transaction ends."""
    rows = SignIn.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "user", "impersonation"
    )
    return rows.filter(pk=sign_in_id).first()


def mark_ended(sign_in: SignIn, at: datetime) -> None:
    """End a locked sign-in; the caller records why."""
    sign_in.ended_at = at
    sign_in.save(update_fields=["ended_at"])


def _stamp(token: T, sign_in: SignIn, at: datetime) -> T:
    token["sub"] = str(sign_in.user_id)
    token["sid"] = str(sign_in.pk)
    token.set_iat(at_time=at)
    token.set_exp(from_time=at, lifetime=token.lifetime)
    return token
