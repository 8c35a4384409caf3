"""The codes of authenticator apps: arithmetic alone, no clock, no database. Source: RFC 6238."""

import hmac
from base64 import b32decode, b32encode
from datetime import datetime
from secrets import token_bytes

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

# what every authenticator app takes: six digits, half a minute, SHA-1
DIGITS, PERIOD_S = 6, 30
# one step to either side: the clocks of telephones differ
TOLERANCE = 1


def new_secret() -> str:
    """Return 160 random bits in base32."""
    return b32encode(token_bytes(20)).decode()


def code_at_step(secret: str, step: int) -> str:
    """Return the six digits of a time step."""
    return _totp(secret).generate(step * PERIOD_S).decode()


def step_of(at: datetime) -> int:
    """Return the number of the half minute that holds an instant."""
    return int(at.timestamp()) // PERIOD_S


def matching_step(secret: str, code: str, *, at: datetime, after: int = -1) -> int | None:
    """Return the time step whose code this is; None when it is wrong, or not later than `after`.

    A code is accepted once: keep the step and pass it as `after` next time (section 5.2). Every
    step of the window is compared, whichever matches.
    """
    found, now = None, step_of(at)
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        is_equal = hmac.compare_digest(code_at_step(secret, step).encode(), code.encode())
        if is_equal and step > after:
            found = step
    return found


def uri_of(secret: str, *, account: str, issuer: str) -> str:
    """Return the otpauth:// address that an app reads from a QR code."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def _totp(secret: str) -> TOTP:
    return TOTP(b32decode(secret), DIGITS, SHA1(), PERIOD_S)  # noqa: S303  what RFC 6238 and the apps use
