"""What happens in the sample, decided before anything is written: a pure function of the seed.

Amounts, days and outcomes come from Dice; the builder turns each plan into calls of the services in
the order of their instants.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from shared_apps.platform_admin.sample import words
from shared_apps.platform_admin.sample.dice import Dice
from shared_apps.platform_admin.sample.profiles import Profile

MONTHS = 7
FIRST_DAY = 2  # a day that moves to the Friday before it stays within the period
WORKDAY_STARTS, WORKDAY_MINUTES = time(14, 0, tzinfo=UTC), 150

DEAL_PATHS = (("won", 76), ("open", 11), ("lost", 6), ("draft", 4), ("cancelled", 3))
PAYMENT_FATES = (
    ("verified", 80),
    ("rejected", 6),
    ("resubmitted", 5),
    ("changes_requested", 3),
    ("withdrawn", 3),
    ("draft", 3),
)
# of what is open: first payments, second ones, later ones
PARTS = (((50, 50), (33, 30), (25, 20)), ((50, 60), (100, 40)), ((100, 100),))
METHODS = (("bank_transfer", 60), ("card", 18), ("cheque", 10), ("cash", 7), ("wallet", 5))
TAX_RATES = (("0", 25), ("8.25", 25), ("19", 50))
SOON_PERCENT = 80  # decided within the promised time
AT_ONCE = 25  # minutes that a decision of the last working day took
LATE = 2  # payments that wait for longer than is promised
DISCOUNTS = (("0", 60), ("5", 20), ("10", 15), ("12.5", 5))


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is to make in each of the two organizations."""

    clients: int = 20
    deals: int = 100
    payments: int = 200


@dataclass(frozen=True, kw_only=True)
class PlannedClient:
    """A client and when it was entered. One without an address leaves its invoices as drafts."""

    number: int
    name: str
    owner: int
    street: str
    is_complete: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PlannedLine:
    """One line of a deal: a product at its list price, or a service with a price of its own."""

    product: int
    quantity: str
    discount_percent: str
    tax_rate_percent: str


@dataclass(frozen=True, kw_only=True)
class PlannedDeal:
    """A deal, its course, and the share of the second seller (0 when there is none)."""

    number: int
    name: str
    client: int
    seller: int
    partner: int
    partner_share_percent: int
    currency: str
    source: str
    path: str
    lines: tuple[PlannedLine, ...]
    instalments: int
    lost_reason: str
    at: datetime
    settled_at: datetime


