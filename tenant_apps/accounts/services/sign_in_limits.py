"""How often somebody may try: counted over all organizations.

A sign-in stands before three budgets, one behind the other: what one network address tries on one
account, what an address tries on all accounts, and what is tried on one account from everywhere. An
attempt that an earlier one refuses is not counted by the later ones, so nobody uses up an account's
budget alone. Known and unknown accounts are counted alike. Whoever is inside and proves again who
they are is counted apart: no stranger reaches those budgets.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address
from uuid import UUID

import structlog
from django.conf import settings
from django.core.cache import caches
from django.utils.crypto import salted_hmac
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from shared_apps.kernel.errors import DomainError
from tenant_apps.accounts.selectors import normal_email
from tenant_apps.accounts.services.attempt_rows import count_in_database, forget_in_database
from tenant_apps.accounts.tokens import current_audience

log = structlog.get_logger(__name__)

# ValueError: the key's window ended between two of the cache's commands
CACHE_GONE = (ConnectionInterrupted, RedisError, ValueError)


class TooManySignIns(DomainError):
    """Too many failed sign-ins from this address, or for this account."""

    code = "throttled"
    status = 429
    message = "Too many failed sign-ins; wait before the next try."

    def __init__(self, *, retry_after_s: int, is_first: bool = False) -> None:
        super().__init__(headers={"Retry-After": str(retry_after_s)})
        self.is_first = is_first  # the first refusal of the window, by the budget that is used up


@dataclass(frozen=True)
class AttemptCount:
    """Which attempt of the window this is, of how many, and how long the window still lasts.

    `narrowest` is which attempt it is for the narrowest budget.
    """

    number: int
    limit: int
    retry_after_s: int
    narrowest: int = 0

    @property
    def is_too_many(self) -> bool:
        """Return whether the attempt is beyond the budget."""
        return self.number > self.limit

    @property
    def is_first_too_many(self) -> bool:
        """Return whether the attempt is the first one beyond the budget."""
        return self.number == self.limit + 1


@dataclass(frozen=True)
class Budget:
    """How many failures within the window one key may have."""

    key: str
    limit: int


Budgets = Sequence[Budget]


def budgets_of_sign_in(*, ip: str | None, email: str) -> Budgets:
    """Return the budgets that a try with this address's password stands before, narrowest first."""
    account = normal_email(email)
    of_address = [Budget(_key(f"address|{_place(ip)}"), settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS)]
    return (
        Budget(_key(f"{_place(ip)}|{account}"), settings.SIGN_IN_MAX_FAILURES),
        *(of_address if ip else ()),
        Budget(_key(f"account|{account}"), settings.SIGN_IN_MAX_FAILURES_PER_ACCOUNT),
    )


def budgets_of_second_factor(user_id: UUID) -> Budgets:
    """Return the budget of a person's second factor: whoever tries has the password already."""
    key = _key(f"second-factor|{current_audience()}|{user_id}")
    return (Budget(key, settings.SECOND_FACTOR_MAX_FAILURES),)


def budgets_of_password_again(user_id: UUID) -> Budgets:
    """Return the budget of a password that is asked for inside a sign-in.

    Only whoever is inside counts on it, so strangers who fail at the door stop nobody here. It is
    the person's and not the sign-in's: with more sign-ins nobody has more guesses.
    """
    key = _key(f"password-again|{current_audience()}|{user_id}")
    return (Budget(key, settings.SIGN_IN_MAX_FAILURES),)


def budgets_of_second_factor_again(user_id: UUID) -> Budgets:
    """Return the budget of a second factor that is asked for inside a sign-in, likewise."""
    key = _key(f"second-factor-again|{current_audience()}|{user_id}")
    return (Budget(key, settings.SECOND_FACTOR_MAX_FAILURES),)


def budgets_of_passkey(*, ip: str | None) -> Budgets:
    """Return the budget of signing in with a passkey alone, per network address.

    A passkey is not guessed, but each failure is written down: nobody fills the log. There is none
    of an account: whoever names it proves nothing, and could lock it for its person.
    """
    return (Budget(_key(f"passkey|{_place(ip)}"), settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS),)


def budgets_of_reset(*, ip: str | None, email: str) -> Budgets:
    """Return the budgets of asking for a new password: mail that nobody wants is a nuisance."""
    account = normal_email(email)
    return (
        Budget(_key(f"reset|{_place(ip)}"), settings.PASSWORD_RESETS_PER_ADDRESS),
        Budget(_key(f"reset|{account}"), settings.PASSWORD_RESETS_PER_ACCOUNT),
    )


def budgets_of_find(*, ip: str | None, email: str) -> Budgets:
    """Return the budgets of asking where an address signs in; they are those of a reset."""
    return (
        Budget(_key(f"find|{_place(ip)}"), settings.PASSWORD_RESETS_PER_ADDRESS),
        Budget(_key(f"find|{normal_email(email)}"), settings.PASSWORD_RESETS_PER_ACCOUNT),
    )


