"""The demo's own arithmetic: it shares no code with the product."""

from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from typing import Any

CENT = Decimal("0.01")
MODES = {
    "half_even": ROUND_HALF_EVEN,
    "half_up": ROUND_HALF_UP,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}


def money(amount: Decimal | str, currency: str) -> dict[str, str]:
    """Return an amount as the API writes it."""
    return {"amount": f"{Decimal(amount):.2f}", "currency": currency}


def amount_of(shown: dict[str, str]) -> Decimal:
    """Return the number of an amount that the API shows."""
    return Decimal(shown["amount"])


def summed(amounts: Sequence[dict[str, str]]) -> Decimal:
    """Return the sum of amounts of one currency."""
    return sum((amount_of(each) for each in amounts), Decimal(0))


def to_cents(value: Fraction, mode: str = ROUND_HALF_EVEN) -> Decimal:
    """Round exactly, once: by remainder, without a decimal that was cut before."""
    sign = -1 if value < 0 else 1
    whole, rest = divmod(abs(value) * 100, 1)
    return sign * (whole + _carry(whole, rest, mode)) * CENT


def _carry(whole: int, rest: Fraction, mode: str) -> int:
    half = Fraction(1, 2)
    if mode == ROUND_DOWN or not rest:
        return 0
    if mode == ROUND_UP or rest > half:
        return 1
    return int(rest == half and (mode == ROUND_HALF_UP or whole % 2 == 1))


def shares_of(whole: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide by largest remainder; of equal remainders the earlier gets the cent."""
    cents = int(whole / CENT)
    exact = [Fraction(cents) * Fraction(weight) / Fraction(sum(weights)) for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda i: (-(exact[i] - parts[i]), i))
    for index in order[: cents - sum(parts)]:
        parts[index] += 1
    return [part * CENT for part in parts]


def evaluate(tree: dict[str, Any]) -> Decimal:
    """Return the amount that an explanation gives, read as its documentation describes it."""
    return to_cents(_value(tree))


def _value(node: dict[str, Any]) -> Fraction:
    if "value" in node:
        return Fraction(node["value"])
    if node["op"] not in OPERATIONS:
        raise ValueError(f"An explanation has the unknown operation {node['op']!r}.")
    return OPERATIONS[node["op"]]([_value(child) for child in node["of"]], node)


def _rounded(values: Sequence[Fraction], node: dict[str, Any]) -> Fraction:
    return Fraction(to_cents(values[0], MODES[node["rounding"]]))


def _share(values: Sequence[Fraction], node: dict[str, Any]) -> Fraction:
    whole, *weights = (Decimal(value.numerator) / Decimal(value.denominator) for value in values)
    return Fraction(shares_of(whole, weights)[node["position"]])


OPERATIONS: dict[str, Callable[[Sequence[Fraction], dict[str, Any]], Fraction]] = {
    "plus": lambda values, _: sum(values, Fraction(0)),
    "minus": lambda values, _: values[0] - values[1],
    "percent_of": lambda values, _: values[0] * values[1] / 100,
    "pro_rata": lambda values, _: values[0] * values[1] / values[2],
    "round": _rounded,
    "share_of": _share,
}
