"""The key figures at the start: each says its measure, how it moved, and where its list is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import current_tenant
from tenant_apps.analytics import selectors as analytics
from tenant_apps.portal.figures import AWAITING, COMMISSION
from tenant_apps.portal.formatting import show_days, show_money, show_percent
from tenant_apps.portal.wording import Text

SHOWN_MONTHS = 9
TENFOLD = 10

May = Callable[[str], bool]


@dataclass(frozen=True)
class Measure:
    """What a tile measures, and what gives it its first amount."""

    icon: str
    label: Text
    filled_by: Text


BOOKED = Measure(
    "circle-dollar-sign", gettext_lazy("Booked, net"), gettext_lazy("once a deal is won")
)
COLLECTED = Measure(
    "landmark", gettext_lazy("Collected, net"), gettext_lazy("once a payment is verified")
)
ACCRUED = Measure("percent", COMMISSION, gettext_lazy("once a payment earns some"))


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A key figure: its measure, the amount in the organization's currency, and how it moved.

    `url` is the list behind it, for who may see that.
    """

    icon: str
    label: Text
    amount: Money
    others: Sequence[Money] = ()
    change: str = ""
    tone: str = ""
    note: Text = ""
    trend: Sequence[Money] = field(default=())
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A figure and the same of the period before."""

    now: analytics.Tile
    then: analytics.Tile

    @property
    def moved(self) -> bool:
        """Say whether there was anything at all, now or before."""
        return any([*self.now.amounts, *self.then.amounts])

    @property
    def note(self) -> str:
        """Return what it is compared with, and in which currency where there are several."""
        days = show_days(self.then.days.first, self.then.days.last)
        if any(other_amounts(each.amounts) for each in (self.now, self.then)):
            currency = current_tenant().currency
            return _("in %(currency)s, vs %(days)s") % {"currency": currency, "days": days}
        return _("vs %(days)s") % {"days": days}


def tiles_of(
    now: analytics.Dashboard,
    then: analytics.Dashboard,
    booked: analytics.MonthsTile,
    *,
    shows_all: May,
) -> list[Tile]:
    """Return the tiles; commission only for who may see it.

    A tile leads to its list where that can show all that it counts (`shows_all`).
    """
    deals, period = shows_all("deals.view"), now.period.value
    tiles = [
        _moved(
            BOOKED,
            Pair(now=now.booked, then=then.booked),
            trend=[main_amount(month.amounts) for month in booked.months[-SHOWN_MONTHS:]],
            url=_list("deals", status="won", won=period) if deals else "",
        ),
        _moved(
            COLLECTED,
            Pair(now=now.collected, then=then.collected),
            url=_list("deals", collected=period) if deals else "",
        ),
    ]
    url = _list("payments", awaiting="now") if shows_all("payments.view") else ""
    return [*tiles, *_commission(now, then), _awaiting(now, url)]


def _commission(now: analytics.Dashboard, then: analytics.Dashboard) -> list[Tile]:
    if not (now.commission and then.commission and now.commission_by_month):
        return []
    return [
        _moved(
            ACCRUED,
            Pair(now=now.commission, then=then.commission),
            trend=[
                main_amount(month.amounts)
                for month in now.commission_by_month.months[-SHOWN_MONTHS:]
            ],
            url=_list("commissions", accrued=now.period.value),
        )
    ]


def _moved(measure: Measure, pair: Pair, *, url: str, trend: Sequence[Money] = ()) -> Tile:
    amount, before = main_amount(pair.now.amounts), main_amount(pair.then.amounts)
    change, tone = _change(amount, before)
    return Tile(
        icon=measure.icon,
        label=measure.label,
        amount=amount,
        others=other_amounts(pair.now.amounts),
        change=change,
        tone=tone,
        note=_note(measure, pair, is_compared=bool(change)),
        trend=trend,
        url=url,
    )


def _note(measure: Measure, pair: Pair, *, is_compared: bool) -> Text:
    """Return what an amount is compared with, or what will fill a tile that never moved."""
    if is_compared:
        return pair.note
    return _("nothing to compare with") if pair.moved else measure.filled_by


def _change(now: Money, then: Money) -> tuple[str, str]:
    if then.amount <= 0:
        return "", ""
    if now.amount > TENFOLD * then.amount:
        return _("more than tenfold"), "up"
    part = (now.amount - then.amount) / then.amount * 100
    rounded = part.quantize(Decimal(1))
    tone = "up" if rounded > 0 else "down" if rounded < 0 else ""
    return show_percent(abs(rounded)), tone


def _awaiting(now: analytics.Dashboard, url: str) -> Tile:
    """Return what waits: the payments, or the share of it that the figures are about."""
    waiting = now.awaiting_verification.waiting
    count = sum(each.count for each in waiting)
    amounts = [each.amount for each in waiting]
    is_share = any(each.amount != each.whole for each in waiting)
    whole = " + ".join(show_money(each.whole) for each in waiting)
    note = _("of %(amount)s gross") % {"amount": whole} if is_share else _("now")
    words = ngettext("%(n)s payment", "%(n)s payments", count) % {"n": count}
    return Tile(
        icon="hourglass",
        label=AWAITING[now.scope if is_share else "all"],
        amount=main_amount(amounts),
        others=other_amounts(amounts),
        change=words if count else "",
        tone="flat" if count else "",
        note=note if count else _("nothing waits"),
        url=url,
    )


def _list(room: str, **asked: str) -> str:
    url = reverse(f"portal:{room}")
    return f"{url}?{urlencode(asked)}" if asked else url


def main_amount(amounts: Sequence[Money]) -> Money:
    """Return the amount in the organization's currency; zero without one."""
    currency = current_tenant().currency
    return next((money for money in amounts if money.currency == currency), Money.zero(currency))


def other_amounts(amounts: Sequence[Money]) -> list[Money]:
    """Return the amounts in other currencies."""
    return [money for money in amounts if money.currency != current_tenant().currency and money]
