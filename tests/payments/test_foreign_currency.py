"""A payment in another currency than its deal's: with a rate that two people have looked at."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.approvals.conditions import Conditions
from tenant_apps.approvals.services import NewPolicy, NewStep, create_policy
from tenant_apps.deals.services import DealHoldsMoney, lose_deal
from tenant_apps.invoices.models import InvoiceSettlement
from tenant_apps.invoices.services import credit_invoice
from tenant_apps.ledger.selectors import AccountCode, balance_of, outstanding_of_deal, trial_balance
from tenant_apps.payments.exchange import (
    Exchanged,
    FxQuote,
    TooSmallToDivide,
    exchange,
    give_taken,
    take_used,
)
from tenant_apps.payments.models import Payment, PaymentApplication
from tenant_apps.payments.services import (
    Allocation,
    Approval,
    RateNotConfirmed,
    apply_credit,
    approve_payment,
    edit_payment,
)
from tenant_apps.returns.models import Kind
from tests.client import PrsClient, error, ok
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.documents import StoredFileFactory
from tests.factories.payments import SubmittedPaymentFactory
from tests.payments.stories import win
from tests.returns import stories

URL = "/api/business/payments/"
RATE = Decimal("1.0834")
QUOTE = FxQuote(rate=RATE, rate_on=date(2026, 3, 2), source="ECB")


def euros(amount: str | int) -> Money:
    """Return an amount of euros."""
    return Money.of(amount, "EUR")


def dollars(amount: str | int) -> Money:
    """Return an amount of US dollars."""
    return Money.of(amount, "USD")


def submitted(by: User, at: datetime, **given: Any) -> Payment:
    """Return euros that were submitted for a deal in dollars."""
    return SubmittedPaymentFactory(by=by, at=at, **{"money": euros(400), "fx": QUOTE, **given})


def verify(payment: Payment, by: User, at: datetime, **given: Any) -> Payment:
    """Approve a payment, its rate confirmed."""
    approval = Approval(**{"fx_rate": RATE, **given})
    return approve_payment(payment_id=payment.pk, checker=by, approval=approval, at=at)


def check_ledger() -> None:
    """Per currency the debits equal the credits, and each payment's credit is what it holds."""
    sums: dict[str, Decimal] = {}
    for row in trial_balance():
        sums[row.debit.currency] = sums.get(row.debit.currency, Decimal(0)) + (
            row.debit.amount - row.credit.amount
        )
    assert set(sums.values()) <= {Decimal(0)}
    for payment in Payment.objects.exclude(verified_amount=None):
        used = sum((row.used_money.amount for row in payment.applications.all()), Decimal(0))
        assert payment.applied_amount == used
        assert payment.unapplied_money.amount >= 0
    held = sum(
        (each.unapplied_money.amount for each in Payment.objects.filter(currency="EUR")), Decimal(0)
    )
    assert balance_of(AccountCode.CLIENT_CREDIT, currency="EUR").amount == held


