"""Steps of money: payments and their decisions, and money that goes back."""

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.deals.models import Deal
from tenant_apps.payments.exchange import FxQuote
from tenant_apps.payments.models import Payment
from tenant_apps.payments.selectors import get_payment
from tenant_apps.payments.services import (
    Approval,
    NewPayment,
    Refusal,
    approve_payment,
    draft_payment,
    edit_payment,
    reject_payment,
    request_changes,
    resubmit_payment,
    submit_draft,
    submit_payment,
    withdraw_payment,
)
from tenant_apps.returns.models import Kind, Return
from tenant_apps.returns.selectors import get_return
from tenant_apps.returns.services import (
    NewReturn,
    approve_return,
    fail_refund,
    reject_return,
    request_recovery,
    request_return,
    send_refund,
    withdraw_return,
)
from tests.histories.desk import DEAL, PAYMENT, RETURN, Desk, cents, numbers
from tests.histories.office import money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAKERS, VERIFIERS, FINANCE = ("sam", "olga", "suki"), ("vera", "viktor", "olga"), ("fay", "olga")
PAYMENT_VERBS = {
    "draft": ("submit", "submit", "edit"),
    "submitted": ("approve", "approve", "approve", "reject", "send_back", "edit", "withdraw"),
    "changes_requested": ("resubmit", "resubmit", "edit", "withdraw"),
    "verified": ("refund", "reduce", "reduce", "reversal", "chargeback"),
}
RETURN_VERBS = {
    "requested": ("approve", "approve", "reject", "withdraw"),
    "approved": ("finish", "fail"),
}
DECISIONS = ("approve", "reject", "send_back")
ASKED = {
    "refund": Kind.REFUND,
    "reduce": Kind.REFUND,
    "reversal": Kind.REVERSAL,
    "chargeback": Kind.CHARGEBACK,
}


# dollars or yen for a euro; most payments are in the deal's own currency
RATES = ("", "", "", "1.0834", "0.5", "161.37")


class PaymentSteps(Desk):
    """What happens to payments."""

    @rule(
        which=numbers,
        who=numbers,
        units=cents,
        is_draft=st.sampled_from([False, False, True]),
        for_deal=st.sampled_from([True, True, True, False]),
        rate=st.sampled_from(RATES),
    )
    @precondition(lambda self: self.office.desk[DEAL])
    def write_payment(
        self, which: int, who: int, units: int, *, is_draft: bool, for_deal: bool, rate: str
    ) -> None:
        """Write a payment down for a deal, or for its client alone; submit it at once or later.

        With a rate it is in euros, which pay a deal in its own currency.
        """
        pk, _ = self.row(DEAL, which, "open", "won")
        deal = Deal.objects.select_related("current_version").get(pk=pk)
        new = NewPayment(
            client=deal.client_id,
            deal=deal.pk if for_deal else None,
            money=money(units, "EUR" if rate and for_deal else deal.current_version.currency),
            fx=self._quote(rate) if for_deal else None,
            method="card",
            received_on=local_day_of(self.office.now),
            duplicate_justification="Several of a kind",
        )
        service = draft_payment if is_draft else submit_payment
        self.attempt(
            self.someone(MAKERS, who),
            "payments.submit",
            lambda by, at: service(new=new, by=by, at=at),
            f"{'drafts' if is_draft else 'submits'} {new.money} at {rate or 'par'}"
            f" for {deal.code} ({for_deal})",
        )

    def _quote(self, rate: str) -> FxQuote | None:
        """Return a rate as the maker read it today."""
        if not rate:
            return None
        today = local_day_of(self.office.now)
        return FxQuote(rate=Decimal(rate), rate_on=today, source="ECB")

    @rule(which=numbers, verb=numbers, who=numbers, units=cents)
    @precondition(lambda self: self.office.desk[PAYMENT])
    def move_payment(self, which: int, verb: int, who: int, units: int) -> None:
        """Do with a payment what can be done in its state, or what cannot."""
        pk, state = self.row(PAYMENT, which, "submitted", "verified")
        name = self.verb(PAYMENT_VERBS, state, verb)
        held = Payment.objects.get(pk=pk)
        wanted = money(units, held.currency)
        what = f"tries to {name} {held.code} ({state}), {wanted}"
        if name in DECISIONS:
            self._decide_payment(name, held, who, what)
        elif name in ASKED:
            self._ask_back(name, held, who, what, wanted)
        else:
            self._make_payment(name, held, who, what, wanted)

    @rule(which=numbers, who=numbers)
    @precondition(lambda self: self.office.having(PAYMENT, "submitted"))
    def verify_payment(self, which: int, who: int) -> None:
        """Approve a payment that waits for it."""
        held = Payment.objects.get(pk=self.row(PAYMENT, which - which % 2, "submitted")[0])
        self._decide_payment("approve", held, who, f"tries to approve {held.code}")

    def _make_payment(self, name: str, held: Payment, who: int, what: str, wanted: Money) -> None:
        edit = partial(edit_payment, changes={"money": wanted}, expected_version=held.version)
        acts: Mapping[str, Callable[..., Any]] = {
            "submit": submit_draft,
            "resubmit": resubmit_payment,
            "withdraw": withdraw_payment,
            "edit": edit,
        }

        def act(by: Any, at: Any) -> None:
            get_payment(reference=held.pk, viewer=by, permission="payments.submit")
            acts[name](payment_id=held.pk, by=by, at=at)

        self.attempt(self.someone(MAKERS, who), "payments.submit", act, what)

    def _decide_payment(self, name: str, held: Payment, who: int, what: str) -> None:
        less = held.money - money(1, held.currency) if who % 3 == 0 else held.money
        approval = Approval(
            verified=less if less.amount > 0 else None,
            reason="As the bank says",
            fx_rate=held.fx_rate,
        )
        acts: Mapping[str, Callable[..., Any]] = {
            "approve": partial(approve_payment, approval=approval),
            "reject": partial(reject_payment, refusal=Refusal(reason="Nothing came")),
            "send_back": partial(request_changes, refusal=Refusal(reason="Which account?")),
        }
        self.attempt(
            self.someone(VERIFIERS, who),
            "payments.decide",
            lambda by, at: acts[name](payment_id=held.pk, checker=by, at=at),
            what,
        )

    def _ask_back(self, name: str, held: Payment, who: int, what: str, wanted: Money) -> None:
        part = wanted if wanted < held.held_money else None
        new = NewReturn(kind=ASKED[name], reason="Asked", money=part, reduces_sale=name == "reduce")

        def act(by: Any, at: Any) -> None:
            get_payment(reference=held.pk, viewer=by)
            request_return(payment_id=held.pk, new=new, by=by, at=at)

        self.attempt(self.someone(("fay", "sam", "olga"), who), "returns.request", act, what)


