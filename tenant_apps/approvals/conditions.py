"""Whether a policy's conditions fit a request. Pure: conditions are data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import InvalidAmount, Money, UnknownCurrency

CONDITION_NAMES = frozenset({"amount_from", "currency", "methods"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a policy may ask about a request."""

    amount: Money | None = None
    method: str = ""


def is_fitting(conditions: Mapping[str, Any], facts: Facts) -> bool:
    """Return whether every condition holds; a policy without conditions fits everything.

    `currency`: the amount's currency. `amount_from`: the amount (of that currency) at least.
    `methods`: the payment method is one of them.
    """
    return _is_amount_fitting(conditions, facts.amount) and (
        "methods" not in conditions or facts.method in conditions["methods"]
    )


def _is_amount_fitting(conditions: Mapping[str, Any], amount: Money | None) -> bool:
    if "currency" not in conditions:
        return True
    if amount is None or amount.currency != conditions["currency"]:
        return False
    floor = Money.of(conditions.get("amount_from", "0"), amount.currency)
    return amount >= floor


def check_conditions(conditions: Mapping[str, Any]) -> None:
    """Refuse conditions that could never be read. Raises: ValidationFailed."""
    for unknown in sorted(conditions.keys() - CONDITION_NAMES):
        raise ValidationFailed.at(f"/conditions/{unknown}", "There is no such condition.")
    if "amount_from" in conditions and "currency" not in conditions:
        raise ValidationFailed.at("/conditions/currency", "An amount needs its currency.")
    _check_amount(conditions)
    _check_methods(conditions.get("methods", []))


def _check_amount(conditions: Mapping[str, Any]) -> None:
    if "currency" not in conditions:
        return
    try:
        Money.of(conditions.get("amount_from", "0"), str(conditions["currency"]))
    except (InvalidAmount, UnknownCurrency) as error:
        raise ValidationFailed.at("/conditions/amount_from", str(error)) from None


def _check_methods(methods: Any) -> None:
    if not isinstance(methods, list) or not all(isinstance(name, str) for name in methods):
        raise ValidationFailed.at("/conditions/methods", "Methods are a list of names.")
