"""What differs between two versions of a deal, as a reader would say it. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from shared_apps.kernel.models import money_of
from shared_apps.kernel.wording import shown, worded
from tenant_apps.deals.models import DealLine, DealVersion, Instalment


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs; what is not there on a side is None."""

    what: str
    before: str | None
    after: str | None


def diff_versions(older: DealVersion, newer: DealVersion) -> list[Difference]:
    """Return what differs, the price first, then lines and instalments by position.

    Both come with their lines and instalments in order.
    """
    currency = newer.currency
    return [
        *_differing("total", [_total(older)], [_total(newer)]),
        *_differing("prices", [_prices(older)], [_prices(newer)]),
        *_differing("terms", [older.terms], [newer.terms]),
        *_parts("line", older.lines.all(), newer.lines.all(), _line_text, currency),
        *_parts(
            "instalment",
            older.instalments.all(),
            newer.instalments.all(),
            _instalment_text,
            currency,
        ),
    ]


def _total(version: DealVersion) -> str:
    return shown(money_of(version.total, version.currency))


def _prices(version: DealVersion) -> str:
    return gettext("tax included") if version.prices_include_tax else gettext("without tax")


def _parts(
    what: str,
    older: Iterable[Any],
    newer: Iterable[Any],
    text_of: Callable[[Any, str], str],
    currency: str,
) -> list[Difference]:
    before = [text_of(part, currency) for part in older]
    after = [text_of(part, currency) for part in newer]
    return _differing(what, before, after)


def _differing(what: str, before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    count = max(len(before), len(after))
    pairs = [(_at(before, index), _at(after, index)) for index in range(count)]
    return [
        Difference(worded(_NAMES[what], number=number), old, new)
        for number, (old, new) in enumerate(pairs, start=1)
        if old != new
    ]


_NAMES = {
    "total": gettext_noop("total"),
    "prices": gettext_noop("prices"),
    "terms": gettext_noop("terms"),
    "line": gettext_noop("line %(number)s"),
    "instalment": gettext_noop("instalment %(number)s"),
}
_KINDS = (gettext_noop("deposit"), gettext_noop("instalment"), gettext_noop("milestone"))


def _at(texts: Sequence[str], index: int) -> str | None:
    return texts[index] if index < len(texts) else None


def _line_text(line: DealLine, currency: str) -> str:
    parts = [
        worded("%(n)s x %(what)s", n=line.quantity.normalize(), what=line.description),
        worded("at %(price)s", price=money_of(line.unit_price, currency)),
    ]
    if line.discount_percent:
        parts.append(worded("less %(percent)s%%", percent=line.discount_percent.normalize()))
    if line.tax_rate_percent:
        rate = line.tax_rate_percent.normalize()
        if line.version.prices_include_tax:
            parts.append(worded("with %(rate)s%% tax", rate=rate))
        else:
            parts.append(worded("plus %(rate)s%% tax", rate=rate))
    if line.tax_reason:
        parts.append(worded("no tax: %(reason)s", reason=line.tax_reason))
    if line.supplied_on:
        parts.append(worded("supplied on %(day)s", day=line.supplied_on))
    return ", ".join(parts)


def _instalment_text(part: Instalment, currency: str) -> str:
    return worded(
        "%(amount)s due on %(day)s (%(kind)s)",
        amount=money_of(part.amount, currency),
        day=part.due_on,
        kind=gettext(part.kind),
    )