class ReturnSteps(Desk):
    """What happens to money that goes back or never comes."""

    @rule(which=numbers, verb=numbers, who=numbers)
    @precondition(lambda self: self.office.desk[RETURN])
    def move_return(self, which: int, verb: int, who: int) -> None:
        """Decide on what was asked or take it back; send, fail, expect what was written off."""
        pk, state = self.row(RETURN, which, "requested", "approved")
        name = self.verb(RETURN_VERBS, state, verb)
        asked = Return.objects.get(pk=pk)
        what = f"tries to {name} {asked.code} ({state})"
        if name in DECISIONS:
            self._decide_return(name, asked, who, what)
        elif name == "withdraw":
            self._withdraw_return(asked, who, what)
        elif asked.kind == Kind.WRITE_OFF and name == "finish":
            self._ask_again(asked, who)
        else:
            self._finish_return(name, asked, who, what)

    def _ask_again(self, posted: Return, who: int) -> None:
        def act(by: Any, at: Any) -> None:
            get_return(reference=posted.pk, viewer=by, permission="returns.request")
            request_recovery(write_off_id=posted.pk, reason="They pay", by=by, at=at)

        what = f"asks to expect {posted.code} again"
        self.attempt(self.someone(("fay", "olga", "sam"), who), "returns.request", act, what)

    def _withdraw_return(self, asked: Return, who: int, what: str) -> None:
        def act(by: Any, at: Any) -> None:
            get_return(reference=asked.pk, viewer=by, permission="returns.request")
            withdraw_return(return_id=asked.pk, by=by, at=at)

        self.attempt(self.someone(("fay", "sam", "olga"), who), "returns.request", act, what)

    def _decide_return(self, name: str, asked: Return, who: int, what: str) -> None:
        service = approve_return if name == "approve" else partial(reject_return, reason="No")

        def act(by: Any, at: Any) -> None:
            get_return(reference=asked.pk, viewer=by, permission="returns.decide")
            service(return_id=asked.pk, checker=by, content_hash=asked.content_hash, at=at)

        self.attempt(self.someone(VERIFIERS, who), "returns.decide", act, what)

    def _finish_return(self, name: str, asked: Return, who: int, what: str) -> None:
        finish: Callable[..., Any] = partial(send_refund, reference="TRX")
        service = finish if name == "finish" else partial(fail_refund, reason="Account closed")

        def act(by: Any, at: Any) -> None:
            get_return(reference=asked.pk, viewer=by, permission="returns.send")
            service(return_id=asked.pk, by=by, at=at)

        self.attempt(self.someone(FINANCE, who), "returns.send", act, what)
