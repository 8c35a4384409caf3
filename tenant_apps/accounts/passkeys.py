"""WebAuthn as it is used here: discoverable passkeys with a PIN or fingerprint, one host each.

The relying party is the organization's own host, so a passkey of one is worth nothing at another;
the origin must be that host exactly. Neither comes from the request's Host header.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from shared_apps.kernel.errors import DomainError
from shared_apps.tenancy.context import current_tenant, is_platform
from tenant_apps.accounts.models import User
from tenant_apps.accounts.tokens import BEARER

VERIFIED = UserVerificationRequirement.REQUIRED
# what damaged, foreign or forged answers end in, deep inside the library
FAULTS = (ValueError, TypeError, KeyError, AttributeError, IndexError)


class WrongPasskey(DomainError):
    """The answer of the passkey is forged, stale, of another host, or of no passkey known here."""

    code = "wrong_passkey"
    status = 401
    message = "This passkey does not open this account; try again or use another way to sign in."

    def __init__(self) -> None:
        super().__init__(headers=BEARER)


def server() -> Fido2Server:
    """Return the relying party of the organization at work, or of the platform."""
    host, name = _host_and_name()
    party = PublicKeyCredentialRpEntity(id=host, name=name)
    return Fido2Server(party, verify_origin=lambda origin: origin == expected_origin())


def expected_origin() -> str:
    """Return the only origin whose pages may use passkeys here."""
    _, colon, port = settings.BASE_DOMAIN.partition(":")
    return f"{settings.PUBLIC_SCHEME}://{_host_and_name()[0]}{colon}{port}"


def ask_for_new(person: User, known: list[AttestedCredentialData]) -> tuple[dict[str, Any], str]:
    """Return what a browser needs to make a passkey, and the challenge in it."""
    options, state = server().register_begin(
        user=PublicKeyCredentialUserEntity(
            id=person.pk.bytes, name=person.email, display_name=person.full_name
        ),
        credentials=known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFIED,
    )
    return _plain(options), str(state["challenge"])


def ask_for_any() -> tuple[dict[str, Any], str]:
    """Return what a browser needs to use a passkey of this host, and the challenge in it."""
    options, state = server().authenticate_begin(user_verification=VERIFIED)
    return _plain(options), str(state["challenge"])


def read_new(challenge: str, credential: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored of a new passkey. Raises: WrongPasskey."""
    try:
        made = server().register_complete(_state(challenge), credential)
        plain = _plain(RegistrationResponse.from_dict(credential))
    except FAULTS:
        raise WrongPasskey from None
    data = made.credential_data
    if data is None:
        raise WrongPasskey
    return {
        "credential": plain,
        "credential_id": websafe_encode(data.credential_id),
        "sign_count": made.counter,
    }


def owner_of(credential: Mapping[str, Any]) -> UUID | None:
    """Return whose passkey the answer says it is, unverified."""
    try:
        handle = AuthenticationResponse.from_dict(credential).response.user_handle
        return UUID(bytes=handle) if handle else None
    except FAULTS:
        return None


def id_of(credential: Mapping[str, Any]) -> str:
    """Return which passkey the answer says it is, unverified. Raises: WrongPasskey."""
    try:
        return websafe_encode(AuthenticationResponse.from_dict(credential).raw_id)
    except FAULTS:
        raise WrongPasskey from None


def use(row: Authenticator, challenge: str, credential: Mapping[str, Any], at: datetime) -> None:
    """Verify the answer of a locked passkey and note that it was used. Raises: WrongPasskey.

    A counter that does not grow means that the passkey was copied.
    """
    try:
        answer = AuthenticationResponse.from_dict(credential)
        server().authenticate_complete(_state(challenge), [data_of(row)], credential)
        count = answer.response.authenticator_data.counter
    except FAULTS:
        raise WrongPasskey from None
    if count and count <= row.data.get("sign_count", 0):
        raise WrongPasskey
    row.data["sign_count"], row.last_used_at = count, at
    row.save(update_fields=["data", "last_used_at"])


def data_of(row: Authenticator) -> AttestedCredentialData:
    """Return the public part of a stored passkey."""
    made = RegistrationResponse.from_dict(row.data["credential"])
    data: AttestedCredentialData | None
    data = made.response.attestation_object.auth_data.credential_data
    if data is None:
        raise WrongPasskey
    return data


def _plain(shape: Any) -> dict[str, Any]:
    """Return one of the library's shapes as plain JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(shape)))
    return plain


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge, "user_verification": VERIFIED}


def _host_and_name() -> tuple[str, str]:
    if is_platform():
        return settings.BASE_DOMAIN.partition(":")[0], settings.BASE_DOMAIN
    tenant = current_tenant()
    return tenant.host, tenant.name
