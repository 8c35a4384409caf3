"""The machine: any step by anybody in any order, and every rule after every step."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import replace
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import current_tenant, use_tenant
from tests.client import PrsClient
from tests.histories import rules
from tests.histories.agreeing import AgreementSteps
from tests.histories.cash import PaymentSteps, ReturnSteps
from tests.histories.folding import Fold
from tests.histories.office import Office
from tests.histories.papers import PaperSteps
from tests.histories.selling import ClientSteps, DealSteps
from tests.histories.shown import check_shown_figures
from tests.histories.waiting import WaitingSteps

Seen = dict[str, int]
POLICIES = ("on_verification", "on_verification", "on_win", "days_before_due")


class History(
    ClientSteps, DealSteps, AgreementSteps, PaymentSteps, WaitingSteps, ReturnSteps, PaperSteps
):
    """One history of an office that was opened already; what it does is rolled back at its end.

    `seen` is told which events happened, and how often.
    """

    def __init__(self, opened: Office, fold: Fold, seen: Seen, reader: PrsClient | None) -> None:
        super().__init__()
        self._undo = ExitStack()
        self._undo.enter_context(transaction.atomic())
        self._undo.callback(transaction.set_rollback, True)  # noqa: FBT003  Django's own signature
        self.office = replace(opened, desk=deepcopy(opened.desk))
        self.fold = deepcopy(fold)
        self._seen = seen
        self._reader = reader

    @initialize(
        invoice_when=st.sampled_from(POLICIES),
        tolerance=st.sampled_from(["0", "0.50", "10"]),
        pace_days=st.sampled_from([0, 1, 15, 40, 200]),
    )
    def choose(self, invoice_when: str, tolerance: str, pace_days: int) -> None:
        """Choose how the organization invoices, what remainders it gives up, how time passes."""
        self.pace_days = pace_days
        chosen = {"invoice_when": invoice_when, "write_off_tolerance": tolerance}
        tenant = current_tenant()
        choices: Mapping[str, Any] = {**tenant.settings, **chosen}
        self._undo.enter_context(use_tenant(replace(tenant, settings=choices)))
        self.story.append(f"  0. settings: {chosen}, {pace_days} days pass with every third step")

    @invariant()
    def keeps_every_rule(self) -> None:
        """Ask every rule; the story tells how it came to a breach.

        A refused step was rolled back: that it left nothing is asked of states and events alone.
        """
        self.office.look()
        try:
            self.fold.check(self.office)
            for check in () if self.is_unchanged else rules.CHECKS:
                check()
        except AssertionError as breach:
            raise self._told(breach) from breach

    def _told(self, breach: AssertionError) -> AssertionError:
        return AssertionError("\n".join([str(breach), *self.story]))

    def teardown(self) -> None:
        """Look at every client's account once more, and undo the history."""
        for name, times in self.fold.seen.items():
            self._seen[name] = self._seen.get(name, 0) + times
        try:
            today = local_day_of(self.office.now)
            rules.check_accounts()
            if self._reader is not None:
                check_shown_figures(self._reader, today)
        except AssertionError as breach:
            raise self._told(breach) from breach
        finally:
            self._undo.close()


# after ten examples hypothesis repeats parts of what it made: many short runs differ more
ROUND = 10
a_round = settings(
    max_examples=ROUND,
    stateful_step_count=12,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


def play(
    office: Office, *, histories: int, first_seed: int, reader: PrsClient | None = None
) -> Seen:
    """Play so many histories, in rounds of ten with a seed each; return what happened, how often.

    At the end of each the `reader` compares what the API shows with the books.
    Raises: AssertionError with the story of the first breach.
    """
    seen: Seen = {}
    machine = machine_of(office, seen, reader)
    for number in range(first_seed, first_seed + -(-histories // ROUND)):
        run_state_machine_as_test(seed(number)(machine), settings=a_round)  # type: ignore[arg-type]  # a function makes machines as well
    return seen


def machine_of(
    office: Office, seen: Seen, reader: PrsClient | None = None
) -> Callable[[], History]:
    """Return what makes machines for the office as it is now."""
    fold = Fold()
    office.look()
    fold.check(office)
    fold.seen.clear()
    return lambda: History(office, fold, seen, reader)
