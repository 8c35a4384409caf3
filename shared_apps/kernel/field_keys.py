"""Secrets in columns, encrypted under a ring of keys: the first writes, all of them read.

A sealed value is "f1.<key's name>.<Fernet token>"; the name says which key wrote it, so what an old
key wrote is found by its beginning and can be written anew (`manage.py rotate_field_keys`).
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

FORM = "f1"


class CannotUnseal(RuntimeError):
    """A sealed value is damaged, or its key has left the ring (FIELD_KEYS)."""


@lru_cache(maxsize=32)
def _ring(secrets: tuple[str, ...]) -> dict[str, Fernet]:
    return {name_of_key(secret): _fernet_of(secret) for secret in secrets}


def seal(text: str) -> str:
    """Return the text, encrypted under the first key of the ring."""
    name = writing_key()
    token = _ring(tuple(ring_secrets()))[name].encrypt(text.encode())
    return f"{FORM}.{name}.{token.decode()}"


def unseal(sealed: str) -> str:
    """Return what was sealed under any key of the ring. Raises: CannotUnseal."""
    form, name, token = (*sealed.split(".", 2), "", "")[:3]
    fernet = _ring(tuple(ring_secrets())).get(name)
    if form != FORM or fernet is None:
        raise CannotUnseal(f"No key of FIELD_KEYS is called {name!r}.")
    try:
        return fernet.decrypt(token.encode()).decode()
    except InvalidToken:
        raise CannotUnseal(f"The value is not what the key {name!r} wrote.") from None


def writing_key() -> str:
    """Return the name of the key that writes."""
    return name_of_key(ring_secrets()[0])


def ring_secrets() -> Sequence[str]:
    """Return the secrets of the ring, the writing one first."""
    secrets: Sequence[str] = settings.FIELD_KEYS
    return secrets


def is_current(sealed: str) -> bool:
    """Return whether the key that writes now wrote this."""
    return sealed.startswith(f"{FORM}.{writing_key()}.")


def name_of_key(secret: str) -> str:
    """Return a name that tells keys apart and says nothing about them."""
    return sha256(b"prs.field-key-name:" + secret.encode()).hexdigest()[:8]


def _fernet_of(secret: str) -> Fernet:
    """Return the cipher of a secret of any form. Source: RFC 5869 (HKDF-SHA256)."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"prs.field-key.v1")
    return Fernet(urlsafe_b64encode(hkdf.derive(secret.encode())))
