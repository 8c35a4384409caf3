"""One request that succeeds for each POST that moves money or makes a document."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.payments.services import Refusal, request_changes
from tenant_apps.returns.models import Kind, Return
from tests.cast import person_named
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.documents import PLAIN_PDF, StoredFileFactory, upload
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.factories.payments import (
    PaymentFactory,
    SubmittedPaymentFactory,
    VerifiedPaymentFactory,
)
from tests.returns import stories

URL = "/api/business/"


@dataclass(frozen=True)
class Sent:
    """Who sends what where; `other` is another body under the same key."""

    who: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    form: str = "json"

    @property
    def other(self) -> dict[str, Any]:
        """Another body for the same address."""
        return {**self.body, "another": "thing"}

    def fresh_body(self) -> dict[str, Any]:
        """The body once more: a file that was sent is read to its end."""
        return {"file": upload(PLAIN_PDF)} if self.form == "multipart" else dict(self.body)


Build = Callable[[], Sent]


def dollars(amount: str) -> dict[str, str]:
    """Return an amount as it is sent."""
    return {"amount": amount, "currency": "USD"}


def payment_body() -> dict[str, Any]:
    """Return the body of a new payment."""
    sam = person_named("sam")
    deal = WonDealFactory(by=sam)
    return {
        "client": str(deal.client_id),
        "deal": deal.code,
        "amount": dollars("100.00"),
        "method": "bank_transfer",
        "received_on": utc_now().date().isoformat(),
        "proofs": [str(StoredFileFactory(by=sam).pk)],
    }


def draft() -> Sent:
    return Sent("sam", f"{URL}payments/{PaymentFactory().code}/submit/")


def sent_back() -> Sent:
    payment = SubmittedPaymentFactory()
    vera, refusal = person_named("vera"), Refusal(reason="Which one?")
    request_changes(payment_id=payment.pk, checker=vera, refusal=refusal, at=utc_now())
    return Sent("sam", f"{URL}payments/{payment.code}/resubmit/")


def decision(end: str, **more: str) -> Build:
    """Return a decision of Vera's on a submitted payment."""

    def build() -> Sent:
        payment = SubmittedPaymentFactory()
        body = {"content_hash": payment.content_hash, **more}
        return Sent("vera", f"{URL}payments/{payment.code}/{end}/", body)

    return build


def credit_to_apply() -> Sent:
    payment = VerifiedPaymentFactory(money=Money.of("1100.00", "USD"))
    other = WonDealFactory(client=payment.client_id)
    path = f"{URL}payments/{payment.code}/apply/"
    return Sent("fay", path, {"allocations": [{"deal": other.code}]})


def withdrawal() -> Sent:
    return Sent("sam", f"{URL}payments/{SubmittedPaymentFactory().code}/withdraw/")


def about_payment(end: str) -> Build:
    """Return a request of Fay's about a verified payment."""

    def build() -> Sent:
        payment = VerifiedPaymentFactory()
        return Sent("fay", f"{URL}payments/{payment.code}/{end}/", {"reason": "As the bank says."})

    return build


def asked(kind: Kind) -> Return:
    """Return what Fay asked for about a verified payment or a won deal."""
    fay = person_named("fay")
    if kind == Kind.WRITE_OFF:
        return stories.give_up(WonDealFactory(), fay, utc_now())
    if kind == Kind.RECOVERY:
        posted = stories.approve(asked(Kind.WRITE_OFF), person_named("vera"), utc_now())
        return stories.expect_again(posted, fay, utc_now())
    return stories.ask(VerifiedPaymentFactory(), kind, fay, utc_now())


def taken_back(kind: Kind, where: str) -> Build:
    """Return the withdrawal of what Fay has asked for."""
    return lambda: Sent("fay", f"{URL}{where}/{asked(kind).code}/withdraw/")