@dataclass(frozen=True, kw_only=True)
class PlannedPayment:
    """A payment on a deal: a part of what is open, how it came and what becomes of it.

    `percent` is its part of what the deal's earlier payments leave open; `short_percent` is what
    the verifier finds missing of it.
    """

    number: int
    deal: int
    percent: int
    short_percent: int
    method: str
    fate: str
    failure: int
    verifier: int
    received_on: date
    submitted_at: datetime
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything that happens in one organization, each list in the order of its numbers."""

    starts_at: datetime
    ends_at: datetime
    clients: tuple[PlannedClient, ...]
    deals: tuple[PlannedDeal, ...]
    payments: tuple[PlannedPayment, ...]


def plan_history(
    profile: Profile, *, seed: int, today: date, size: Size, now: datetime | None = None
) -> History:
    """Return the history of one organization up to the start of the day `today`.

    It begins seven months earlier. The same arguments give the same history everywhere. With an
    instant `now` of the day, the payments of the last working day come in the hours before it.
    """
    ends_at = datetime.combine(today, time(), tzinfo=UTC)
    period = Period(starts_at=ends_at - timedelta(days=30 * MONTHS), ends_at=ends_at)
    name = f"{seed}/{profile.mail_domain}/{today.isoformat()}"
    sellers = len(profile.with_role("salesperson"))
    clients = tuple(_clients(Dice(f"{name}/clients"), period, size.clients, sellers))
    deals = tuple(_deals(Dice(f"{name}/deals"), period, size.deals, Trade(profile, clients)))
    planned = tuple(_payments(Dice(f"{name}/payments"), period, deals, size.payments))
    payments = tuple(_moved_up(tuple(_as_they_stand(planned, period)), period, now))
    return History(
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        clients=clients,
        deals=deals,
        payments=payments,
    )


@dataclass(frozen=True, kw_only=True)
class Period:
    """The time in which everything happens."""

    starts_at: datetime
    ends_at: datetime

    @property
    def days(self) -> int:
        """Return its length."""
        return (self.ends_at - self.starts_at).days

    @property
    def last_morning(self) -> datetime:
        """Return the start of its last working day."""
        day = self.ends_at - timedelta(days=1)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def moment(self, dice: Dice, day: int) -> datetime:
        """Return an instant within working hours on a day of the period, on no weekend."""
        on = (self.starts_at + timedelta(days=min(day, self.days - 1))).date()
        on -= timedelta(days=max(0, on.weekday() - 4))
        minutes = dice.below(WORKDAY_MINUTES)
        return datetime.combine(on, WORKDAY_STARTS) + timedelta(minutes=minutes)


def _clients(dice: Dice, period: Period, amount: int, sellers: int) -> Iterator[PlannedClient]:
    names = [f"{first} {second}" for second in words.CLIENT_SECOND for first in words.CLIENT_FIRST]
    for number in range(amount):
        yield PlannedClient(
            number=number,
            name=names.pop(dice.below(len(names))),
            owner=dice.below(sellers),
            street=f"{dice.between(1, 99)} {dice.pick(words.STREETS)}",
            is_complete=number % 10 != 9,
            at=period.moment(dice, FIRST_DAY + number // 4),
        )


@dataclass(frozen=True)
class Trade:
    """Who sells to whom, and in what currencies."""

    profile: Profile
    clients: tuple[PlannedClient, ...]


def _deals(dice: Dice, period: Period, amount: int, trade: Trade) -> Iterator[PlannedDeal]:
    """Spread the deals over the period, each after the last client was entered."""
    first_day = FIRST_DAY + len(trade.clients) // 4 + 3
    for number in range(amount):
        day = first_day + number * (period.days - first_day - 2) // amount
        yield _deal(dice, period, number=number, day=day, trade=trade)


def _deal(dice: Dice, period: Period, *, number: int, day: int, trade: Trade) -> PlannedDeal:
    """Plan one deal: a client's owner sells to it, sometimes with a colleague."""
    client = dice.pick(trade.clients)
    sellers = len(trade.profile.with_role("salesperson"))
    return PlannedDeal(
        number=number,
        name=f"{dice.pick(words.PROJECTS)} {number + 1}",
        client=client.number,
        seller=client.owner,
        partner=(client.owner + dice.between(1, sellers - 1)) % sellers,
        partner_share_percent=dice.weighted(((0, 65), (30, 20), (50, 15))),
        currency=dice.weighted(trade.profile.currencies),
        source=dice.pick(words.SOURCES),
        path=_each_once(dice, DEAL_PATHS, number),
        lines=tuple(_line(dice) for _ in range(dice.between(1, 4))),
        instalments=dice.weighted(((1, 40), (2, 40), (3, 20))),
        lost_reason=dice.pick(words.LOST_REASONS),
        at=period.moment(dice, day),
        settled_at=period.moment(dice, day + dice.between(1, 9)) + timedelta(hours=3),
    )


def _each_once(dice: Dice, options: Sequence[tuple[str, int]], number: int) -> str:
    """Return the option of that number, so that none is missing; a weighted one after the last."""
    by_chance = dice.weighted(options)
    return options[number][0] if number < len(options) else by_chance


def _line(dice: Dice) -> PlannedLine:
    return PlannedLine(
        product=dice.below(len(words.PRODUCTS)),
        quantity=dice.weighted((("1", 40), ("2", 20), ("3", 15), ("5", 15), ("7.5", 10))),
        discount_percent=dice.weighted(DISCOUNTS),
        tax_rate_percent=dice.weighted(TAX_RATES),
    )