def budgets_of_provider(*, ip: str | None) -> Budgets:
    """Return the budget of beginning to sign in with a provider, per network address."""
    return (Budget(_key(f"provider|{_place(ip)}"), settings.SSO_STARTS_PER_ADDRESS),)


def budgets_of_sign_up(*, ip: str | None, email: str) -> Budgets:
    """Return the budgets of signing up: each one sends mail to an address that nobody proved."""
    account = normal_email(email)
    return (
        Budget(_key(f"sign-up|{_place(ip)}"), settings.SIGN_UPS_PER_ADDRESS),
        Budget(_key(f"sign-up|{account}"), settings.SIGN_UPS_PER_ACCOUNT),
    )


def budgets_of_device(device: str) -> Budgets:
    """Return the budget of a device that this person signed in with before: its own alone.

    Whatever strangers try on the account, or from the same address, does not lock it out.
    """
    return (Budget(_key(f"device|{current_audience()}|{device}"), settings.SIGN_IN_MAX_FAILURES),)


def budgets_of_key(*, ip: str | None, key_id: UUID | None) -> Budgets:
    """Return the budgets of wrong API keys: of one key from one address, and of the address."""
    return (
        Budget(
            _key(f"key|{_place(ip)}|{current_audience()}|{key_id}"), settings.SIGN_IN_MAX_FAILURES
        ),
        Budget(_key(f"keys|{_place(ip)}"), settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS),
    )


def count_attempt(budgets: Budgets, *, at: datetime) -> AttemptCount:
    """Count an attempt before it is checked, so that many at once share the budgets too.

    Returns the count of the first budget that is used up, or of the last one. Without the cache
    the platform's database counts.
    """
    try:
        return _count_all(budgets, at, _count_in_cache)
    except CACHE_GONE as error:
        log.warning("sign_in_counted_in_database", error=str(error))
        return _count_all(budgets, at, count_in_database)


def refuse_too_many(budgets: Budgets, *, at: datetime) -> AttemptCount:
    """Count an attempt and refuse it when it is beyond a budget. Raises: TooManySignIns."""
    count = count_attempt(budgets, at=at)
    if count.is_too_many:
        raise TooManySignIns(retry_after_s=count.retry_after_s, is_first=count.is_first_too_many)
    return count


def refuse_used_up(budgets: Budgets, *, at: datetime) -> None:
    """Refuse an attempt whose budget failures have used up; one that is let on is not counted.

    Without the cache nothing is refused here; failures are still counted. Raises: TooManySignIns.
    """
    for budget in budgets:
        try:
            number = int(caches["default"].get(budget.key, 0))
        except CACHE_GONE as error:
            log.warning("used_up_not_known", error=str(error))
            return
        if number >= budget.limit:
            refuse_too_many([budget], at=at)


def forget_attempts(budgets: Budgets) -> None:
    """Take back a counted attempt that was no failure: the person proved who they are.

    What the narrowest budget counted is forgotten. The wider budgets get this one attempt back and
    no more, or one good password would pay for guesses at others.
    """
    try:
        _forget_in_cache(budgets)
    except CACHE_GONE as error:
        log.warning("sign_in_forgotten_in_database", error=str(error))
        forget_in_database(budgets[0].key, [budget.key for budget in budgets[1:]])


def _count_all(
    budgets: Budgets, at: datetime, count_one: Callable[[str, datetime], tuple[int, datetime]]
) -> AttemptCount:
    count = AttemptCount(number=0, limit=0, retry_after_s=0)
    for budget in budgets:
        number, ends_at = count_one(budget.key, at)
        left_s = max(1, round((ends_at - at).total_seconds()))
        narrowest = count.narrowest or number
        count = AttemptCount(number, budget.limit, left_s, narrowest)
        if count.is_too_many:
            break
    return count


def _count_in_cache(key: str, at: datetime) -> tuple[int, datetime]:
    cache, window_s = caches["default"], settings.SIGN_IN_WINDOW_S
    ends_at = (at + timedelta(seconds=window_s)).timestamp()
    cache.add(f"{key}:ends", ends_at, timeout=window_s)
    cache.add(key, 0, timeout=window_s)
    number = cache.incr(key)
    ends_at = cache.get(f"{key}:ends", ends_at)
    return number, datetime.fromtimestamp(ends_at, tz=UTC)


def _forget_in_cache(budgets: Budgets) -> None:
    narrowest, *wider = budgets
    cache = caches["default"]
    cache.delete_many([narrowest.key, f"{narrowest.key}:ends"])
    for budget in wider:
        with suppress(ValueError):  # its window is over
            cache.decr(budget.key)


def _place(ip: str | None) -> str:
    """Return what stands for a network address: of IPv6 the /64, which one subscriber has whole."""
    if ip is None:
        return ""
    address = ip_address(ip)
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address), 64), strict=False))


def _key(counted: str) -> str:
    """Return a key that names neither the address nor the account."""
    return f"sign-in:{salted_hmac('accounts.sign_in_limit', counted).hexdigest()}"