def on_return(kind: Kind, where: str, end: str) -> Build:
    """Return a decision of Vera's on a return."""

    def build() -> Sent:
        found = asked(kind)
        body = {"content_hash": found.content_hash}
        if end == "reject":
            body["reason"] = "No."
        return Sent("vera", f"{URL}{where}/{found.code}/{end}/", body)

    return build


def approved(kind: Kind, where: str, end: str, **body: str) -> Build:
    """Return what Fay does with an approved return."""

    def build() -> Sent:
        found = stories.approve(asked(kind), person_named("vera"), utc_now())
        return Sent("fay", f"{URL}{where}/{found.code}/{end}/", body)

    return build


def new_deal() -> Sent:
    sam = person_named("sam")
    body = {
        "name": "Website",
        "client": str(DealFactory(by=sam).client_id),
        "status": "won",
        "lines": [{"description": "Work", "quantity": "1", "unit_price": dollars("1000.00")}],
    }
    return Sent("sam", f"{URL}deals/", body)


def on_deal(end: str, *, won: bool, **body: Any) -> Build:
    """Return a move of Sam's."""

    def build() -> Sent:
        deal = (WonDealFactory if won else DealFactory)()
        return Sent("sam", f"{URL}deals/{deal.code}/{end}/", body)

    return build


def new_invoice() -> Sent:
    return Sent("fay", f"{URL}invoices/", {"deal": WonDealFactory().code})


def invoice_to_issue() -> Sent:
    return Sent("fay", f"{URL}invoices/{DraftInvoiceFactory().pk}/issue/")


def invoice_to_credit() -> Sent:
    number = IssuedInvoiceFactory().number
    return Sent("fay", f"{URL}invoices/{number}/credit/", {"reason": "Broken"})


def invoice_to_give_up() -> Sent:
    number = IssuedInvoiceFactory().number
    return Sent("fay", f"{URL}invoices/{number}/uncollectible/", {"reason": "Insolvent"})


def invoice_to_pay() -> Sent:
    """An invoice of a client whose other deal was paid twice."""
    fay = person_named("fay")
    paid = VerifiedPaymentFactory(money=Money.of("1500.00", "USD"))
    deal = WonDealFactory(client=paid.client_id)
    number = IssuedInvoiceFactory(deal=deal, by=fay).number
    return Sent("fay", f"{URL}invoices/{number}/apply-credit/")


