"""What the steps of a history share: who acts, and what earlier steps have made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from shared_apps.kernel.money import Money
from shared_apps.platform_admin.sample.people import Cast
from shared_apps.platform_admin.sample.plan import History
from shared_apps.platform_admin.sample.profiles import Profile

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.clients.models import Client
    from tenant_apps.deals.models import Deal, Product


class Step(NamedTuple):
    """One thing to do. Steps are done by instant, then rank, then number."""

    at: datetime
    rank: int
    number: int
    act: Callable[[datetime], object]


@dataclass
class Account:
    """What a deal costs, and what its payments leave open."""

    deal: "Deal"
    price: Money
    open: Money

    def part(self, percent: int) -> Money:
        """Return a part of what is open; a little more than the price when nothing is: a credit."""
        base, of = (self.open, percent) if self.open else (self.price, 3)
        return Money.rounded(base.amount * of / 100, base.currency)

    def take(self, money: Money) -> Money:
        """Count a payment in and return by how much it lowered what is open."""
        taken = min(money, self.open, key=lambda amount: amount.amount)
        self.open -= taken
        return taken


@dataclass
class Scene:
    """One organization while its history is made; numbers are the plan's."""

    profile: Profile
    cast: Cast
    history: History
    products: list["Product"] = field(default_factory=list)
    clients: dict[int, "Client"] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)

    def seller(self, number: int) -> "User":
        """Return a salesperson."""
        return self.cast.by_role["salesperson"][number]

    def verifier(self, number: int) -> "User":
        """Return a verifier."""
        return self.cast.by_role["verifier"][number]
