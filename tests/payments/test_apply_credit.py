"""Credit of a payment goes to whatever its client owes, and comes back from there."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker
from tenant_apps.deals.models import Deal, DealVersion
from tenant_apps.deals.services import NewCredit, NewInstalment, change_credit
from tenant_apps.invoices.models import InvoiceSettlement
from tenant_apps.ledger.selectors import received_for_deal
from tenant_apps.payments.models import Payment, PaymentApplication
from tenant_apps.payments.services import (
    Allocation,
    Approval,
    MoreThanPaymentHolds,
    NothingToApply,
    PaymentNotVerified,
    apply_credit,
    approve_payment,
    edit_payment,
)
from tenant_apps.returns.models import Kind
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.commissions import PlanFactory
from tests.factories.deals import DealFactory, WonDealFactory, split
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.payments.figures import check_books, dollars
from tests.payments.racing import race
from tests.payments.stories import two_instalments
from tests.returns import stories

URL = "/api/business/payments/"


@pytest.fixture
def overpaid(sam: User, at_noon: datetime) -> Payment:
    """Return 1,500.00 that were verified for a deal over 1,000.00: 500.00 are credit."""
    deal = WonDealFactory(by=sam, at=at_noon)
    return VerifiedPaymentFactory(by=sam, deal=deal, at=at_noon, money=dollars(1500))


def other_deal(payment: Payment, by: User, at: datetime, **given: Any) -> Deal:
    """Return another won deal over 1,000.00 of the payment's client."""
    return WonDealFactory(by=by, at=at, client=payment.client_id, **given)


def apply(payment: Payment, by: User, at: datetime, *allocations: Allocation) -> Payment:
    """Apply the credit of a payment."""
    return apply_credit(payment_id=payment.pk, allocations=allocations, by=by, at=at)


def covered(deal: Deal) -> dict[date, Decimal]:
    """Return what covers each instalment of a deal, by its day."""
    found: dict[date, Decimal] = {}
    for row in PaymentApplication.objects.filter(deal=deal).select_related("instalment"):
        due_on = row.instalment.due_on
        found[due_on] = found.get(due_on, Decimal(0)) + row.amount
    return found


