"""How much a payment asks to be looked at first: named reasons, each with its points. Pure.

    risk = min(100, sum of the points of the reasons that hold)
    place in the queue = submitted_at - risk x 30 minutes, the earliest first

One point weighs as much as half an hour of waiting: a payment at full risk passes those that were
submitted up to 50 hours before it, and nothing waits for ever behind newer risks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from shared_apps.kernel.wording import worded

MOST_POINTS = 100
AGE_OF_A_POINT = timedelta(minutes=30)
LARGE, VERY_LARGE = Decimal(3), Decimal(10)
LATE_DAYS, VERY_LATE_DAYS = 30, 90
HIGH, MEDIUM = 50, 20
WORDINGS: Mapping[str, str] = {
    "unusual_amount": gettext_noop("%(times)s times the usual amount."),
    "beyond_deal": gettext_noop("More than the deal still owes."),
    "other_currency": gettext_noop("In another currency than its deal."),
    "method": gettext_noop("How it was paid: %(method)s."),
    "reused_proof": gettext_noop("Its proof, or one that looks like it, was used before."),
    "possible_duplicate": gettext_noop("Other payments that it looks like: %(count)s."),
    "no_proof": gettext_noop("It came without a proof."),
    "sent_back": gettext_noop("It was sent back before."),
    "entered_late": gettext_noop("Entered %(days)s days after its day."),
    "client_bad_debt": gettext_noop("A debt of this client was written off."),
    "client_overdue": gettext_noop("This client is overdue."),
    "new_client": gettext_noop("No payment of this client was verified before."),
    "no_deal": gettext_noop("It belongs to no deal yet."),
}


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
    """One reason to look earlier, what it weighs, and the values that its sentence names."""

    code: str
    points: int
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Return the reason in words."""
        return say_reason(self.code, self.values)

    def as_json(self) -> dict[str, Any]:
        """Return the reason as it is kept: in English for whoever reads the row."""
        with translation.override("en"):
            said = self.message
        values = {"values": dict(self.values)} if self.values else {}
        return {"code": self.code, "points": self.points, "message": said, **values}


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


def say_reason(code: str, values: Mapping[str, str]) -> str:
    """Return a reason in words, in the language at work. Raises: KeyError for an unknown one."""
    shown: dict[str, Any] = dict(values)
    if method := shown.get("method"):
        shown["method"] = gettext(method)
    if times := shown.get("times"):
        shown["times"] = Decimal(times)
    return worded(WORDINGS[code], **shown)


def say_kept(kept: Mapping[str, Any]) -> str:
    """Return a reason that was kept, in words; one of another time as it was said then."""
    try:
        return say_reason(kept["code"], kept.get("values", {}))
    except KeyError:
        return str(kept["message"])


def level_of(score: int) -> str:
    """Return high, medium or low."""
    if score >= HIGH:
        return "high"
    return "medium" if score >= MEDIUM else "low"


def _of_amount(signals: Signals) -> Iterator[Reason]:
    times = signals.times_usual
    if times is not None and times >= LARGE:
        points = 35 if times >= VERY_LARGE else 20
        yield Reason("unusual_amount", points, {"times": f"{times:.1f}"})
    if signals.is_beyond_deal:
        yield Reason("beyond_deal", 10)
    if signals.is_other_currency:
        yield Reason("other_currency", 10)
    if signals.method_points:
        yield Reason("method", signals.method_points, {"method": signals.method_label})


def _of_paper(signals: Signals) -> Iterator[Reason]:
    if signals.reused_proofs:
        yield Reason("reused_proof", 40)
    if signals.look_alikes:
        yield Reason("possible_duplicate", 30, {"count": str(signals.look_alikes)})
    if not signals.has_proof:
        yield Reason("no_proof", 15)
    if signals.was_sent_back:
        yield Reason("sent_back", 5)


def _of_client(signals: Signals) -> Iterator[Reason]:
    if signals.days_late > LATE_DAYS:
        points = 20 if signals.days_late > VERY_LATE_DAYS else 10
        yield Reason("entered_late", points, {"days": str(signals.days_late)})
    if signals.account_status in _ACCOUNTS:
        points = _ACCOUNTS[signals.account_status]
        yield Reason(f"client_{signals.account_status}", points)
    if signals.is_new_client:
        yield Reason("new_client", 10)
    if not signals.has_deal:
        yield Reason("no_deal", 5)


_ACCOUNTS = {"bad_debt": 25, "overdue": 10}
