"""How an API key is written: `prsk_<organization>_<key>_<secret>`.

The second part is a digest of the organization, so that a key of another one is told from a wrong
one before anything is looked up; the prefix lets secret scanners find keys that leaked.
"""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from shared_apps.web.errors import WrongTenant
from tenant_apps.accounts.tokens import BEARER, current_audience

PREFIX = "prsk_"


@dataclass(frozen=True)
class KeyText:
    """What a key says: which one it is, and the secret that proves it."""

    key_id: UUID
    secret: str


def key_text(key_id: UUID, secret: str) -> str:
    """Return the text of a key of the current organization."""
    return f"{PREFIX}{_tag()}_{key_id.hex}_{secret}"


def read_key_text(text: str) -> KeyText | None:
    """Return what a key of the current organization says, None when it is malformed.

    Raises: WrongTenant when it names another organization.
    """
    tag, _, rest = text.removeprefix(PREFIX).partition("_")
    key_id, _, secret = rest.partition("_")
    try:
        found = KeyText(key_id=UUID(hex=key_id), secret=secret)
    except ValueError:
        return None
    if tag != _tag():
        raise WrongTenant(headers=BEARER)
    return found


def hash_secret(secret: str) -> str:
    """Return what is kept of a secret: bound to the organization, so a copied row opens nothing.

    The secret has 256 random bits: a slow hash would protect nothing more.
    """
    return sha256(f"{current_audience()}:{secret}".encode()).hexdigest()


def _tag() -> str:
    return sha256(f"api-key:{current_audience()}".encode()).hexdigest()[:12]