class TestApplyCredit:
    def test_is_refused_to_whoever_changed_the_payment(
        self, sam: User, adam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        payment = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon, money=dollars(1200))
        changes = {"money": dollars(1500)}
        edit_payment(
            payment_id=payment.pk,
            changes=changes,
            expected_version=payment.version,
            by=adam,
            at=at_noon,
        )
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        other = other_deal(payment, sam, at_noon)
        with pytest.raises(MakerIsChecker):
            apply(payment, adam, at_noon, Allocation(deal=other.pk))

    def test_pays_another_deal_oldest_due_first(
        self, sam: User, fay: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        other = other_deal(overpaid, sam, at_noon, instalments=two_instalments())
        applied = apply(overpaid, fay, at_noon, Allocation(deal=other.pk))

        assert applied.unapplied_money == dollars(0)
        assert covered(other) == {date(2026, 4, 1): 500}
        assert received_for_deal(other.pk, "USD") == dollars(500)
        assert overpaid.deal_id is not None
        assert received_for_deal(overpaid.deal_id, "USD") == dollars(1000)
        check_books()
        stories.check_books()

    def test_keeps_whoever_decided_from_being_credited_there(
        self, fay: User, vera: User, theo: User, suki: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        other = other_deal(overpaid, overpaid.maker, at_noon)
        apply(overpaid, fay, at_noon, Allocation(deal=other.pk))
        tomorrow = local_day_of(at_noon) + timedelta(days=1)

        def credit(person: User) -> None:
            new = NewCredit(splits=split((person, "100")), valid_from=tomorrow, reason="Help")
            change_credit(deal_id=other.pk, new=new, by=theo, at=at_noon)

        with pytest.raises(MakerIsChecker):
            credit(vera)
        credit(suki)

    def test_is_refused_where_the_money_would_be_credited_to_whoever_decided(
        self, fay: User, vera: User, theo: User, suki: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        # Vera has verified the money while the other deal was her credit
        shares = split((vera, "100"))
        other = other_deal(overpaid, overpaid.maker, at_noon, splits=shares)
        tomorrow = local_day_of(at_noon) + timedelta(days=1)
        new = NewCredit(splits=split((suki, "100")), valid_from=tomorrow, reason="Help")
        change_credit(deal_id=other.pk, new=new, by=theo, at=at_noon)
        with pytest.raises(MakerIsChecker):
            apply(overpaid, fay, at_noon + timedelta(days=2), Allocation(deal=other.pk))

    def test_pays_the_instalment_that_is_named(
        self, sam: User, fay: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        other = other_deal(overpaid, sam, at_noon, instalments=two_instalments())
        may = other.current_version.instalments.get(due_on=date(2026, 5, 1))
        wanted = Allocation(deal=other.code, instalment=may.pk, amount=dollars(150))
        applied = apply(overpaid, fay, at_noon, wanted, Allocation(deal=other.pk))

        assert covered(other) == {date(2026, 5, 1): 150, date(2026, 4, 1): 350}
        assert applied.unapplied_money == dollars(0)
        check_books()

    def test_pays_commission_and_invoices_of_the_deal_that_takes_it(
        self, sam: User, suki: User, fay: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        author, checker = person_named("adam"), person_named("olga")
        PlanFactory(author=author, checker=checker, payees=(suki,), at=at_noon)
        other = other_deal(overpaid, sam, at_noon, splits=split((suki, "100")))
        apply(overpaid, fay, at_noon, Allocation(deal=other.pk))

        assert stories.commission_of(suki) > 0
        settled = InvoiceSettlement.objects.filter(payment=overpaid, invoice__deal=other)
        assert [row.amount for row in settled] == [500]
        stories.check_books()

    def test_comes_back_when_the_payment_is_refunded(
        self, sam: User, fay: User, vera: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        other = other_deal(overpaid, sam, at_noon)
        apply(overpaid, fay, at_noon, Allocation(deal=other.pk, amount=dollars(300)))
        stories.refund(overpaid, (fay, vera, fay), at_noon, money=dollars(900))

        overpaid.refresh_from_db()
        assert overpaid.returned_money == dollars(900)
        assert overpaid.applied_money == dollars(600)
        stories.check_books()
        check_deals = {deal.pk: covered(deal) for deal in Deal.objects.all()}
        assert sum(sum(each.values()) for each in check_deals.values()) == 600

    def test_comes_back_when_the_payment_is_reversed(
        self, sam: User, fay: User, vera: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        other = other_deal(overpaid, sam, at_noon)
        apply(overpaid, fay, at_noon, Allocation(deal=other.pk))
        stories.approve(stories.ask(overpaid, Kind.REVERSAL, fay, at_noon), vera, at_noon)

        overpaid.refresh_from_db()
        assert (overpaid.status, overpaid.applied_amount) == ("reversed", Decimal(0))
        assert set(covered(other).values()) == {0}
        assert received_for_deal(other.pk, "USD") == dollars(0)
        stories.check_books()


class TestRefusals:
    def test_of_more_than_there_is_or_is_owed(
        self, sam: User, fay: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        other = other_deal(overpaid, sam, at_noon)
        with pytest.raises(MoreThanPaymentHolds):
            apply(overpaid, fay, at_noon, Allocation(deal=other.pk, amount=dollars(501)))
        with pytest.raises(ValidationFailed):
            apply(overpaid, fay, at_noon, Allocation(deal=other.pk, amount=dollars(1001)))
        with pytest.raises(NothingToApply):
            apply(overpaid, fay, at_noon, Allocation(deal=overpaid.deal_id or ""))

    def test_of_deals_that_cannot_take_it(
        self, sam: User, fay: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        foreign = WonDealFactory(by=sam, at=at_noon)
        unwon = DealFactory(by=sam, at=at_noon, client=overpaid.client_id)
        for deal in (foreign, unwon):
            with pytest.raises(ValidationFailed):
                apply(overpaid, fay, at_noon, Allocation(deal=deal.pk))
        with pytest.raises(ValidationFailed):
            apply(overpaid, fay, at_noon, Allocation(deal=uuid4()))
        other = other_deal(overpaid, sam, at_noon)
        with pytest.raises(ValidationFailed):
            apply(overpaid, fay, at_noon, Allocation(deal=other.pk, instalment=uuid4()))

    def test_of_money_that_is_not_verified(self, sam: User, fay: User, at_noon: datetime) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        with pytest.raises(PaymentNotVerified):
            apply(payment, fay, at_noon, Allocation(deal=other_deal(payment, sam, at_noon).pk))

    def test_of_people_who_gain(
        self, sam: User, adam: User, vera: User, fay: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        adams = other_deal(overpaid, sam, at_noon, splits=split((adam, "100")))
        with pytest.raises(MakerIsChecker):
            apply(overpaid, adam, at_noon, Allocation(deal=adams.pk))
        # Vera decided on the payment: nothing that she is credited on can take its money
        veras = other_deal(overpaid, sam, at_noon, splits=split((vera, "100")))
        with pytest.raises(MakerIsChecker):
            apply(overpaid, fay, at_noon, Allocation(deal=veras.pk))

    def test_undo_the_whole_request(
        self, sam: User, fay: User, overpaid: Payment, at_noon: datetime
    ) -> None:
        other = other_deal(overpaid, sam, at_noon)
        with pytest.raises(MoreThanPaymentHolds):
            apply(
                overpaid,
                fay,
                at_noon,
                Allocation(deal=other.pk, amount=dollars(400)),
                Allocation(deal=other.pk, amount=dollars(200)),
            )
        assert covered(other) == {}


class TestAtApproval:
    def test_covers_what_the_verifier_names_first(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon, instalments=two_instalments())
        may = deal.current_version.instalments.get(due_on=date(2026, 5, 1))
        payment = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon, money=dollars(400))
        plan = (Allocation(deal=deal.pk, instalment=may.pk, amount=dollars(100)),)
        approve_payment(
            payment_id=payment.pk, checker=vera, approval=Approval(allocations=plan), at=at_noon
        )
        assert covered(deal) == {date(2026, 5, 1): 100, date(2026, 4, 1): 300}
        check_books()

    @pytest.mark.parametrize("amount", [401, 0])
    def test_refuses_what_is_not_there(
        self, sam: User, vera: User, at_noon: datetime, amount: int
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        payment = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon, money=dollars(400))
        part = deal.current_version.instalments.get()
        instalment = part.pk if amount else uuid4()
        plan = (Allocation(deal=deal.pk, instalment=instalment, amount=dollars(amount)),)
        with pytest.raises(ValidationFailed):
            approve_payment(
                payment_id=payment.pk,
                checker=vera,
                approval=Approval(allocations=plan),
                at=at_noon,
            )


class TestOverHttp:
    def test_finds_credit_and_applies_it(
        self, as_fay: PrsClient, as_sam: PrsClient, as_mallory: PrsClient, sam: User
    ) -> None:
        payment = VerifiedPaymentFactory(by=sam, money=dollars(1200))
        VerifiedPaymentFactory(by=sam)
        other = other_deal(payment, sam, utc_now())
        rows = ok(as_fay.get(f"{URL}?unapplied=true"))["results"]
        assert [row["code"] for row in rows] == [payment.code]
        assert len(ok(as_fay.get(f"{URL}?unapplied=false"))["results"]) == 1

        url = f"{URL}{payment.code}/apply/"
        body = {"allocations": [{"deal": other.code}]}
        assert error(as_sam.post(url, body), 403)["code"] == "permission_denied"
        assert error(as_mallory.post(url, body), 404)["code"] == "not_found"
        shown = ok(as_fay.post(url, body))
        assert shown["unapplied"] == {"amount": "0.00", "currency": "USD"}
        assert {part["deal_id"] for part in shown["applications"]} == {
            str(other.pk),
            str(payment.deal_id),
        }
        assert error(as_fay.post(url, body), 409)["code"] == "nothing_to_apply"
        [problem] = error(as_fay.post(url, {"allocations": []}), 400)["errors"]
        assert problem["field"] == "/allocations"

    def test_takes_a_plan_with_the_approval(self, as_vera: PrsClient, sam: User) -> None:
        parts = (
            NewInstalment(due_on=date(2026, 4, 1), amount=dollars(600)),
            NewInstalment(due_on=date(2026, 5, 1), amount=dollars(400)),
        )
        deal = WonDealFactory(by=sam, instalments=parts)
        later = deal.current_version.instalments.get(due_on=date(2026, 5, 1))
        payment = SubmittedPaymentFactory(by=sam, deal=deal)
        amount = {"amount": "400.00", "currency": "USD"}
        body = {
            "content_hash": payment.content_hash,
            "allocations": [{"instalment": str(later.pk), "amount": amount}],
        }
        shown = ok(as_vera.post(f"{URL}{payment.code}/approve/", body))
        [part] = shown["applications"]
        assert (part["instalment_id"], part["amount"]) == (str(later.pk), amount)


class TestRaces:
    def test_apply_credit_once_under_50_requests(self, fresh_tenant: Tenant) -> None:
        at = utc_now()
        make_cast(at=at)
        sam, fay = person_named("sam"), person_named("fay")
        payment = VerifiedPaymentFactory(at=at, money=dollars(1500))
        deals = [other_deal(payment, sam, at) for _ in range(5)]
        calls = [
            partial(
                apply_credit,
                payment_id=payment.pk,
                allocations=(Allocation(deal=deals[n % 5].pk, amount=dollars(500)),),
                by=fay,
                at=at,
            )
            for n in range(50)
        ]
        found = race(fresh_tenant, calls)

        assert found["ok"] == 1, found
        assert set(found) <= {"ok", "more_than_payment_holds", "payment_changed"}
        assert Payment.objects.get(pk=payment.pk).unapplied_money == dollars(0)
        check_books()

    def test_never_pays_a_deal_twice_from_many_payments(self, fresh_tenant: Tenant) -> None:
        at = utc_now()
        make_cast(at=at)
        sam, fay = person_named("sam"), person_named("fay")
        first = VerifiedPaymentFactory(at=at, money=dollars(1400))
        target = other_deal(first, sam, at)
        payments = [first]
        for _ in range(4):
            deal = other_deal(first, sam, at)
            payments.append(VerifiedPaymentFactory(at=at, deal=deal, money=dollars(1400)))
        calls = [
            partial(
                apply_credit,
                payment_id=payments[n % 5].pk,
                allocations=(Allocation(deal=target.pk, amount=dollars(400)),),
                by=fay,
                at=at,
            )
            for n in range(50)
        ]
        found = race(fresh_tenant, calls)

        assert found["ok"] == 2, found  # 1,000 are owed: two of 400, the third would be too much
        assert sum(covered(target).values()) == 800
        check_books()


def test_versions_are_untouched(sam: User, fay: User, overpaid: Payment, at_noon: datetime) -> None:
    before = DealVersion.objects.count()
    other = other_deal(overpaid, sam, at_noon)
    apply(overpaid, fay, at_noon, Allocation(deal=other.pk))
    assert DealVersion.objects.count() == before + 1  # that of the other deal
