"""The arithmetic of a deal's terms. Pure: no clock, no database."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from shared_apps.kernel.calendar import is_in_calendar
from shared_apps.kernel.errors import FieldProblem, Gathering, ValidationFailed
from shared_apps.kernel.money import InvalidAmount, Money, allocate, total, within_limit
from shared_apps.kernel.wording import worded

WHOLE = Decimal(100)
DAY_IS_FAR = gettext_noop("Use a day from the years 1900 to 2999.")


def is_far(day: date) -> bool:
    """Return whether the day is so far off that it can only be a mistake."""
    return not is_in_calendar(day)


class InvalidTerms(ValidationFailed):
    """Lines, splits or instalments that do not fit each other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLine:
    """A line to be. Without a description the product's name stands in.

    With a `tax_code` the rate table says the rate and the reason why there is none, of the day on
    which it is supplied (None: the deal's day).
    """

    quantity: Decimal
    unit_price: Money
    description: str = ""
    discount_percent: Decimal = Decimal(0)
    tax_rate_percent: Decimal = Decimal(0)
    tax_code: str = ""
    tax_reason: str = ""
    supplied_on: date | None = None
    product_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSplit:
    """A person's share of the credit."""

    payee_id: UUID
    share_percent: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class NewInstalment:
    """A part of the price and when it is due."""

    due_on: date
    amount: Money
    kind: str = "instalment"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTerms:
    """Terms to be: without instalments the whole is due on `due_on`."""

    currency: str
    lines: tuple[NewLine, ...]
    instalments: tuple[NewInstalment, ...] = ()
    prices_include_tax: bool = False
    text: str = ""
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its amounts at the currency's exponent."""

    line: NewLine
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """Return net plus tax."""
        return self.net + self.tax


def price_line(line: NewLine, *, includes_tax: bool = False) -> PricedLine:
    """Return net and tax of a line whose price is without tax, or includes it.

    price = round(quantity x unit price x (1 - discount)). Without tax it is the net and
    tax = round(net x rate); with it, it is the gross, tax = round(gross x rate / (1 + rate)) and
    the net is what is left. So each line is rounded twice at most, half to even, to the currency's
    exponent (design M1), and net + tax is exactly the gross.
    Raises: InvalidAmount when an amount is out of range.
    """
    currency = line.unit_price.currency
    kept = 1 - Fraction(line.discount_percent) / 100
    exact = Fraction(line.quantity) * Fraction(line.unit_price.amount) * kept
    price, rate = Money.rounded(exact, currency), Fraction(line.tax_rate_percent) / 100
    if includes_tax:
        tax = Money.rounded(Fraction(price.amount) * rate / (1 + rate), currency)
        return PricedLine(line, within_limit(price) - tax, tax)
    tax = Money.rounded(Fraction(price.amount) * rate, currency)
    within_limit(price + tax)
    return PricedLine(line, price, tax)


