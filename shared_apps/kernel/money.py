"""Money: a decimal amount of one currency, never a float.

Every amount is kept at its currency's exponent (2 for USD, 0 for JPY, 3 for KWD). Arithmetic across
currencies raises. Rounding happens once per stored amount, here and nowhere else (design M1, M2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from moneyed import CURRENCIES, CurrencyDoesNotExist, get_currency

from shared_apps.kernel.wording import worded

MAX_DIGITS = 19
DECIMAL_PLACES = 4
LARGEST_ENTERED = Decimal(10) ** 12  # below it: NUMERIC(19,4) still holds a thousand of them
LARGEST_SUM = Decimal(10) ** 20  # sums in memory; exact within the 28 digits of a Decimal
# codes of ISO 4217 that nobody pays with: metals, units of account, tests, and none at all
UNPAYABLE = frozenset(
    {
        *("XAG", "XAU", "XPD", "XPT"),
        *("XBA", "XBB", "XBC", "XBD", "XDR", "XEU", "XFO", "XFU", "XRE", "XSU", "XUA"),
        *("XTS", "XXX"),
    }
)


class CurrencyMismatch(ArithmeticError):
    """Two amounts of different currencies met in one calculation."""


class InvalidAmount(ValueError):
    """Not an amount: not a number, a float, too large, or finer than the currency allows."""


class UnknownCurrency(ValueError):
    """Not an ISO 4217 code."""


@lru_cache(maxsize=512)
def exponent_of(currency: str) -> int:
    """Return the number of decimals of an ISO 4217 currency: USD 2, JPY 0, KWD 3.

    Raises: UnknownCurrency.
    """
    try:
        sub_unit = get_currency(currency).sub_unit
    except CurrencyDoesNotExist:
        raise UnknownCurrency(
            worded("'%(code)s' is not an ISO 4217 currency code.", code=currency)
        ) from None
    return len(str(sub_unit)) - 1


def smallest_unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency: 0.01 of USD, 1 of JPY. Raises: UnknownCurrency."""
    return Decimal(1).scaleb(-exponent_of(currency))


def is_currency(code: str) -> bool:
    """Return whether `code` is an ISO 4217 currency code."""
    return code in CURRENCIES


def is_payable(code: str) -> bool:
    """Return whether `code` is an ISO 4217 code of money: what may be entered anew."""
    return is_currency(code) and code not in UNPAYABLE


def to_decimal(value: Decimal | int | str) -> Decimal:
    """Return `value` as a finite decimal. A float is refused: it has already lost the amount.

    Raises: InvalidAmount.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise InvalidAmount(
            worded("'%(value)s' is not an exact number; send it as a string.", value=str(value))
        )
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise InvalidAmount(worded("'%(value)s' is not a number.", value=str(value))) from None
    if not number.is_finite() or abs(number) >= LARGEST_SUM:
        raise InvalidAmount(worded("'%(value)s' is out of range.", value=str(value)))
    return number


def round_amount(
    value: Decimal | Fraction, *, currency: str, rounding: str = ROUND_HALF_EVEN
) -> Decimal:
    """Round to the currency's exponent, half to even unless another mode is named.

    A Fraction is rounded exactly: it never passes through a binary float or a truncated decimal.
    """
    quantum = smallest_unit(currency)
    if isinstance(value, Fraction):
        if rounding != ROUND_HALF_EVEN:
            value = _to_precise_decimal(value)
        else:
            return Decimal(round(value / Fraction(quantum))) * quantum
    return value.quantize(quantum, rounding=rounding)


def _to_precise_decimal(value: Fraction) -> Decimal:
    """Return `value` to 17 decimals, the last one sticky: never a false tie."""
    scaled, remainder = divmod(value.numerator * 10**16, value.denominator)
    digits = scaled * 10 + (1 if remainder else 0)
    return Decimal(digits).scaleb(-17)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount of one currency, at the currency's exponent.

    Raises: InvalidAmount when the amount is finer than the currency allows, UnknownCurrency.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        amount = to_decimal(self.amount)
        kept = round_amount(amount, currency=self.currency)
        if kept != amount:
            raise InvalidAmount(
                worded(
                    "%(amount)s has more decimals than %(currency)s has (%(most)s).",
                    amount=amount,
                    currency=self.currency,
                    most=exponent_of(self.currency),
                )
            )
        object.__setattr__(self, "amount", kept + 0)  # + 0 turns -0.00 into 0.00

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> "Money":
        """Return the amount given as a decimal, an integer or a string."""
        return cls(to_decimal(amount), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Return nothing of a currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def rounded(
        cls, value: Decimal | Fraction, currency: str, *, rounding: str = ROUND_HALF_EVEN
    ) -> "Money":
        """Return `value` rounded to the currency's exponent."""
        return cls(round_amount(value, currency=currency, rounding=rounding), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def as_json(self) -> dict[str, str]:
        """Return `{"amount": "1234.50", "currency": "USD"}`."""
        return {"amount": f"{self.amount:f}", "currency": self.currency}

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add up.")
        return other.amount


def within_limit(money: Money) -> Money:
    """Return an amount that somebody entered, or the price of one deal, unless it is too large.

    A sum of many amounts has no such limit. Raises: InvalidAmount.
    """
    if abs(money.amount) >= LARGEST_ENTERED:
        raise InvalidAmount(
            worded(
                "%(money)s is too large: an amount is below %(limit)s.",
                money=money,
                limit=int(LARGEST_ENTERED),
            )
        )
    return money


def total(amounts: Iterable[Money], *, currency: str) -> Money:
    """Return the sum of the amounts; zero of `currency` when there are none."""
    return sum(amounts, start=Money.zero(currency))


def allocate(whole: Money, *, weights: Sequence[Decimal | int]) -> list[Money]:
    """Divide `whole` in proportion to `weights` so that the parts sum to it exactly.

    Largest remainder; ties go to the earlier part (design M2). A negative whole is allocated as the
    mirror of its positive, so that a reversal takes back just what was given.
    Raises: ValueError when there is no positive weight or one is negative.
    """
    if not weights or min(weights) < 0 or not sum(weights):
        raise ValueError("Weights must be zero or more and sum to more than zero.")
    if whole.amount < 0:
        return [-part for part in allocate(-whole, weights=weights)]
    quantum = smallest_unit(whole.currency)
    units = int((whole.amount / quantum).to_integral_value(rounding=ROUND_FLOOR))
    parts = _largest_remainder(units, [Fraction(weight) for weight in weights])
    return [Money(part * quantum, whole.currency) for part in parts]


def _largest_remainder(units: int, weights: Sequence[Fraction]) -> list[int]:
    whole = sum(weights)
    exact = [units * weight / whole for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    return parts