class TestVerification:
    def test_applies_euros_to_dollars_at_the_rate(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        payment = verify(submitted(sam, at_noon), vera, at_noon)

        [row] = PaymentApplication.objects.all()
        assert (row.money, row.used_money) == (dollars("433.36"), euros(400))
        assert (row.fx_rate, payment.applied_money) == (RATE, euros(400))
        assert payment.deal_id is not None
        assert outstanding_of_deal(payment.deal_id, "USD") == dollars("566.64")
        assert balance_of(AccountCode.FX_DIFFERENCE, currency="EUR") == euros(-400)
        assert balance_of(AccountCode.FX_DIFFERENCE, currency="USD") == dollars("433.36")
        check_ledger()

    def test_keeps_what_the_deal_does_not_need(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        payment = verify(submitted(sam, at_noon, money=euros(1000)), vera, at_noon)

        assert payment.applied_money == euros("923.02")  # 1,000.00 / 1.0834
        assert payment.unapplied_money == euros("76.98")
        assert payment.deal_id is not None
        assert outstanding_of_deal(payment.deal_id, "USD") == dollars(0)
        check_ledger()

    def test_counts_only_the_verified_amount(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        found = {"verified": euros(300), "reason": "A hundred are missing."}
        verify(submitted(sam, at_noon), vera, at_noon, **found)
        assert PaymentApplication.objects.get().money == dollars("325.02")
        check_ledger()

    @pytest.mark.parametrize("rate", [None, Decimal(1), Decimal("1.0835")])
    def test_asks_the_verifier_to_confirm_the_rate(
        self, sam: User, vera: User, at_noon: datetime, rate: Decimal | None
    ) -> None:
        with pytest.raises(RateNotConfirmed):
            verify(submitted(sam, at_noon), vera, at_noon, fx_rate=rate)

    def test_waits_for_the_win_and_keeps_the_deal_from_being_lost(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        payment = verify(submitted(sam, at_noon, deal=deal), vera, at_noon)
        assert payment.unapplied_money == euros(400)
        with pytest.raises(DealHoldsMoney):
            lose_deal(deal_id=deal.pk, reason="They left.", by=sam, at=at_noon)
        win(deal, sam, at_noon)
        assert outstanding_of_deal(deal.pk, "USD") == dollars("566.64")
        check_ledger()

    def test_chooses_the_policy_of_its_worth(
        self, sam: User, vera: User, adam: User, at_noon: datetime
    ) -> None:
        steps = (NewStep(permission="payments.decide", approvals_needed=2),)
        large = NewPolicy(
            name="Large",
            subject_type="payments.payment",
            priority=9,
            steps=steps,
            conditions=Conditions(amount_from=dollars("433.36")),
        )
        create_policy(new=large, by=adam, at=at_noon)
        assert verify(submitted(sam, at_noon), vera, at_noon).status == "submitted"
        less = submitted(sam, at_noon, money=euros("399.99"))
        assert verify(less, vera, at_noon).status == "verified"

    def test_is_riskier(self, sam: User, at_noon: datetime) -> None:
        reasons = {each["code"] for each in submitted(sam, at_noon).risk_reasons}
        assert "other_currency" in reasons


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"fx": None}, "/amount"),
            ({"money": dollars(400)}, "/fx"),
            ({"fx": replace(QUOTE, rate_on=date(2026, 3, 3))}, "/fx/rate_on"),
            ({"fx": replace(QUOTE, source=" ")}, "/fx/source"),
        ],
    )
    def test_name_the_place(
        self, sam: User, at_noon: datetime, given: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(ValidationFailed) as refused:
            submitted(sam, at_noon, **given)
        assert [problem.field for problem in refused.value.problems] == [field]

    def test_a_changed_rate_is_another_content(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        payment = submitted(sam, at_noon)
        seen = payment.content_hash
        changed = edit_payment(
            payment_id=payment.pk,
            changes={"fx": replace(QUOTE, rate=Decimal("1.09"))},
            expected_version=1,
            by=sam,
            at=at_noon,
        )
        assert changed.content_hash != seen


class TestMoneyThatGoesBack:
    def test_leaves_the_deal_at_the_rate_it_came(
        self, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        payment = verify(submitted(sam, at_noon), vera, at_noon)
        stories.refund(payment, (fay, vera, fay), at_noon, money=euros(100))

        payment.refresh_from_db()
        assert payment.applied_money == euros(300)
        assert payment.deal_id is not None
        assert outstanding_of_deal(payment.deal_id, "USD") == dollars("674.98")
        check_ledger()

    def test_leaves_nothing_behind_when_all_of_it_goes(
        self, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        payment = verify(submitted(sam, at_noon), vera, at_noon)
        for part in ("33.33", "66.67"):
            stories.refund(payment, (fay, vera, fay), at_noon, money=euros(part))
        stories.approve(stories.ask(payment, Kind.REVERSAL, fay, at_noon), vera, at_noon)

        assert payment.deal_id is not None
        assert outstanding_of_deal(payment.deal_id, "USD") == dollars(1000)
        for currency in ("EUR", "USD"):
            assert not balance_of(AccountCode.FX_DIFFERENCE, currency=currency)
        check_ledger()

    def test_becomes_credit_in_its_own_currency_when_the_invoice_is_credited(
        self, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        payment = verify(submitted(sam, at_noon, money=euros("923.02")), vera, at_noon)
        invoice_id = InvoiceSettlement.objects.get(payment=payment).invoice_id
        credit_invoice(
            invoice_id=invoice_id, amount=dollars(500), reason="Broken", by=fay, at=at_noon
        )
        payment.refresh_from_db()
        assert payment.applied_money.amount < Decimal("923.02")
        check_ledger()

    def test_takes_a_cent_off_the_deal_for_what_is_worth_less(
        self, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        little = FxQuote(rate=Decimal("0.00006"), rate_on=date(2026, 3, 2), source="BI")
        payment = submitted(sam, at_noon, money=Money.of(1_600_000, "IDR"), fx=little)
        verify(payment, vera, at_noon, fx_rate=little.rate)
        stories.refund(payment, (fay, vera, fay), at_noon, money=Money.of(50, "IDR"))

        assert payment.deal_id is not None
        assert outstanding_of_deal(payment.deal_id, "USD") == dollars("904.01")
        check_ledger()
        stories.refund(payment, (fay, vera, fay), at_noon, money=Money.of(1_599_940, "IDR"))
        assert outstanding_of_deal(payment.deal_id, "USD") == dollars("999.99")
        stories.approve(stories.ask(payment, Kind.REVERSAL, fay, at_noon), vera, at_noon)
        assert outstanding_of_deal(payment.deal_id, "USD") == dollars(1000)
        for currency in ("IDR", "USD"):
            assert not balance_of(AccountCode.FX_DIFFERENCE, currency=currency)
        check_ledger()

    def test_goes_as_a_whole_where_it_pays_a_single_cent(
        self, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        little = FxQuote(rate=Decimal("0.00006"), rate_on=date(2026, 3, 2), source="BI")
        payment = submitted(sam, at_noon, money=Money.of(200, "IDR"), fx=little)
        verify(payment, vera, at_noon, fx_rate=little.rate)
        with pytest.raises(TooSmallToDivide) as refusal:
            stories.refund(payment, (fay, vera, fay), at_noon, money=Money.of(50, "IDR"))
        assert "200" in str(refusal.value)

    def test_does_not_reduce_a_sale_in_another_currency(
        self, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        payment = verify(submitted(sam, at_noon), vera, at_noon)
        with pytest.raises(ValidationFailed):
            stories.ask(payment, Kind.REFUND, fay, at_noon, money=euros(100), reduces_sale=True)


class TestCredit:
    def test_goes_on_to_another_deal_in_the_currency_of_the_rate(
        self, sam: User, vera: User, fay: User, at_noon: datetime
    ) -> None:
        payment = verify(submitted(sam, at_noon, money=euros(1000)), vera, at_noon)
        other = WonDealFactory(by=sam, at=at_noon, client=payment.client_id)
        apply_credit(
            payment_id=payment.pk, allocations=(Allocation(deal=other.pk),), by=fay, at=at_noon
        )
        assert outstanding_of_deal(other.pk, "USD") == dollars("916.60")  # 76.98 x 1.0834
        check_ledger()


class TestOverHttp:
    def test_sends_shows_and_confirms_the_rate(
        self, as_sam: PrsClient, as_vera: PrsClient, sam: User
    ) -> None:
        deal = WonDealFactory(by=sam)
        yesterday = (utc_now() - timedelta(days=1)).date().isoformat()
        body = {
            "client": str(deal.client_id),
            "deal": deal.code,
            "amount": {"amount": "400.00", "currency": "EUR"},
            "method": "bank_transfer",
            "received_on": yesterday,
            "proofs": [str(StoredFileFactory(by=sam).pk)],
        }
        refused = error(as_sam.post(URL, body), 400)["errors"]
        assert [each["code"] for each in refused] == ["currency_mismatch"]
        body["fx"] = {"rate": "1.0834", "rate_on": yesterday, "source": "ECB"}
        shown = ok(as_sam.post(URL, body), 201)
        assert shown["fx"] == {"rate": "1.0834", "rate_on": yesterday, "source": "ECB"}

        url = f"{URL}{shown['code']}/approve/"
        seen = {"content_hash": shown["content_hash"]}
        assert error(as_vera.post(url, seen), 409)["code"] == "rate_not_confirmed"
        verified = ok(as_vera.post(url, {**seen, "fx_rate": "1.0834"}))
        [part] = verified["applications"]
        assert part["amount"] == {"amount": "433.36", "currency": "USD"}
        assert part["used"] == {"amount": "400.00", "currency": "EUR"}
        wrong = {**body, "fx": {**body["fx"], "rate": "0"}}
        assert error(as_sam.post(URL, wrong), 400)["errors"][0]["field"] == "/fx/rate"


AMOUNTS = st.integers(min_value=1, max_value=10**9)
RATES = st.decimals(min_value="0.0001", max_value="20000", places=10)


class TestArithmetic:
    @given(held=AMOUNTS, owed=AMOUNTS, rate=RATES)
    def test_never_uses_more_than_is_held_nor_pays_more_than_is_owed(
        self, held: int, owed: int, rate: Decimal
    ) -> None:
        mine, debt = Money.of(Decimal(held) / 100, "EUR"), Money.of(owed, "JPY")
        found = exchange(mine, rate=rate, owed=debt)
        assert found.used <= mine
        assert found.taken <= debt
        assert found.used == mine or found.taken == debt

    @given(used=AMOUNTS, taken=AMOUNTS)
    def test_gives_back_the_whole_exactly(self, used: int, taken: int) -> None:
        whole = Exchanged(Money.of(Decimal(used) / 100, "EUR"), Money.of(taken, "JPY"))
        assert take_used(whole.used, of=whole) == whole
        assert give_taken(whole.taken, of=whole) == whole

    @given(used=AMOUNTS, taken=AMOUNTS, part=AMOUNTS)
    def test_leaves_no_side_without_the_other(self, used: int, taken: int, part: int) -> None:
        whole = Exchanged(Money.of(Decimal(used) / 100, "EUR"), Money.of(taken, "JPY"))
        try:
            parts = [
                take_used(Money.of(Decimal(part) / 100, "EUR"), of=whole),
                give_taken(Money.of(part, "JPY"), of=whole),
            ]
        except TooSmallToDivide:
            assert 1 in {used, taken}
            return
        for some in parts:
            rest = Exchanged(whole.used - some.used, whole.taken - some.taken)
            assert 0 not in {some.used.amount, some.taken.amount}
            assert rest.used.amount >= 0 <= rest.taken.amount
            assert bool(rest.used) == bool(rest.taken)
