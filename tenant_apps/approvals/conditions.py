"""When a policy fits. Pure; the conditions are data, kept as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared_apps.kernel.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a policy may ask about a request."""

    amount: Money | None = None
    method: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """When a policy fits; without conditions it fits everything.

    `amount_from`: the amount is in its currency and at least as much. `methods`: the payment method
    is one of them.
    """

    amount_from: Money | None = None
    methods: tuple[str, ...] = ()

    @property
    def are_none(self) -> bool:
        """Return whether everything fits."""
        return self.amount_from is None and not self.methods

    def fit(self, facts: Facts) -> bool:
        """Return whether every condition holds."""
        return self._fits_amount(facts.amount) and (
            not self.methods or facts.method in self.methods
        )

    def _fits_amount(self, amount: Money | None) -> bool:
        if self.amount_from is None:
            return True
        if amount is None or amount.currency != self.amount_from.currency:
            return False
        return amount >= self.amount_from

    def as_json(self) -> dict[str, Any]:
        """Return the conditions as they are kept."""
        kept: dict[str, Any] = {}
        if self.amount_from is not None:
            kept["amount_from"] = self.amount_from.as_json()
        if self.methods:
            kept["methods"] = list(self.methods)
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Conditions":
        """Return the conditions that were kept."""
        amount = kept.get("amount_from")
        return cls(
            amount_from=Money.of(amount["amount"], amount["currency"]) if amount else None,
            methods=tuple(kept.get("methods", ())),
        )
