"""Random histories through the services, the same for the same seed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import NewSplit, TermChanges, amend_deal, win_deal
from tests.commissions.money import submit, verify
from tests.factories.clients import ClientFactory
from tests.factories.commissions import PlanFactory, flat_rate
from tests.factories.deals import DealFactory, line, split

# over a year's end, and through the night on which summer time begins in Berlin
FIRST, LAST = datetime(2025, 11, 20, 22, tzinfo=UTC), datetime(2026, 3, 31, 21, tzinfo=UTC)
DEALS = 10

Action = tuple[datetime, Callable[[], object]]


@dataclass(frozen=True, kw_only=True)
class Company:
    """Who plays a part in a history, and when."""

    sam: User
    suki: User
    theo: User
    vera: User
    fay: User
    adam: User
    first: datetime = FIRST
    last: datetime = LAST

    @property
    def sellers(self) -> list[User]:
        """Return who may be credited."""
        return [self.sam, self.suki, self.theo]


def make_history(company: Company, *, seed: int, amendments: int = 0) -> None:
    """Deals in two currencies, some won, some shared, some paid in part, some in review.

    A won deal is amended so many times, to a higher tax. Everything happens in the order of time.
    """
    random = Random(seed)
    PlanFactory(
        new=flat_rate(f"{random.randint(100, 1500) / 100:.2f}"),
        author=company.fay,
        checker=company.adam,
        payees=random.sample(company.sellers, k=random.randint(1, 3)),
        at=company.first,
    )
    actions = [action for _ in range(DEALS) for action in _deal_story(company, random, amendments)]
    for _, act in sorted(actions, key=lambda action: action[0]):
        act()


def _deal_story(company: Company, random: Random, amendments: int) -> list[Action]:
    owner = random.choice([company.sam, company.suki])
    began = _moment(random, company.first, company.last)
    currency = random.choice(["USD", "JPY"])
    minor = random.randint(1_000, 2_000_000)
    price = str(minor if currency == "JPY" else Decimal(minor).scaleb(-2))
    deal = DealFactory(
        client=ClientFactory(by=owner, at=began).pk,
        lines=(line(price, currency, tax_rate_percent=_tax(random)),),
        splits=_splits(company, random, owner),
        by=owner,
        at=began,
    )
    instants = [_moment(random, began, company.last) for _ in range(3)]
    story = [_payment(company, random, deal, at) for at in instants]
    if random.random() < 0.8:
        won_at = _moment(random, began, company.last)
        story.append((won_at, partial(win_deal, deal_id=deal.pk, by=owner, at=won_at)))
        for step in range(amendments):
            at = won_at + (company.last - won_at) * (step + 1) / (amendments + 2)
            story.append((at, partial(_amend, deal, price, tax=20 + step, at=at)))
    return story


def _amend(deal: Deal, price: str, *, tax: int, at: datetime) -> None:
    new_line = line(price, deal.current_version.currency, tax_rate_percent=Decimal(tax))
    changes = TermChanges(lines=(new_line,))
    amend_deal(deal_id=deal.pk, changes=changes, reason="Taxed anew", by=deal.owner, at=at)


def _payment(company: Company, random: Random, deal: Deal, at: datetime) -> Action:
    currency = deal.current_version.currency
    part = Decimal(deal.current_version.total) * random.randint(1, 60) / 100
    amount = Money.rounded(max(part, Decimal(1)), currency)
    is_verified = random.random() < 0.75
    seller = company.sam if deal.owner_id == company.sam.pk else company.suki

    def pay() -> None:
        payment = submit(deal, str(amount.amount), by=seller, at=at)
        if is_verified:
            verify(payment, checker=company.vera, at=at)

    return at, pay


def _splits(company: Company, random: Random, owner: User) -> tuple[NewSplit, ...]:
    others = [who for who in company.sellers if who != owner]
    shared = random.sample(others, k=random.randint(0, 2))
    shares = [Decimal(random.randint(1, 490_000)).scaleb(-4) for _ in shared]
    rest = Decimal(100) - sum(shares, Decimal(0))
    parts = zip(shared, (str(share) for share in shares), strict=True)
    return split((owner, str(rest)), *parts)


def _tax(random: Random) -> Decimal:
    return Decimal(random.choice(["0", "7", "19", "8.875"]))


def _moment(random: Random, first: datetime, last: datetime) -> datetime:
    seconds = int((last - first).total_seconds())
    return first + timedelta(seconds=random.randint(0, max(seconds, 0)))
