"""Steps of paper: invoices and credit notes."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tenant_apps.deals.models import Deal
from tenant_apps.deals.selectors import get_deal
from tenant_apps.deals.services import reopen_deal, win_deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import get_invoice
from tenant_apps.invoices.services import credit_invoice, draft_invoice, issue_invoice
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
        for name, move in (("reopen", reopen_deal), ("win", win_deal)):
            again = partial(move, deal_id=deal_id)
            what = f"tries to {name} it again"
            done.append(self.attempt(owner, "deals.edit", _with(again), what))
        self.is_unchanged = not any(done)

    def _owner_of(self, deal_id: UUID) -> str:
        owner_id = Deal.objects.values_list("owner_id", flat=True).get(pk=deal_id)
        return next(name for name, each in self.office.people.items() if each.pk == owner_id)


def _with(act: Callable[..., Any]) -> Act:
    """Return a step that tells the service who does it, and when."""
    return lambda by, at: act(by=by, at=at)
