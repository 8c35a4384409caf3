"""What every history begins with, made once: a day's work in all states."""

from datetime import timedelta
from typing import Any

from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import NewInstalment, lose_deal
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import Refusal, request_changes
from tenant_apps.returns.models import Kind
from tests.factories.clients import ClientFactory
from tests.factories.commissions import PlanFactory
from tests.factories.deals import DealFactory, WonDealFactory, line, split
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.factories.payments import (
    PaymentFactory,
    SubmittedPaymentFactory,
    VerifiedPaymentFactory,
)
from tests.histories.office import Office, dollars, money
from tests.returns.stories import approve, ask, expect_again, give_up


def open_office(office: Office) -> None:
    """Put two sellers on a plan, and clients, deals, payments, papers and returns on the desks."""
    by, at = office.people, office.now
    PlanFactory(author=by["fay"], checker=by["olga"], payees=[by["sam"], by["suki"]], at=at)
    nova, twin = (ClientFactory(name=name, by=by["sam"], at=at) for name in ("Nova", "Nova Ltd"))
    bare = ClientFactory(name="Bare", billing_address={}, by=by["suki"], at=at)
    _shared_deal(office, nova)
    _deals_without_money(office, nova, twin)
    yen = line("90001", "JPY", tax_rate_percent=7)
    abroad = WonDealFactory(client=bare, lines=(yen,), by=by["suki"], at=at)
    _pay(SubmittedPaymentFactory, abroad, office, money(30_001, "JPY"), by=by["suki"])


def _shared_deal(office: Office, client: Any) -> None:
    """A won deal of two sellers: 500.00 paid, 100.00 in review, a refund to send, one asked."""
    by, at = office.people, office.now
    day = at.date()
    parts = (
        NewInstalment(due_on=day + timedelta(days=7), amount=dollars(59_500), kind="deposit"),
        NewInstalment(due_on=day + timedelta(days=60), amount=dollars(59_500)),
    )
    deal = WonDealFactory(
        client=client,
        lines=(line("1000.00", tax_rate_percent=19),),
        splits=split((by["sam"], "70"), (by["suki"], "30")),
        instalments=parts,
        by=by["sam"],
        at=at,
    )
    paid = _pay(VerifiedPaymentFactory, deal, office, dollars(50_000), checker=by["vera"])
    _pay(SubmittedPaymentFactory, deal, office, dollars(10_000))
    approve(ask(paid, Kind.REFUND, by["sam"], at, money=dollars(10_000)), by["vera"], at)
    ask(paid, Kind.REFUND, by["fay"], at, money=dollars(5_000), reduces_sale=True)


def _deals_without_money(office: Office, client: Any, twin: Any) -> None:
    """Deals in every other state: one wanted at a discount, one lost, some given up ..."""
    by, at = office.people, office.now
    cheap = line("400.00", discount_percent=20, tax_rate_percent=7)
    wanted = DealFactory(client=twin, lines=(cheap,), by=by["sam"], at=at)
    _pay(PaymentFactory, wanted, office, dollars(2_000))
    sent_back = _pay(SubmittedPaymentFactory, wanted, office, dollars(10_000))
    refusal = Refusal(reason="Which account?")
    request_changes(payment_id=sent_back.pk, checker=by["viktor"], refusal=refusal, at=at)
    DealFactory(client=client, status="draft", by=by["sam"], at=at)
    lost = DealFactory(client=client, by=by["sam"], at=at)
    lose_deal(deal_id=lost.pk, reason="No budget", by=by["sam"], at=at)
    halves = split((by["sam"], "50"), (by["olga"], "50"))
    unpaid = WonDealFactory(
        client=twin, lines=(line("333.33"),), splits=halves, by=by["sam"], at=at
    )
    _pay(SubmittedPaymentFactory, unpaid, office, dollars(2_000))
    IssuedInvoiceFactory(deal=unpaid, amount=dollars(10_000), by=by["fay"], at=at)
    DraftInvoiceFactory(deal=unpaid, amount=dollars(5_000), by=by["fay"], at=at)
    give_up(unpaid, by["fay"], at)
    gone = WonDealFactory(client=client, lines=(line("80.00"),), by=by["sam"], at=at)
    posted = approve(give_up(gone, by["fay"], at), by["vera"], at)
    expect_again(posted, by["fay"], at)
    back = WonDealFactory(client=client, lines=(line("60.00"),), by=by["sam"], at=at)
    approve(give_up(back, by["olga"], at), by["viktor"], at)


def _pay(kind: Any, deal: Deal, office: Office, amount: Any, **more: Any) -> Payment:
    given = {"by": office.people["sam"], "method": "card", "proofs": (), **more}
    payment: Payment = kind(deal=deal, money=amount, at=office.now, **given)
    return payment
