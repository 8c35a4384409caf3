"""How much a payment asks to be looked at first: named reasons, each with its points. Pure.

    risk = min(100, sum of the points of the reasons that hold)
    place in the queue = submitted_at - risk x 30 minutes, the earliest first

One point weighs as much as half an hour of waiting: a payment at full risk passes those that were
submitted up to 50 hours before it, and nothing waits for ever behind newer risks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

MOST_POINTS = 100
AGE_OF_A_POINT = timedelta(minutes=30)
LARGE, VERY_LARGE = Decimal(3), Decimal(10)
LATE_DAYS, VERY_LATE_DAYS = 30, 90
HIGH, MEDIUM = 50, 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Signals:
    """What is known of a payment when it is submitted.

    `times_usual` is its amount over the median of the organization's latest verified payments in
    its currency, None while there are too few; `days_late` lies between the day of the money and
    that of the submission. The flags are facts, the judgement is in the points.
    """

    method_label: str
    method_points: int
    times_usual: Decimal | None
    days_late: int
    account_status: str
    is_new_client: bool
    has_proof: bool
    has_deal: bool
    is_beyond_deal: bool
    is_other_currency: bool
    was_sent_back: bool
    look_alikes: int
    reused_proofs: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to look earlier, in words, and what it weighs."""

    code: str
    points: int
    message: str

    def as_json(self) -> dict[str, Any]:
        """Return the reason as it is kept and shown."""
        return {"code": self.code, "points": self.points, "message": self.message}


@dataclass(frozen=True, slots=True)
class Risk:
    """The score, 0 to 100, and its reasons, the heaviest first."""

    score: int
    reasons: tuple[Reason, ...]

    def place_in_queue(self, submitted_at: datetime) -> datetime:
        """Return the instant that orders the queue: the age, and the risk counted as age."""
        return submitted_at - self.score * AGE_OF_A_POINT


def assess(signals: Signals) -> Risk:
    """Return the risk of a payment."""
    found = [*_of_amount(signals), *_of_paper(signals), *_of_client(signals)]
    found.sort(key=lambda reason: (-reason.points, reason.code))
    return Risk(min(MOST_POINTS, sum(reason.points for reason in found)), tuple(found))


def level_of(score: int) -> str:
    """Return high, medium or low."""
    if score >= HIGH:
        return "high"
    return "medium" if score >= MEDIUM else "low"


def _of_amount(signals: Signals) -> Iterator[Reason]:
    times = signals.times_usual
    if times is not None and times >= LARGE:
        points = 35 if times >= VERY_LARGE else 20
        yield Reason("unusual_amount", points, f"{times:.1f} times the usual amount.")
    if signals.is_beyond_deal:
        yield Reason("beyond_deal", 10, "More than the deal still owes.")
    if signals.is_other_currency:
        yield Reason("other_currency", 10, "In another currency than its deal.")
    if signals.method_points:
        yield Reason("method", signals.method_points, f"Paid by {signals.method_label.lower()}.")


def _of_paper(signals: Signals) -> Iterator[Reason]:
    if signals.reused_proofs:
        yield Reason("reused_proof", 40, "Its proof, or one that looks like it, was used before.")
    if signals.look_alikes:
        message = f"It looks like {signals.look_alikes} other payment(s)."
        yield Reason("possible_duplicate", 30, message)
    if not signals.has_proof:
        yield Reason("no_proof", 15, "It came without a proof.")
    if signals.was_sent_back:
        yield Reason("sent_back", 5, "It was sent back before.")


def _of_client(signals: Signals) -> Iterator[Reason]:
    if signals.days_late > LATE_DAYS:
        points = 20 if signals.days_late > VERY_LATE_DAYS else 10
        yield Reason("entered_late", points, f"Entered {signals.days_late} days after its day.")
    if signals.account_status in _ACCOUNTS:
        points, message = _ACCOUNTS[signals.account_status]
        yield Reason(f"client_{signals.account_status}", points, message)
    if signals.is_new_client:
        yield Reason("new_client", 10, "No payment of this client was verified before.")
    if not signals.has_deal:
        yield Reason("no_deal", 5, "It belongs to no deal yet.")


_ACCOUNTS = {
    "bad_debt": (25, "A debt of this client was written off."),
    "overdue": (10, "This client is overdue."),
}
