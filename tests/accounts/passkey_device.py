"""A passkey as a browser and its device answer, in software: what is signed is really signed."""

import secrets
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


@dataclass
class Passkey:
    """One passkey. `origin` is the page's, `is_verified` whether a finger or a PIN was asked."""

    origin: str
    is_verified: bool = True
    count: int = 0
    handle: bytes = b""
    rp_id: str = ""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer navigator.credentials.create()."""
        asked = options["publicKey"]
        self.rp_id, self.handle = asked["rp"]["id"], decoded(asked["user"]["id"])
        make_key: Any = ES256.from_cryptography_key
        public = make_key(self.key.public_key())
        data = AttestedCredentialData.create(bytes(16), self.credential_id, public)
        attested = self._data(FLAG.AT, data)
        client = self._client(CollectedClientData.TYPE.CREATE, asked["challenge"])
        return self._answer(
            clientDataJSON=client,
            attestationObject=AttestationObject.create("none", attested, {}),
        )

    def use(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer navigator.credentials.get()."""
        asked = options["publicKey"]
        self.count += 1
        data = self._data(FLAG(0))
        client = self._client(CollectedClientData.TYPE.GET, asked["challenge"])
        signed = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=signed,
            userHandle=self.handle,
        )

    def _data(self, more: AuthenticatorData.FLAG, credential: bytes = b"") -> AuthenticatorData:
        flags = FLAG.UP | more | (FLAG.UV if self.is_verified else FLAG(0))
        host = sha256(self.rp_id.encode()).digest()
        data: AuthenticatorData = AuthenticatorData.create(host, flags, self.count, credential)
        return data

    def _client(self, kind: str, challenge: str) -> bytes:
        return CollectedClientData.create(kind, decoded(challenge), self.origin)

    def _answer(self, **response: bytes) -> dict[str, Any]:
        text = websafe_encode(self.credential_id)
        return {
            "id": text,
            "rawId": text,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {name: websafe_encode(value) for name, value in response.items()},
        }


def decoded(text: str) -> bytes:
    """Return what base64url stands for."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