LINE = {"description": "More work", "quantity": "1", "unit_price": dollars("1200.00")}
CASES: dict[str, Build] = {
    "payments/": lambda: Sent("sam", f"{URL}payments/", payment_body()),
    "payments/X/submit/": draft,
    "payments/X/resubmit/": sent_back,
    "payments/X/withdraw/": withdrawal,
    "payments/X/approve/": decision("approve"),
    "payments/X/reject/": decision("reject", reason="No.", failure_reason="not_received"),
    "payments/X/request-changes/": decision("request-changes", reason="Which one?"),
    "payments/X/apply/": credit_to_apply,
    "payments/X/refunds/": about_payment("refunds"),
    "payments/X/chargebacks/": about_payment("chargebacks"),
    "payments/X/reverse/": about_payment("reverse"),
    "refunds/X/approve/": on_return(Kind.REFUND, "refunds", "approve"),
    "refunds/X/reject/": on_return(Kind.REFUND, "refunds", "reject"),
    **{
        f"{where}/X/withdraw/": taken_back(kind, where)
        for kind, where in (
            (Kind.REFUND, "refunds"),
            (Kind.REVERSAL, "reversals"),
            (Kind.CHARGEBACK, "chargebacks"),
            (Kind.WRITE_OFF, "write-offs"),
            (Kind.RECOVERY, "recoveries"),
        )
    },
    "refunds/X/sent/": approved(Kind.REFUND, "refunds", "sent", reference="TRX-1"),
    "refunds/X/failed/": approved(Kind.REFUND, "refunds", "failed", reason="Closed."),
    "reversals/X/approve/": on_return(Kind.REVERSAL, "reversals", "approve"),
    "reversals/X/reject/": on_return(Kind.REVERSAL, "reversals", "reject"),
    "chargebacks/X/approve/": on_return(Kind.CHARGEBACK, "chargebacks", "approve"),
    "chargebacks/X/reject/": on_return(Kind.CHARGEBACK, "chargebacks", "reject"),
    "write-offs/X/approve/": on_return(Kind.WRITE_OFF, "write-offs", "approve"),
    "write-offs/X/reject/": on_return(Kind.WRITE_OFF, "write-offs", "reject"),
    "write-offs/X/recover/": approved(Kind.WRITE_OFF, "write-offs", "recover", reason="Paid"),
    "recoveries/X/approve/": on_return(Kind.RECOVERY, "recoveries", "approve"),
    "recoveries/X/reject/": on_return(Kind.RECOVERY, "recoveries", "reject"),
    "deals/": new_deal,
    "deals/X/write-off/": lambda: Sent(
        "fay", f"{URL}deals/{WonDealFactory().code}/write-off/", {"reason": "Insolvent"}
    ),
    "deals/X/win/": on_deal("win", won=False),
    "deals/X/reopen/": on_deal("reopen", won=True),
    "deals/X/cancel/": on_deal("cancel", won=True, reason="They left."),
    "deals/X/amend/": on_deal("amend", won=True, reason="More work", lines=[LINE]),
    "invoices/": new_invoice,
    "invoices/X/issue/": invoice_to_issue,
    "invoices/X/credit/": invoice_to_credit,
    "invoices/X/apply-credit/": invoice_to_pay,
    "invoices/X/uncollectible/": invoice_to_give_up,
    "files/": lambda: Sent("sam", f"{URL}files/", form="multipart"),
}

# Idempotent as well, but neither money nor a document: that a repeat is answered is enough.
NO_MONEY = {
    "clients/X/merge/",
    "clients/X/contact-log/",
    "commissions/plans/",
    "commissions/plans/X/versions/",
    "commissions/plan-versions/X/submit/",
    "commissions/plan-versions/X/approve/",
    "commissions/assignments/",
    "deals/X/discount-requests/",
    "hand-overs/",
    "discount-requests/X/approve/",
    "discount-requests/X/reject/",
    "invoices/X/send/",
    "invoices/X/remind/",
    "invoices/X/links/",
}

# POSTs below /api/business/ that run without a key, each with the reason why a repeat does no harm.
WITHOUT_KEY = {
    "approval-policies/": "a second policy of the same content asks for the same",
    "approval-policies/X/approve/": "409 the second time",
    "clients/": "a second one is refused or merged; no money",
    "clients/X/anonymise/": "done is done",
    "clients/X/restore/": "done is done",
    "clients/X/pause-reminders/": "409 the second time",
    "clients/X/resume-reminders/": "409 the second time",
    "clients/X/contact-log/X/done/": "done is done",
    "deals/X/activity/": "a note",
    "deals/X/splits/": "the same shares from the same day again",
    "deals/X/lose/": "409 the second time; no money",
    "deals/X/submit/": "409 the second time; no money",
    "hand-overs/X/cancel/": "409 the second time",
    "invoices/X/pause-reminders/": "done is done",
    "invoices/X/resume-reminders/": "done is done",
    "invoices/X/links/X/revoke/": "done is done",
    "invoices/mail-bounces/": "409 the second time",
    "payments/X/claim/": "prolongs one's own lease",
    "payments/X/release/": "409 the second time",
    "payments/X/assign/": "the same assignment again",
    "payments/X/unassign/": "409 the second time",
    "products/": "no money",
    "products/X/restore/": "done is done",
    "projects/": "no money",
    "stages/": "no money",
    "stages/X/restore/": "done is done",
    "tax-rates/": "no money",
    "teams/": "no money",
    "teams/X/members/": "a membership is there once",
}
