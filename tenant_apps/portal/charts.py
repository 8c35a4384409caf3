"""Charts as SVG, made on the server: no script and no style attribute, so a strict policy holds.

Amounts stay Money; only coordinates are floats.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from shared_apps.kernel.money import Money
from tenant_apps.portal.formatting import show_money, show_money_shortly, show_percent

TOP, BOTTOM = 12, 28
# beside the plot: wide enough for the longest amount in the axis's letters
NARROWEST_AXIS, AXIS_GAP, LETTER_WIDTH = 48, 8, 7
SPARK_WIDTH, SPARK_HEIGHT = 96, 32
NOTHING = mark_safe("")


@dataclass(frozen=True, slots=True)
class Point:
    """One bar or one place of a line: the short label below it, the long one, its amount."""

    label: str
    name: str
    amount: Money
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """What stands in a chart's place while there is nothing to draw: why, and what to do next."""

    image: str
    title: str
    text: str
    action: str = ""
    url: str = ""


def has_data(points: Sequence[Point]) -> bool:
    """Return whether there is anything to draw: a scale over nothing would be made up."""
    return any(point.amount for point in points)


def bar_chart(points: Sequence[Point], *, title: str, height: int = 276) -> SafeString:
    """Return bars on a scale of round numbers; the current one is strong, the others muted."""
    scale = _Scale(points, height)
    slot = 100 / max(len(points), 1)
    bars = [_bar(point, index * slot, slot, scale) for index, point in enumerate(points)]
    return _framed(scale, title, format_html_join("", "{}", ([each] for each in bars)))


def line_chart(points: Sequence[Point], *, title: str, height: int = 220) -> SafeString:
    """Return a line through the points, with a dot on each."""
    scale = _Scale(points, height)
    slot = 100 / max(len(points), 1)
    places = [(index * slot + slot / 2, scale.y(p.amount)) for index, p in enumerate(points)]
    strokes = format_html_join(
        "",
        '<line class="line" x1="{}%" y1="{}" x2="{}%" y2="{}"/>',
        (
            (f"{x1:.2f}", f"{y1:.1f}", f"{x2:.2f}", f"{y2:.1f}")
            for (x1, y1), (x2, y2) in pairwise(places)
        ),
    )
    dots = [_dot(point, x, y, slot, scale) for point, (x, y) in zip(points, places, strict=True)]
    return _framed(scale, title, strokes + format_html_join("", "{}", ([each] for each in dots)))


def ring(*, part: Decimal, label: str, size: int = 152, stroke: int = 12) -> SafeString:
    """Return a ring filled by `part` (1 is whole, more stays whole) around the percentage."""
    centre, radius = size / 2, (size - stroke) / 2
    circle = 2 * math.pi * radius
    shown = show_percent((part * 100).quantize(Decimal(1)))
    arc = format_html(
        '<circle class="arc" cx="{0}" cy="{0}" r="{1}" stroke-width="{2}" '
        'stroke-dasharray="{3} {4}" transform="rotate(-90 {0} {0})"/>',
        centre,
        radius,
        stroke,
        f"{circle * min(float(part), 1):.1f}",
        f"{circle:.1f}",
    )
    return format_html(
        '<svg class="ring" width="{0}" height="{0}" viewBox="0 0 {0} {0}" role="img" '
        'aria-label="{5} {8}"><circle class="track" cx="{1}" cy="{1}" r="{2}" stroke-width="{3}"/>'
        "{4}"
        '<text class="ring-value" x="50%" y="{6}" text-anchor="middle">{5}</text>'
        '<text class="ring-label" x="50%" y="{7}" text-anchor="middle">{8}</text></svg>',
        size,
        centre,
        radius,
        stroke,
        arc if part > 0 else NOTHING,  # round ends would show a dot for nothing
        shown,
        centre + 4,
        centre + 26,
        label,
    )


