"""What a deal may be agreed at: lines, taxes, days of supply and instalments, drawn at random."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from shared_apps.kernel.money import Money, allocate, total
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import NewInstalment, NewLine, NewSplit, TermChanges
from tenant_apps.deals.terms import price_line
from tests.histories.desk import cents
from tests.histories.office import money

SOON, LATER = timedelta(days=10), timedelta(days=70)


@dataclass(frozen=True)
class Terms:
    """The terms of a deal of one line: its price in smallest units, tax and discount in percent.

    With a `second` there is another line of a third of it, taxed otherwise and supplied later; with
    `parts` of 2 a third is due soon and the rest later.
    """

    units: int
    tax: str
    discount: str
    second: bool
    parts: int
    includes_tax: bool

    def lines(self, currency: str, today: date) -> tuple[NewLine, ...]:
        """Return the lines."""
        first = NewLine(
            description="Work",
            quantity=Decimal(1),
            unit_price=money(self.units, currency),
            tax_rate_percent=Decimal(self.tax),
            discount_percent=Decimal(self.discount),
        )
        second = NewLine(
            description="Care",
            quantity=Decimal("1.5"),
            unit_price=money(self.units // 3, currency),
            tax_rate_percent=Decimal(21),
            supplied_on=today + LATER,
        )
        return (first, second) if self.second else (first,)

    def instalments(self, currency: str, today: date) -> tuple[NewInstalment, ...]:
        """Return the instalments, or none: then all is due after the usual payment terms."""
        lines = self.lines(currency, today)
        priced = (price_line(line, includes_tax=self.includes_tax) for line in lines)
        whole = total((line.gross for line in priced), currency=currency)
        if self.parts == 1 or whole <= Money.zero(currency):
            return ()
        days = (today + SOON, today + LATER)
        amounts = allocate(whole, weights=[Decimal(1), Decimal(2)])
        return tuple(
            NewInstalment(due_on=day, amount=amount)
            for day, amount in zip(days, amounts, strict=True)
            if amount
        )


@dataclass(frozen=True)
class Wish:
    """What else is drawn for a step with a deal."""

    terms: Terms
    credited: tuple[tuple[str, str], ...]
    owner: str

    def splits(self, people: Mapping[str, User]) -> tuple[NewSplit, ...]:
        """Return who is credited."""
        return tuple(
            NewSplit(payee_id=people[name].pk, share_percent=Decimal(share))
            for name, share in self.credited
        )

    def changes_of(self, held: Deal, today: date) -> TermChanges:
        """Return these terms as a change of a deal's; without instalments they stay as they are."""
        currency = held.current_version.currency
        return TermChanges(
            lines=self.terms.lines(currency, today),
            instalments=self.terms.instalments(currency, today) or None,
            prices_include_tax=self.terms.includes_tax,
        )


all_terms = st.builds(
    Terms,
    cents,
    st.sampled_from(["0", "7", "19"]),
    st.sampled_from(["0", "0", "10", "33.33"]),
    st.sampled_from([False, False, True]),
    st.sampled_from([1, 2]),
    st.sampled_from([False, False, True]),
)
shares = st.sampled_from(
    [
        (("sam", "100"),),
        (("sam", "70"), ("suki", "30")),
        (("suki", "33.3333"), ("sam", "66.6667")),
        (("olga", "50"), ("sam", "50")),
    ]
)
wishes = st.builds(Wish, all_terms, shares, st.sampled_from(["sam", "suki", "vera"]))
