"""Steps of paper: invoices and credit notes."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from shared_apps.organizations.selectors import local_day_of
from tenant_apps.deals.models import Deal
from tenant_apps.deals.selectors import get_deal
from tenant_apps.deals.services import reopen_deal, win_deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import get_invoice
from tenant_apps.invoices.services import credit_invoice, draft_invoice, issue_invoice
from tenant_apps.ledger.selectors import outstanding_of_deal
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import Approval, NewPayment, approve_payment, submit_payment
from tests.histories.desk import DEAL, INVOICE, Desk, cents, numbers
from tests.histories.office import Act, money

WRITERS = ("fay", "vera", "olga")
INVOICE_VERBS = {"draft": ("issue", "issue", "issue"), "issued": ("credit", "credit", "issue")}
parts = st.one_of(st.none(), cents)


class PaperSteps(Desk):
    """What happens to invoices."""

    @rule(which=numbers, who=numbers, units=parts)
    @precondition(lambda self: self.office.desk[DEAL])
    def draft_invoice(self, which: int, who: int, units: int | None) -> None:
        """Draft an invoice for a part of a won deal, or for what is left."""
        pk, state = self.row(DEAL, which, "won")
        deal = Deal.objects.select_related("current_version").get(pk=pk)
        amount = None if units is None else money(units, deal.current_version.currency)

        def act(by: Any, at: Any) -> None:
            get_deal(reference=pk, viewer=by)
            draft_invoice(deal_id=pk, amount=amount, by=by, at=at)

        what = f"drafts an invoice of {amount} for {deal.code} ({state})"
        self.attempt(self.someone(WRITERS, who), "invoices.create", act, what)

    @rule(which=numbers, verb=numbers, who=numbers, units=parts)
    @precondition(lambda self: self.office.desk[INVOICE])
    def move_invoice(self, which: int, verb: int, who: int, units: int | None) -> None:
        """Issue a draft, or take an issued invoice back, in part or whole."""
        pk, state = self.row(INVOICE, which, "issued")
        name = self.verb(INVOICE_VERBS, state, verb)
        invoice = Invoice.objects.get(pk=pk)
        amount = None if units is None else money(units, invoice.currency)

        def act(by: Any, at: Any) -> None:
            get_invoice(reference=pk, viewer=by, permission="invoices.issue")
            if name == "issue":
                issue_invoice(invoice_id=pk, by=by, at=at)
            else:
                credit_invoice(invoice_id=pk, amount=amount, reason="Agreed", by=by, at=at)

        what = f"tries to {name} {invoice} ({state}), {amount}"
        self.attempt(self.someone(WRITERS, who), "invoices.issue", act, what)
        self._could_credit()

    def _could_credit(self) -> None:
        """An invoice can be credited whatever became of it: the money that it takes is there."""
        assert self.office.last_refusal != "MoreThanPaymentHolds", self.story[-1]

    @rule(which=numbers)
    @precondition(lambda self: self.office.having(DEAL, "won"))
    def sell_again(self, which: int) -> None:
        """Invoice a deal, take all of it back, open the deal and win it once more."""
        deal_id, _ = self.row(DEAL, which - which % 2, "won")
        owner = self._owner_of(deal_id)
        draft = partial(draft_invoice, deal_id=deal_id, amount=None)
        done = [self.attempt("fay", "invoices.create", _with(draft), "drafts what is left")]
        for name, service, state in (
            ("issue", issue_invoice, "draft"),
            ("credit", partial(credit_invoice, amount=None, reason="Sold anew"), "issued"),
        ):
            for invoice in Invoice.objects.filter(deal_id=deal_id, status=state).order_by("pk"):
                act = partial(service, invoice_id=invoice.pk)
                what = f"tries to {name} {invoice}"
                done.append(self.attempt("fay", "invoices.issue", _with(act), what))
                self._could_credit()
        for name, move in (("reopen", reopen_deal), ("win", win_deal)):
            again = partial(move, deal_id=deal_id)
            what = f"tries to {name} it again"
            done.append(self.attempt(owner, "deals.edit", _with(again), what))
        self.is_unchanged = not any(done)

    @rule(which=numbers, short=st.sampled_from([0, 30, 9_000]), units=parts)
    @precondition(lambda self: self.office.having(DEAL, "won"))
    def fall_short(self, which: int, short: int, units: int | None) -> None:
        """Pay a deal but for a little, which may be given up; invoice the rest, credit its last."""
        deal_id, _ = self.row(DEAL, which - which % 2, "won")
        done = [self._pay_short(deal_id, short)]
        draft = partial(draft_invoice, deal_id=deal_id, amount=None)
        done.append(self.attempt("fay", "invoices.create", _with(draft), "drafts what is left"))
        for fitted in Invoice.objects.filter(deal_id=deal_id, status="draft").order_by("pk"):
            issue = _with(partial(issue_invoice, invoice_id=fitted.pk))
            done.append(self.attempt("fay", "invoices.issue", issue, f"issues {fitted}"))
        last = Invoice.objects.filter(deal_id=deal_id, status="issued").order_by("pk").last()
        if last:
            amount = None if units is None else money(units, last.currency)
            credit = partial(credit_invoice, invoice_id=last.pk, amount=amount, reason="Agreed")
            what = f"credits {amount} of {last}"
            done.append(self.attempt("fay", "invoices.issue", _with(credit), what))
            self._could_credit()
        self.is_unchanged = not any(done)

    def _pay_short(self, deal_id: UUID, short: int) -> bool:
        """Let a payment be made and verified that leaves so little of a deal."""
        deal = Deal.objects.select_related("current_version").get(pk=deal_id)
        currency = deal.current_version.currency
        paid = outstanding_of_deal(deal_id, currency) - money(short, currency)
        if paid.amount <= 0:
            return False
        new = NewPayment(
            client=deal.client_id,
            deal=deal_id,
            money=paid,
            method="card",
            received_on=local_day_of(self.office.now),
            duplicate_justification="Several of a kind",
        )
        submit = partial(submit_payment, new=new)
        if not self.attempt("sam", "payments.submit", _with(submit), f"pays {paid} of {deal.code}"):
            return False
        made = Payment.objects.latest("pk")
        approval = Approval(verified=None, reason="As the bank says")
        verify = partial(approve_payment, payment_id=made.pk, approval=approval)
        self.attempt(
            "vera", "payments.decide", lambda by, at: verify(checker=by, at=at), f"verifies {made}"
        )
        return True

    def _owner_of(self, deal_id: UUID) -> str:
        owner_id = Deal.objects.values_list("owner_id", flat=True).get(pk=deal_id)
        return next(name for name, each in self.office.people.items() if each.pk == owner_id)


def _with(act: Callable[..., Any]) -> Act:
    """Return a step that tells the service who does it, and when."""
    return lambda by, at: act(by=by, at=at)