def _payments(
    dice: Dice, period: Period, deals: tuple[PlannedDeal, ...], amount: int
) -> Iterator[PlannedPayment]:
    """Give the won deals their payments in turn: first one each, then second ones, and so on."""
    won = [deal for deal in deals if deal.path == "won"]
    for number in range(amount):
        deal, turn = won[number % len(won)], number // len(won)
        yield _payment(dice, period, deal, number=number, turn=turn)


def _payment(
    dice: Dice, period: Period, deal: PlannedDeal, *, number: int, turn: int
) -> PlannedPayment:
    """Plan one payment: of what is open all or a part, some of them short, some refused.

    Most are decided within the promised time, some some days later.
    """
    day = (deal.settled_at - period.starts_at).days + 1 + turn * 9 + dice.between(0, 12)
    submitted_at = period.moment(dice, day) + timedelta(hours=3, minutes=30)
    soon = submitted_at + timedelta(minutes=dice.between(20, 180))
    late = period.moment(dice, day + dice.between(2, 4)) + timedelta(hours=5)
    return PlannedPayment(
        number=number,
        deal=deal.number,
        percent=dice.weighted(PARTS[min(turn, len(PARTS) - 1)]),
        short_percent=dice.weighted(((0, 94), (4, 6))),
        method=dice.weighted(METHODS),
        fate=_each_once(dice, PAYMENT_FATES, number),
        failure=dice.below(len(words.REJECTIONS)),
        verifier=dice.below(2),
        received_on=submitted_at.date() - timedelta(days=dice.between(0, 3)),
        submitted_at=submitted_at,
        decided_at=soon if dice.happens(SOON_PERCENT) else max(late, soon),
    )


def _as_they_stand(payments: Sequence[PlannedPayment], period: Period) -> Iterator[PlannedPayment]:
    """Leave some in the queue: most of what the last working day brought, and a few from before."""
    morning = period.last_morning
    before = [each for each in payments if each.submitted_at < morning and each.fate == "verified"]
    late = sorted(before, key=lambda each: each.submitted_at)[-LATE:]
    for payment in payments:
        if payment.fate == "draft":
            yield payment
        elif payment in late and payment.number >= len(PAYMENT_FATES):
            yield _overlooked(payment, morning - timedelta(days=2 + late.index(payment)))
        elif payment.submitted_at >= morning:
            yield _of_the_last_day(payment)
        elif payment.decided_at >= morning - timedelta(days=2):
            yield replace(payment, fate="verified", decided_at=min(payment.decided_at, morning))
        else:
            yield payment


def _overlooked(payment: PlannedPayment, day: datetime) -> PlannedPayment:
    """Have it wait since the day, or the Friday before."""
    day -= timedelta(days=max(0, day.weekday() - 4))
    at = max(payment.submitted_at, datetime.combine(day, payment.submitted_at.timetz()))
    return replace(
        payment,
        fate="submitted",
        received_on=payment.received_on + (at.date() - payment.submitted_at.date()),
        submitted_at=at,
        decided_at=at + timedelta(hours=1),
    )


def _of_the_last_day(payment: PlannedPayment) -> PlannedPayment:
    """Have one of three decided at once, the others wait."""
    if payment.number % 3 or payment.fate not in ("verified", "rejected"):
        return replace(payment, fate="submitted")
    return replace(payment, decided_at=payment.submitted_at + timedelta(minutes=AT_ONCE))


def _moved_up(
    payments: Sequence[PlannedPayment], period: Period, now: datetime | None
) -> Iterator[PlannedPayment]:
    """Move what the last working day brought to the hours before `now`, if that is later."""
    newest = max((each.submitted_at for each in payments), default=period.ends_at)
    by = now - newest - timedelta(minutes=AT_ONCE + 5) if now else timedelta()
    for payment in payments:
        if payment.submitted_at < period.last_morning or by <= timedelta():
            yield payment
            continue
        at, decided_at = payment.submitted_at + by, payment.decided_at + by
        yield replace(payment, submitted_at=at, decided_at=decided_at)
