"""What recovery codes look like, and what is kept of them."""

import secrets
from hashlib import sha256
from uuid import UUID

COUNT = 10
# no letter or digit that another one looks like
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 16


def new_code() -> str:
    """Return a code of 79 random bits, in groups of four: "k7wd-2m9x-hq4t-vb8c"."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, LENGTH, 4))


def hash_of(code: str, user_id: UUID) -> str:
    """Return what is kept. The code is long and random, so that one round of SHA-256 is enough."""
    plain = "".join(each for each in code.lower() if each.isalnum())
    return sha256(f"{user_id}:{plain}".encode()).hexdigest()
