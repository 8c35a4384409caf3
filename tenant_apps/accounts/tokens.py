"""Tokens bound to one organization: its own key, its id as the audience, its key version.

simplejwt keeps one backend for the whole process; here each call takes the backend of the context
it runs in, so that a token of one organization is refused at another before anyone is looked up.
"""

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.crypto import salted_hmac
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from shared_apps.tenancy.context import current_tenant, is_platform
from shared_apps.web.errors import TokenInvalid, WrongTenant

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

T = TypeVar("T", bound="BoundToken")

PLATFORM_AUDIENCE = "platform"
BEARER = {"WWW-Authenticate": 'Bearer realm="api"'}


def current_audience() -> str:
    """Return whom credentials made here are good for: the organization's id, or "platform"."""
    return PLATFORM_AUDIENCE if is_platform() else str(current_tenant().id)


def current_key_version() -> int:
    """Return the number that signs everyone out when it is raised."""
    return settings.PLATFORM_KEY_VERSION if is_platform() else current_tenant().key_version


@lru_cache(maxsize=2048)
def derive_key(secret: str, audience: str, key_version: int) -> str:
    """Return the signing key of one audience, 32 bytes in hex. Source: RFC 5869 (HKDF-SHA256)."""
    hkdf = HKDF(
        algorithm=SHA256(),
        length=32,
        salt=audience.encode(),
        info=f"prs.token.v{key_version}".encode(),
    )
    return hkdf.derive(secret.encode()).hex()


def current_backend() -> TokenBackend:
    """Return the backend that signs and verifies tokens of the current organization."""
    audience = current_audience()
    key = derive_key(settings.SECRET_KEY, audience, current_key_version())
    return TokenBackend("HS256", signing_key=key, audience=audience)


class BoundToken(Token):
    """A token of the organization it is made in. `kv` is the key version, `sid` the sign-in."""

    def __init__(self, token: Any = None, verify: bool = True) -> None:  # noqa: FBT001, FBT002  simplejwt's signature
        super().__init__(token, verify)
        if token is None:
            self["kv"] = current_key_version()

    @property
    def token_backend(self) -> TokenBackend:
        """Return the backend of the current organization, never simplejwt's own."""
        return current_backend()

    def get_token_backend(self) -> TokenBackend:
        """Return the backend of the current organization, never simplejwt's own."""
        return current_backend()

    def verify(self) -> None:
        """Check what simplejwt checks, and the key version."""
        super().verify()
        if self.get("kv") != current_key_version():
            raise TokenError("The key version is not the current one.")


class BoundAccessToken(BoundToken, AccessToken):
    """What a program sends with each request."""


class BoundRefreshToken(BoundToken, RefreshToken):  # type: ignore[misc]  # its two bases disagree
    """What a program exchanges for the next pair; good once."""


class PasswordChallenge(BoundToken):
    """Lets a person who must change their password do only that."""

    token_type = "password_change"  # noqa: S105  the name of a kind
    lifetime = timedelta(minutes=10)


class SecondFactorChallenge(BoundToken):
    """Lets a person who proved the first factor prove the second; good for one sign-in.

    `by` says what was proved, `kind` what was asked for.
    """

    token_type = "second_factor"  # noqa: S105  the name of a kind
    lifetime = timedelta(minutes=5)


class EnrolmentChallenge(BoundToken):
    """Lets a person who must have a second factor set one up, and do nothing else.

    `by` says what was proved, `kind` what was asked for.
    """

    token_type = "enrolment"  # noqa: S105  the name of a kind
    lifetime = timedelta(minutes=15)


class TotpSetup(BoundToken):
    """Carries the sealed secret of an authenticator app that is being set up."""

    token_type = "totp_setup"  # noqa: S105  the name of a kind
    lifetime = timedelta(minutes=15)


class PasskeyCeremony(BoundToken):
    """Carries what a passkey was asked; good for one answer."""

    token_type = "passkey"  # noqa: S105  the name of a kind
    lifetime = timedelta(minutes=5)


class HandoverCode(BoundToken):
    """Takes a person from the platform's host to the door of the organization; good once.

    `by` says what was proved, `bind` is the digest of what the right browser knows.
    """

    token_type = "handover"  # noqa: S105  the name of a kind
    lifetime = timedelta(minutes=1)


class DeviceToken(BoundToken):
    """Says that a person signed in with this device before; opens nothing.

    `acc` is a digest of the address, so that it can be compared before anyone is looked up.
    """

    token_type = "device"  # noqa: S105  the name of a kind
    lifetime = timedelta(days=180)


class ResetToken(BoundToken):
    """Lets a person who reads the account's mail choose a new password."""

    token_type = "password_reset"  # noqa: S105  the name of a kind
    lifetime = timedelta(hours=1)


class VisitToken(BoundToken):
    """Lets an operator who gave a reason enter an organization as one of its people; good once.

    `imp` names the row of the visit.
    """

    token_type = "visit"  # noqa: S105  the name of a kind
    lifetime = timedelta(minutes=1)


class InvitationToken(BoundToken):
    """Lets an invited person choose the first password."""

    token_type = "invitation"  # noqa: S105  the name of a kind
    lifetime = timedelta(days=7)


def make_token(kind: type[T], person: "User", /, **claims: str) -> T:
    """Return a token of a person that ends when their password changes."""
    token = kind()
    token["sub"] = str(person.pk)
    token["fp"] = fingerprint(person)
    for name, value in claims.items():
        token[name] = value
    return token


def read_token(kind: type[T], text: str) -> T:
    """Return the verified token of that kind.

    Raises: WrongTenant when it names another audience, TokenInvalid for every other fault.
    """
    if _claim_of(text, "aud") not in (None, current_audience()):
        raise WrongTenant(headers=BEARER)
    try:
        return kind(text)
    except TokenError:
        raise TokenInvalid(headers=BEARER) from None


def is_kind(kind: type[BoundToken], text: str) -> bool:
    """Return whether the token says that it is of a kind, unverified: `read_token` verifies."""
    return bool(_claim_of(text, "token_type") == kind.token_type)


def _claim_of(text: str, name: str) -> Any:
    """Return what a token says, unverified: only good for choosing what to try or to refuse."""
    try:
        return jwt.decode(text, options={"verify_signature": False}).get(name)
    except jwt.InvalidTokenError:
        return None


def fingerprint(person: "User") -> str:
    """Return a value that changes with the person's password: binds one-use tokens to it."""
    return salted_hmac("accounts.fingerprint", person.password).hexdigest()[:20]
