"""Steps of money that waits: a client's credit, and what the schedules do by themselves."""

from typing import Any

from hypothesis.stateful import precondition, rule

from tenant_apps.deals.selectors import get_deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import get_invoice
from tenant_apps.invoices.services import invoice_due_instalments, pay_with_credit
from tenant_apps.payments.models import Payment
from tenant_apps.payments.selectors import get_payment
from tenant_apps.payments.services import Allocation, apply_credit
from tests.histories.desk import DEAL, INVOICE, PAYMENT, Desk, numbers
from tests.histories.office import money
from tests.histories.papers import parts

APPLIERS = ("fay", "vera", "viktor", "olga")


class WaitingSteps(Desk):
    """What happens to money that no deal has taken, and to what falls due."""

    @rule(which=numbers, other=numbers, who=numbers, units=parts)
    @precondition(lambda self: self.office.having(PAYMENT, "verified"))
    def apply_credit(self, which: int, other: int, who: int, units: int | None) -> None:
        """Apply what a payment still holds to a deal."""
        payment = Payment.objects.get(pk=self._holding(which))
        deal, state = self.row(DEAL, other, "won")
        amount = None if units is None else money(units, payment.currency)
        allocation = Allocation(deal=deal, amount=amount)

        def act(by: Any, at: Any) -> None:
            get_payment(reference=payment.pk, viewer=by, permission="payments.apply")
            get_deal(reference=deal, viewer=by)
            apply_credit(payment_id=payment.pk, allocations=[allocation], by=by, at=at)

        what = f"applies {amount} of {payment.code} to deal {other} ({state})"
        self.attempt(self.someone(APPLIERS, who), "payments.apply", act, what)

    @rule(which=numbers, who=numbers, units=parts)
    @precondition(lambda self: self.office.desk[INVOICE])
    def pay_with_credit(self, which: int, who: int, units: int | None) -> None:
        """Let an invoice be paid with what its client has."""
        pk, state = self.row(INVOICE, which, "issued")
        invoice = Invoice.objects.get(pk=pk)
        amount = None if units is None else money(units, invoice.currency)

        def act(by: Any, at: Any) -> None:
            get_invoice(reference=pk, viewer=by)
            pay_with_credit(invoice_id=pk, amount=amount, by=by, at=at)

        what = f"pays {invoice} ({state}) with {amount} of the credit"
        self.attempt(self.someone(APPLIERS, who), "payments.apply", act, what)

    @rule()
    def invoice_what_is_due(self) -> None:
        """Let the night's job invoice instalments under the policy."""

        def act(_by: Any, at: Any) -> None:
            report = invoice_due_instalments(at=at)
            assert not report.failed, report

        self.attempt("olga", "invoices.create", act, "lets the night pass")

    def _holding(self, which: int) -> Any:
        """Return a payment; an even number takes one that still holds credit, if any does."""
        waiting = Payment.objects.waiting_for_deal().order_by("pk")
        found = list(waiting.values_list("pk", flat=True)) if which % 2 == 0 else []
        return found[which // 2 % len(found)] if found else self.row(PAYMENT, which, "verified")[0]
