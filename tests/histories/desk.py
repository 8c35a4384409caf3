"""What every part of the machine stands on: the office, its story, and how a step is tried."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from tests.histories.office import Act, Office

DEAL, PAYMENT, RETURN = "deals.deal", "payments.payment", "returns.return"
CLIENT, INVOICE = "clients.client", "invoices.invoice"
DISCOUNT = "deals.discount_request"

# any number names a row, a verb or a person; the highest ones mean the wrong verb or a stranger
numbers = st.integers(0, 11)
WRONG = 11
cents = st.one_of(
    # 118_970 leaves 0.30 of the opening deals: within some tolerances
    st.sampled_from([1, 10_000, 33_333, 59_500, 118_970, 119_000, 150_000]),
    st.integers(1, 200_000),
)
STRANGERS = ("sam", "theo", "audrey", "tim", "rita", "vera", "fay")

Verbs = Mapping[str, Sequence[str]]


class Desk(RuleBasedStateMachine):
    """A machine with an office; `story` says in words what was tried and what came of it."""

    office: Office

    def __init__(self) -> None:
        super().__init__()
        self.story: list[str] = []
        self.is_unchanged = False
        self.pace_days = 0

    def row(self, kind: str, which: int, *lively: str) -> tuple[UUID, str]:
        """Return a row of a kind and its state; an even number takes a lively one, if any is."""
        rows = list(self.office.desk[kind].items())
        if which % 2 == 0:
            rows = [row for row in rows if row[1] in lively] or rows
        return rows[which // 2 % len(rows)]

    def verb(self, verbs: Verbs, state: str, number: int) -> str:
        """Return what can be done in a state; the highest number takes what cannot."""
        fitting = verbs.get(state, ())
        if number >= WRONG or not fitting:
            fitting = sorted({verb for each in verbs.values() for verb in each})
        return fitting[number % len(fitting)]

    def someone(self, fitting: Sequence[str], number: int) -> str:
        """Return somebody who may do it, or with the highest numbers a stranger."""
        if number >= WRONG - 1:
            return STRANGERS[len(self.story) % len(STRANGERS)]
        return fitting[number % len(fitting)]

    def attempt(self, who: str, permission: str, act: Act, what: str) -> bool:
        """Let somebody try something and write it into the story."""
        if len(self.story) % 3 == 0:
            self.office.now += timedelta(days=self.pace_days)
        is_done = self.office.attempt(who, permission, act)
        self.is_unchanged = not is_done
        outcome = "done" if is_done else f"refused ({self.office.last_refusal})"
        self.story.append(f"{len(self.story):3}. {who} {what} -> {outcome}")
        return is_done
