"""Charts draw what there is, and nothing over nothing."""

from decimal import Decimal

import pytest

from shared_apps.kernel.money import Money
from tenant_apps.portal import charts
from tenant_apps.portal.charts import Blank, Point
from tenant_apps.portal.templatetags import ui

ZERO, SOME = Money.zero("EUR"), Money.of("12.00", "EUR")
BLANK = Blank(image="chart", title="Nothing yet", text="Win a deal.", action="Deals", url="/deals/")


def points_of(*amounts: Money) -> list[Point]:
    return [Point(str(place), str(place), amount) for place, amount in enumerate(amounts)]


@pytest.mark.parametrize("kind", ["bars", "line"])
@pytest.mark.parametrize("amounts", [(), (ZERO, ZERO)])
def test_bars_and_lines_of_nothing_say_so(kind: str, amounts: tuple[Money, ...]) -> None:
    assert ui.chart(kind, points_of(*amounts), "Title", "Booked", BLANK)["drawing"] == ""
    assert ui.chart(kind, points_of(ZERO, SOME), "Title", "Booked", BLANK)["drawing"]


@pytest.mark.parametrize("draw", [charts.bar_chart, charts.line_chart])
def test_a_scale_without_anything_above_zero_has_no_made_up_steps(draw: object) -> None:
    drawn = draw(points_of(ZERO, Money.of("-5.00", "EUR")), title="Title")  # type: ignore[operator]
    assert drawn.count('class="grid"') == 1


def test_a_ring_of_nothing_is_no_dot() -> None:
    assert "arc" not in charts.ring(part=Decimal(0), label="of the goal")
    assert "arc" in charts.ring(part=Decimal("0.1"), label="of the goal")
    assert ui.ring(None, "of the goal", BLANK)["drawing"] == ""


def test_a_spark_of_nothing_is_nothing() -> None:
    assert charts.spark([ZERO, ZERO, ZERO]) == ""
    assert charts.spark([ZERO, SOME]) != ""
