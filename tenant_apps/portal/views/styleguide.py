"""Every component of the portal, for whoever builds a page; only while DEBUG is on."""

from datetime import timedelta
from decimal import Decimal

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shared_apps.kernel.errors import FieldProblem
from shared_apps.kernel.money import Money
from shared_apps.web.pages.form import Form
from tenant_apps.portal.charts import Blank, Point
from tenant_apps.portal.listing import Shown
from tenant_apps.portal.pages import Page
from tenant_apps.portal.views.dashboard import Tile
from tenant_apps.portal.wording import WORDS

AMOUNTS = (64_210, 33_080, 28_450, 44_700, 37_120, 63_605, 68_000, 35_700, 51_052)
MONTHS = ("Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov")

BLANK = Blank("chart-column", "No revenue in these months", "Win a deal.", "New deal", "#main")


class Styleguide(Page):
    """The components, once each."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show them, in the theme that is asked for."""
        return self.show(
            "styleguide.html",
            points=_points(),
            both=(_points(), []),
            blank=BLANK,
            tile=Tile(
                icon="circle-dollar-sign",
                label="Booked, net",
                amount=_usd(51_052),
                change="43%",
                tone="up",
                note="by 24 Oct before",
                trend=[_usd(amount) for amount in AMOUNTS],
            ),
            form=_form(),
            words=WORDS,
            parts=(Decimal(0), Decimal("0.4"), Decimal(1)),
            names=("Vicki Laflamme", "Rosalina Dieter", "Hayden Neloms", "Markita Hansen"),
            shown=Shown(rows=list(range(20)), number=2, size=20, count=113),
            earlier=self.at - timedelta(hours=3),
            tabs=((request.path, "Payments", True), (request.path, "Invoices", False)),
            periods=(("month", "Month"), ("quarter", "Quarter"), ("year", "Year")),
        )


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
