"""How much of a deal may be given up without a decision: what an organization may choose.

docs/decisions/0032 says why there is a limit, and why these amounts.
"""

from collections.abc import Mapping
from decimal import Decimal

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money, exponent_of
from shared_apps.kernel.wording import worded

# never more than this part of a deal's price
MOST_OF_A_DEAL = Decimal("0.01")
# about ten euros, in round amounts of each currency
_MOST: Mapping[str, int] = {
    **dict.fromkeys(("AED", "BRL", "ILS", "MYR", "PLN", "QAR", "RON", "SAR"), 40),
    **dict.fromkeys(("CNY", "DKK", "HKD", "NOK", "SEK"), 100),
    **dict.fromkeys(("CZK", "MXN", "TWD", "ZAR"), 200),
    **dict.fromkeys(("EGP", "INR", "PHP", "THB", "TRY", "UAH"), 400),
    **dict.fromkeys(("ISK", "JPY", "KES"), 1_000),
    **dict.fromkeys(("HUF", "LKR", "PKR"), 3_000),
    **dict.fromkeys(("CLP", "KRW", "NGN"), 10_000),
    **dict.fromkeys(("COP",), 40_000),
    **dict.fromkeys(("IDR", "VND"), 150_000),
}
# of every other currency, by its decimals
_MOST_BY_EXPONENT: Mapping[int, int] = {0: 1_000, 2: 10, 3: 3}


def most_tolerance(currency: str) -> Money:
    """Return the highest tolerance that an organization with this currency may choose.

    Raises: UnknownCurrency.
    """
    named = _MOST.get(currency)
    return Money.of(named or _MOST_BY_EXPONENT.get(exponent_of(currency), 1), currency)


def check_tolerance(amount: Decimal, currency: str) -> None:
    """Refuse a tolerance above the limit, at its field. Raises: ValidationFailed."""
    most = most_tolerance(currency)
    if amount > most.amount:
        raise ValidationFailed.at(
            "/write_off_tolerance",
            worded(
                "At most %(most)s are given up by themselves; ask for a write-off of more.",
                most=most,
            ),
            code="tolerance_too_high",
        )