@dataclass(frozen=True)
class Terms:
    """Checked terms: the lines sum to the total, and so do the instalments (design M5)."""

    currency: str
    lines: tuple[PricedLine, ...]
    instalments: tuple[NewInstalment, ...]
    text: str
    is_estimate: bool
    prices_include_tax: bool = False

    @cached_property
    def net(self) -> Money:
        """Return the sum of the lines' net amounts."""
        return total((line.net for line in self.lines), currency=self.currency)

    @cached_property
    def tax(self) -> Money:
        """Return the sum of the lines' taxes."""
        return total((line.tax for line in self.lines), currency=self.currency)

    @cached_property
    def total(self) -> Money:
        """Return the price, tax included."""
        return self.net + self.tax

    @cached_property
    def highest_discount_percent(self) -> Decimal:
        """Return the highest discount on any line."""
        return max((line.line.discount_percent for line in self.lines), default=Decimal(0))

    @cached_property
    def content_hash(self) -> str:
        """Return the SHA-256 of the canonical JSON of the terms."""
        canonical = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return the terms as plain values, equal for equal terms."""
        return {
            "currency": self.currency,
            "is_estimate": self.is_estimate,
            "instalments": [
                [part.due_on.isoformat(), f"{part.amount.amount:f}", part.kind]
                for part in self.instalments
            ],
            "lines": [_line_as_json(priced) for priced in self.lines],
            "prices_include_tax": self.prices_include_tax,
            "text": self.text,
        }


def _line_as_json(priced: PricedLine) -> list[str]:
    line = priced.line
    return [
        str(line.product_id or ""),
        line.description,
        f"{line.quantity:.6f}",
        f"{line.unit_price.amount:f}",
        f"{line.discount_percent:.4f}",
        f"{line.tax_rate_percent:.4f}",
        line.tax_code,
        line.tax_reason,
        f"{priced.net.amount:f}",
        f"{priced.tax.amount:f}",
        # terms without days of supply keep their hash
        *([line.supplied_on.isoformat()] if line.supplied_on else []),
    ]


def build_terms(
    new: NewTerms, *, due_on: date, parts_before: Sequence[NewInstalment] = ()
) -> Terms:
    """Return priced and checked terms.

    Without instalments of its own the total is divided like `parts_before`, or due whole on
    `due_on`. Raises: InvalidTerms.
    """
    together = Gathering()
    with together.part():
        _check_days(new)
    with together.part():
        priced = _priced(new)
        whole = _sum_of(priced, new.currency)
        instalments = new.instalments or _default_parts(whole, due_on, parts_before)
        _check_instalments(instalments, whole)
    together.refuse()
    return Terms(
        new.currency,
        priced,
        tuple(instalments),
        new.text,
        new.is_estimate,
        new.prices_include_tax,
    )


def _priced(new: NewTerms) -> tuple[PricedLine, ...]:
    problems, priced = [], []
    for index, line in enumerate(new.lines):
        wrong = list(_problems_of(line, f"/lines/{index}", new.currency))
        problems += wrong
        if wrong:
            continue
        try:
            priced.append(price_line(line, includes_tax=new.prices_include_tax))
        except InvalidAmount as error:
            problems.append(FieldProblem(f"/lines/{index}/unit_price", "invalid", str(error)))
    if problems:
        raise InvalidTerms(problems=problems)
    return tuple(priced)


def _problems_of(line: NewLine, place: str, currency: str) -> Iterator[FieldProblem]:
    """Yield what is wrong with a line, each at the field that it is wrong with."""
    if line.unit_price.currency != currency:
        message = worded("The deal is in %(currency)s; a deal has one currency.", currency=currency)
        yield FieldProblem(f"{place}/unit_price", "invalid", message=message)
    if line.unit_price.amount < 0:
        where = f"{place}/unit_price"
        yield FieldProblem(where, "min_value", message="The price is not negative.")
    if line.quantity <= 0:
        yield FieldProblem(f"{place}/quantity", "min_value", message="The quantity is above 0.")
    yield from _problems_of_rates(line, place)


def _problems_of_rates(line: NewLine, place: str) -> Iterator[FieldProblem]:
    if not 0 <= line.discount_percent <= WHOLE:
        where = f"{place}/discount_percent"
        yield FieldProblem(where, "invalid", message="A discount lies between 0 and 100%.")
    if not 0 <= line.tax_rate_percent <= WHOLE:
        where = f"{place}/tax_rate_percent"
        yield FieldProblem(where, "invalid", message="A tax rate lies between 0 and 100%.")
    if line.tax_reason and line.tax_rate_percent:
        yield FieldProblem(
            f"{place}/tax_reason",
            "invalid",
            message="A line either is taxed or says why it is not.",
        )


def _sum_of(priced: Sequence[PricedLine], currency: str) -> Money:
    try:
        return within_limit(total((line.gross for line in priced), currency=currency))
    except InvalidAmount as error:
        raise InvalidTerms.at("/lines", str(error)) from None


def _default_parts(
    whole: Money, due_on: date, parts_before: Sequence[NewInstalment]
) -> list[NewInstalment]:
    if not whole:
        return []
    if not parts_before:
        return [NewInstalment(due_on=due_on, amount=whole)]
    amounts = allocate(whole, weights=[part.amount.amount for part in parts_before])
    return [
        NewInstalment(due_on=part.due_on, amount=amount, kind=part.kind)
        for part, amount in zip(parts_before, amounts, strict=True)
        if amount
    ]


def _check_instalments(instalments: Sequence[NewInstalment], whole: Money) -> None:
    message = worded("An instalment is a positive amount in %(currency)s.", currency=whole.currency)
    wrong = [
        FieldProblem(f"/instalments/{index}/amount", "invalid", message)
        for index, part in enumerate(instalments)
        if part.amount.currency != whole.currency or part.amount.amount <= 0
    ]
    if wrong:
        raise InvalidTerms(problems=wrong)
    planned = total((part.amount for part in instalments), currency=whole.currency)
    if planned != whole:
        message = worded(
            "The instalments sum to %(planned)s, the lines to %(whole)s.",
            planned=planned,
            whole=whole,
        )
        raise InvalidTerms.at("/instalments", message)


def _check_days(new: NewTerms) -> None:
    due = ((f"/instalments/{n}/due_on", part.due_on) for n, part in enumerate(new.instalments))
    supplied = ((f"/lines/{n}/supplied_on", line.supplied_on) for n, line in enumerate(new.lines))
    far = [place for place, day in (*due, *supplied) if day is not None and is_far(day)]
    if far:
        raise InvalidTerms(problems=[FieldProblem(each, "invalid", DAY_IS_FAR) for each in far])


def check_splits(splits: Sequence[NewSplit]) -> None:
    """Refuse splits that do not total exactly 100 %. Raises: InvalidTerms."""
    payees = [split.payee_id for split in splits]
    if len(set(payees)) != len(payees):
        raise InvalidTerms.at("/splits", "Each person has one share.")
    if any(split.share_percent <= 0 for split in splits):
        raise InvalidTerms.at("/splits", "A share is above 0%.")
    shares = sum((split.share_percent for split in splits), Decimal(0))
    if shares != WHOLE:
        raise InvalidTerms.at(
            "/splits",
            worded("The shares total %(shares)s%%, not 100%%.", shares=shares.normalize()),
        )
