"""When a policy fits. Pure; the conditions are data, kept as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared_apps.kernel.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a policy may ask about a request. `worth` is the amount in another currency."""

    amount: Money | None = None
    worth: Money | None = None
    method: str = ""
    account_status: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """When a policy fits; without conditions it fits everything.

    `amount_from`: the amount, or its worth, is in its currency and at least as much. `methods`,
    `currencies` and `account_statuses` (of the client): the subject has one of them.
    """

    amount_from: Money | None = None
    methods: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    account_statuses: tuple[str, ...] = ()

    @property
    def are_none(self) -> bool:
        """Return whether everything fits."""
        return self.amount_from is None and not any(self.lists.values())

    def fit(self, facts: Facts) -> bool:
        """Return whether every condition holds."""
        found = {
            "methods": facts.method,
            "currencies": facts.amount.currency if facts.amount else "",
            "account_statuses": facts.account_status,
        }
        return self._fits_amount(facts) and all(
            not allowed or found[name] in allowed for name, allowed in self.lists.items()
        )

    def may_meet(self, other: "Conditions") -> bool:
        """Return whether one subject could fit both; the amounts are not compared."""
        return all(
            not mine or not theirs or set(mine) & set(theirs)
            for mine, theirs in zip(self.lists.values(), other.lists.values(), strict=True)
        )

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """Return what a subject must have one of, by condition."""
        return {
            "methods": self.methods,
            "currencies": self.currencies,
            "account_statuses": self.account_statuses,
        }

    def _fits_amount(self, facts: Facts) -> bool:
        least = self.amount_from
        return least is None or any(
            each is not None and each.currency == least.currency and each >= least
            for each in (facts.amount, facts.worth)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the conditions as they are kept."""
        kept: dict[str, Any] = {name: list(each) for name, each in self.lists.items() if each}
        if self.amount_from is not None:
            kept["amount_from"] = self.amount_from.as_json()
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Conditions":
        """Return the conditions that were kept."""
        amount = kept.get("amount_from")
        return cls(
            amount_from=Money.of(amount["amount"], amount["currency"]) if amount else None,
            methods=tuple(kept.get("methods", ())),
            currencies=tuple(kept.get("currencies", ())),
            account_statuses=tuple(kept.get("account_statuses", ())),
        )
