"""How a request says who sends it: a bearer token, or the browser's session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from shared_apps.kernel.clock import utc_now
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.api_key_text import PREFIX
from tenant_apps.accounts.browser_sessions import session_sign_in
from tenant_apps.accounts.models import ApiKey, Proof, SignIn, SignInKind, User
from tenant_apps.accounts.selectors import list_second_factors
from tenant_apps.accounts.services.door import Visit
from tenant_apps.accounts.services.key_door import admit_key
from tenant_apps.accounts.services.standing import find_standing_sign_in
from tenant_apps.accounts.tokens import (
    BEARER,
    BoundAccessToken,
    EnrolmentChallenge,
    fingerprint,
    is_kind,
    read_token,
)


class TenantJWTAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>` of this organization.

    The token is verified before anyone is looked up; the sign-in behind it must still be open, so
    signing out, suspending a person or changing a password works on the next request.
    """

    def authenticate(self, request: Request) -> tuple[User, SignIn] | None:
        """Return the person and their sign-in. Raises: TokenInvalid, WrongTenant."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        sign_in = sign_in_of_access_token(text.strip(), at=utc_now())
        return sign_in.user, sign_in

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return 'Bearer realm="api"'


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer prsk_...`: an API key of a service account of this organization.

    The key is looked up at every request, so revoking it works on the next one.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return the service account and the key; None for any other credential.

        Raises: WrongTenant, ApiKeyInvalid, AddressNotAllowed, TooManySignIns.
        """
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip().startswith(PREFIX):
            return None
        key = admit_key(text.strip(), at=utc_now())
        account = key.service_account
        account.api_key = key
        return account, key

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return 'Bearer realm="api"'


class TenantSessionAuthentication(BaseAuthentication):
    """The browser's session of this organization, with a CSRF token on every unsafe method."""

    def authenticate(self, request: Request) -> tuple[User, SignIn] | None:
        """Return the person and their sign-in. Raises: WrongTenant, PermissionDenied (CSRF)."""
        sign_in = session_sign_in(request._request, at=utc_now())  # noqa: SLF001  DRF's own way
        if sign_in is None:
            return None
        enforce_csrf(request)
        return sign_in.user, sign_in


@dataclass(frozen=True)
class Enrolment:
    """What the door's challenge to set up a second factor stands for: who came how, for what."""

    kind: SignInKind
    proofs: tuple[Proof, ...]

    def visit_with(self, factor: Proof, *, user_agent: str) -> Visit:
        """Return how the person comes back to the door: with the new factor besides."""
        return Visit(proofs=(*self.proofs, factor), kind=self.kind, user_agent=user_agent)


class EnrolmentAuthentication(BaseAuthentication):
    """`Authorization: Bearer <challenge>` of a person whom the door sent to set up a factor.

    Good until the person has one, and for nothing but setting it up: only those views use this.
    """

    def authenticate(self, request: Request) -> tuple[User, Enrolment] | None:
        """Return the person; None for any other token. Raises: TokenInvalid, WrongTenant."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not is_kind(EnrolmentChallenge, text.strip()):
            return None
        return person_to_enrol(text.strip())

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return 'Bearer realm="api"'


def person_to_enrol(text: str) -> tuple[User, Enrolment]:
    """Return whom the door sent to set up a second factor, with the challenge that says so.

    Raises: TokenInvalid, WrongTenant.
    """
    token = read_token(EnrolmentChallenge, text)
    person = User.objects.filter(pk=token["sub"]).first()
    if person is None or not _may_enrol(person, token["fp"]):
        raise TokenInvalid(headers=BEARER)
    # those of a release before, good for minutes yet, do not say what was proved: a password
    proofs = tuple(Proof(name) for name in token.get("by", Proof.PASSWORD.value).split("+"))
    return person, Enrolment(SignInKind(token["kind"]), proofs)


def _may_enrol(person: User, print_of_token: str) -> bool:
    if print_of_token != fingerprint(person) or not person.is_active:
        return False
    return not list_second_factors(person.pk)


def sign_in_of_access_token(text: str, *, at: datetime) -> SignIn:
    """Return the open sign-in that an access token of this organization belongs to.

    Raises: TokenInvalid, WrongTenant.
    """
    token = read_token(BoundAccessToken, text)
    sign_in = find_standing_sign_in(UUID(token["sid"]), at=at)
    if sign_in is None:
        raise TokenInvalid(headers=BEARER)
    return sign_in


def enforce_csrf(request: Request) -> None:
    """Refuse an unsafe request whose CSRF token is missing or wrong. Raises: PermissionDenied."""

    def unused(_: Any) -> Any:
        return None

    check = CSRFCheck(unused)
    check.process_request(request._request)  # noqa: SLF001  DRF's own way
    reason = check.process_view(request._request, unused, (), {})  # noqa: SLF001
    if reason:
        raise PermissionDenied(f"The CSRF check failed: {reason}")