def spark(amounts: Sequence[Money]) -> SafeString:
    """Return a small line without a scale: it only shows the way; nothing where nothing goes."""
    if len(amounts) < 2 or not any(amounts):
        return NOTHING
    values = [float(money.amount) for money in amounts]
    low, span = min(values), (max(values) - min(values)) or 1
    step, room = SPARK_WIDTH / (len(values) - 1), SPARK_HEIGHT - 6
    places = [(i * step, 3 + room * (1 - (value - low) / span)) for i, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return format_html(
        '<svg class="spark" viewBox="0 0 {0} {1}" width="{0}" height="{1}" aria-hidden="true">'
        '<polygon class="area" points="0,{1} {2} {0},{1}"/><polyline points="{2}"/>'
        '<circle cx="{3}" cy="{4}" r="2.5"/></svg>',
        SPARK_WIDTH,
        SPARK_HEIGHT,
        line,
        f"{places[-1][0] - 1.5:.1f}",
        f"{places[-1][1]:.1f}",
    )


def meter(part: Decimal, *, height: int = 6) -> SafeString:
    """Return a thin bar filled by `part`, 0 to 1; the words beside it say what it means."""
    percent = max(Decimal(0), min(part, Decimal(1))) * 100
    return format_html(
        '<svg class="meter" width="100%" height="{0}" aria-hidden="true">'
        '<rect class="track" width="100%" height="{0}" rx="{1}"/>'
        '<rect class="val" width="{2}%" height="{0}" rx="{1}"/></svg>',
        height,
        height // 2,
        f"{percent:.2f}",
    )


class _Scale:
    """From zero to a round number above the largest amount, in four or five steps."""

    def __init__(self, points: Sequence[Point], height: int) -> None:
        self.height = height
        self.currency = points[0].amount.currency if points else "USD"
        largest = max((float(point.amount.amount) for point in points), default=0.0)
        self.peak, self.step = _round_ceiling(largest)

    def y(self, money: Money) -> float:
        """Return how far from the top an amount lies; what is below zero lies on the line."""
        return self.at(max(float(money.amount), 0.0))

    def at(self, value: float) -> float:
        """Return how far from the top a value lies."""
        return TOP + (self.height - TOP - BOTTOM) * (1 - value / self.peak)

    def steps(self) -> list[float]:
        """Return the values that have a line."""
        return [index * self.step for index in range(round(self.peak / self.step) + 1)]


def _round_ceiling(largest: float) -> tuple[float, float]:
    if largest <= 0:
        return 1.0, 4.0  # no step fits in: the line of zero is alone
    raw = largest / 4
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if raw <= m * magnitude * 1.0001)
    return step * math.ceil(largest / step - 0.0001), step


def _framed(scale: _Scale, title: str, inner: SafeString) -> SafeString:
    steps = scale.steps()
    said = [_tick(value, scale.currency) for value in steps]
    room = max(NARROWEST_AXIS, AXIS_GAP + LETTER_WIDTH * max(map(len, said)))
    ticks = format_html_join(
        "",
        '<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (room - AXIS_GAP, f"{scale.at(value) + 4:.1f}", text)
            for value, text in zip(steps, said, strict=True)
        ),
    )
    grid = format_html_join(
        "",
        '<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>',
        ((f"{scale.at(value):.1f}",) for value in steps),
    )
    return format_html(
        '<div class="chart" role="group" aria-label="{1}">'
        '<svg class="axis" width="{5}" height="{0}" aria-hidden="true">{2}</svg>'
        '<svg class="plot" width="100%" height="{0}">{3}{4}</svg></div>',
        scale.height,
        title,
        ticks,
        grid,
        inner,
        room,
    )


def _tick(value: float, currency: str) -> str:
    return show_money_shortly(Money.rounded(Decimal(str(value)), currency))


def _bar(point: Point, left: float, slot: float, scale: _Scale) -> SafeString:
    top = scale.y(point.amount)
    mark = format_html(
        '<rect class="fill" x="{}%" y="{}" width="{}%" height="{}" rx="4"/>',
        f"{left + slot * 0.2:.2f}",
        f"{min(top, scale.at(0) - 2):.1f}",
        f"{slot * 0.6:.2f}",
        f"{max(scale.at(0) - top, 2):.1f}",
    )
    return _marked(point, mark, left, slot, scale)


def _dot(point: Point, x: float, y: float, slot: float, scale: _Scale) -> SafeString:
    mark = format_html('<circle class="fill dot" cx="{}%" cy="{}" r="4"/>', f"{x:.2f}", f"{y:.1f}")
    return _marked(point, mark, x - slot / 2, slot, scale)


def _marked(point: Point, mark: SafeString, left: float, slot: float, scale: _Scale) -> SafeString:
    """Return a mark with its label, its tooltip and room for a pointer to hit it."""
    return format_html(
        '<g class="bar{0}" tabindex="0" role="img" aria-label="{1}: {2}" data-tip="{1}" '
        'data-tip-value="{2}"><rect class="hit" x="{3}%" y="0" width="{4}%" height="{5}"/>{6}'
        '<text class="tick" x="{7}%" y="{8}" text-anchor="middle">{9}</text></g>',
        " is-current" if point.is_current else "",
        point.name,
        show_money(point.amount),
        f"{left:.2f}",
        f"{slot:.2f}",
        scale.height,
        mark,
        f"{left + slot / 2:.2f}",
        scale.height - 8,
        point.label,
    )
