"""Every component of the portal, for whoever builds a page; only while DEBUG is on."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shared_apps.kernel.errors import FieldProblem
from shared_apps.kernel.money import Money
from shared_apps.web.pages.form import Form
from tenant_apps.portal.charts import Blank, Point
from tenant_apps.portal.listing import Shown
from tenant_apps.portal.pages import Page
from tenant_apps.portal.tiles import Tile
from tenant_apps.portal.wording import WORDS

AMOUNTS = (64_210, 33_080, 28_450, 44_700, 37_120, 63_605, 68_000, 35_700, 51_052)
MONTHS = ("Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov")
BLANK = Blank(
    image="chart-column",
    title="No revenue in these months",
    text="Enter a deal: its month gets a bar once it is won.",
    action="New deal",
    url="#main",
)
STATES = ("deal", "progress", "payment", "invoice", "account", "person")


@dataclass(frozen=True)
class Row:
    """A line of the table: a client, what was sold, how far it is paid, and its state."""

    client: str
    deal: str
    amount: Money
    paid: Decimal
    state: str
    since: datetime


class Styleguide(Page):
    """The components, once each."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show them, in the theme that is asked for."""
        return self.show(
            "styleguide.html",
            both=(_points(), []),
            blank=BLANK,
            tiles=_tiles(),
            form=_form(),
            words={kind: WORDS[kind] for kind in STATES if kind in WORDS},
            parts=(Decimal(0), Decimal("0.4"), Decimal(1)),
            names=("Vicki Laflamme", "Rosalina Dieter", "Hayden Neloms", "Markita Hansen"),
            rows=_rows(self.at),
            shown=Shown(rows=list(range(20)), number=2, size=20, count=113),
            earlier=self.at - timedelta(hours=3),
            tabs=((request.path, "Payments", True), (request.path, "Invoices", False)),
            periods=(("month", "Month"), ("quarter", "Quarter"), ("year", "Year")),
        )


def _tiles() -> list[Tile]:
    """Return what a tile can say: up, down, a state, and nothing yet."""
    trend = [_usd(amount) for amount in AMOUNTS]
    up = Tile(
        icon="circle-dollar-sign",
        label="Booked, net",
        amount=_usd(51_052),
        change="43%",
        tone="up",
        note="vs Oct 1 to 24",
        trend=trend,
    )
    down = replace(up, icon="landmark", label="Collected, net", amount=_usd(28_450))
    waiting = replace(up, icon="hourglass", label="Awaiting verification", amount=_usd(570))
    none = replace(up, icon="percent", label="Commission accrued", amount=_usd(0), change="")
    return [
        up,
        replace(down, change="12%", tone="down", trend=trend[::-1]),
        replace(waiting, change="2 payments", tone="flat", note="now", trend=()),
        replace(none, tone="", note="once a payment earns some", trend=()),
    ]


def _rows(at: datetime) -> list[Row]:
    return [
        Row("Finjob", "GTX Pro", _usd(4_540), Decimal(1), "won", at - timedelta(hours=3)),
        Row("Plexzap", "MG Special", _usd(58), Decimal("0.4"), "won", at - timedelta(days=2)),
        Row("Isdom", "GTX Basic", _usd(1_514), Decimal(0), "open", at - timedelta(days=9)),
        Row("Konex", "MG Advanced", _usd(3_390), Decimal(0), "lost", at - timedelta(days=30)),
    ]


def _points() -> list[Point]:
    return [
        Point(month, f"{month} 2017", _usd(amount), is_current=month == MONTHS[-1])
        for month, amount in zip(MONTHS, AMOUNTS, strict=True)
    ]


def _form() -> Form:
    return Form(
        typed={"name": "Northwind", "email": "billing@", "method": "cash"},
        problems=[FieldProblem("/email", "invalid", "Enter a valid email address.")],
    )


def _usd(amount: int) -> Money:
    return Money.of(amount, "USD")
