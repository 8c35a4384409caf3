"""How often somebody may try: counted over all organizations, per address and account."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.cache import caches
from django.utils.crypto import salted_hmac
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from shared_apps.kernel.errors import DomainError
from tenant_apps.accounts.selectors import normal_email

log = structlog.get_logger(__name__)


class TooManySignIns(DomainError):
    """Too many failed sign-ins from this address for this account."""

    code = "throttled"
    status = 429
    message = "Too many failed sign-ins; wait before the next try."

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after_s)})


@dataclass(frozen=True)
class AttemptCount:
    """Which attempt of the window this is, and how long the window still lasts."""

    number: int
    retry_after_s: int


def count_attempt(*, ip: str | None, email: str, at: datetime) -> AttemptCount:
    """Count an attempt before it is checked, so that many at once share the budget too.

    Without the cache nobody is counted and nobody is locked out.
    """
    cache, key = caches["default"], _key(ip, email)
    window = timedelta(seconds=settings.SIGN_IN_WINDOW_S)
    ends_at = (at + window).timestamp()
    try:
        cache.add(f"{key}:ends", ends_at, timeout=settings.SIGN_IN_WINDOW_S)
        cache.add(key, 0, timeout=settings.SIGN_IN_WINDOW_S)
        number = cache.incr(key)
        ends_at = cache.get(f"{key}:ends", ends_at)
    except (ConnectionInterrupted, RedisError, ValueError) as error:
        log.warning("sign_in_not_counted", error=str(error))
        return AttemptCount(number=1, retry_after_s=0)
    return AttemptCount(number=number, retry_after_s=max(1, round(ends_at - at.timestamp())))


def forget_attempts(*, ip: str | None, email: str) -> None:
    """Start counting anew: the person proved who they are."""
    key = _key(ip, email)
    try:
        caches["default"].delete_many([key, f"{key}:ends"])
    except (ConnectionInterrupted, RedisError) as error:
        log.warning("sign_in_count_not_forgotten", error=str(error))


def _key(ip: str | None, email: str) -> str:
    """Return a key that names neither the address nor the account."""
    digest = salted_hmac("accounts.sign_in_limit", f"{ip}|{normal_email(email)}").hexdigest()
    return f"sign-in:{digest}"
