"""Many people at one moment: one of them wins, and no cent is lost."""

from datetime import UTC, datetime
from functools import partial

import pytest

from shared_apps.tenancy.context import Tenant
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    Approval,
    NewPayment,
    Refusal,
    approve_payment,
    reject_payment,
    submit_payment,
    withdraw_payment,
)
from tests.cast import make_cast, person_named
from tests.factories.deals import WonDealFactory
from tests.factories.documents import StoredFileFactory
from tests.factories.payments import SubmittedPaymentFactory
from tests.payments.figures import check_books, dollars
from tests.payments.racing import race

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.fixture
def office(fresh_tenant: Tenant) -> Tenant:
    """An organization of its own, with the whole cast."""
    make_cast(at=AT)
    return fresh_tenant


class TestRaces:
    def test_verify_a_payment_once_under_50_approvals(self, office: Tenant) -> None:
        payment = SubmittedPaymentFactory(at=AT)
        checkers = [person_named(name) for name in ("vera", "viktor", "adam", "olga")]
        calls = [
            partial(
                approve_payment,
                payment_id=payment.pk,
                checker=checkers[number % len(checkers)],
                approval=Approval(),
                at=AT,
            )
            for number in range(50)
        ]

        assert race(office, calls) == {"ok": 1, "payment_already_decided": 49}
        payment.refresh_from_db()
        assert (payment.applied_amount, payment.applications.count()) == (400, 1)
        check_books()

    def test_take_one_of_approve_reject_and_withdraw(self, office: Tenant) -> None:
        payment = SubmittedPaymentFactory(at=AT)
        vera, viktor, sam = (person_named(name) for name in ("vera", "viktor", "sam"))
        refusal = Refusal(reason="Nothing came.", failure_reason="not_received")
        found = race(
            office,
            [
                partial(
                    approve_payment,
                    payment_id=payment.pk,
                    checker=vera,
                    approval=Approval(),
                    at=AT,
                ),
                partial(
                    reject_payment, payment_id=payment.pk, checker=viktor, refusal=refusal, at=AT
                ),
                partial(withdraw_payment, payment_id=payment.pk, by=sam, at=AT),
            ],
        )

        assert found["ok"] == 1
        assert set(found) <= {"ok", "payment_already_decided", "payment_not_open"}
        check_books()

    def test_find_one_proof_under_two_payments_at_once(self, office: Tenant) -> None:
        proof = StoredFileFactory(at=AT).pk
        calls = [
            partial(
                SubmittedPaymentFactory,
                at=AT,
                deal=WonDealFactory(at=AT),
                proofs=(proof,),
                money=dollars(100 + number),
                duplicate_justification="",
            )
            for number in range(6)
        ]
        assert race(office, calls) == {"ok": 1, "possible_duplicate": 5}

    def test_never_apply_more_than_the_deal_costs(self, office: Tenant) -> None:
        deal = WonDealFactory(at=AT)
        payments = [SubmittedPaymentFactory(deal=deal, at=AT, money=dollars(300)) for _ in range(6)]
        vera = person_named("vera")
        calls = [
            partial(approve_payment, payment_id=each.pk, checker=vera, approval=Approval(), at=AT)
            for each in payments
        ]

        assert race(office, calls) == {"ok": 6}
        assert sum(each.applied_amount for each in Payment.objects.all()) == 1000
        check_books()

    def test_take_a_cheque_once(self, office: Tenant) -> None:
        sam, deal = person_named("sam"), WonDealFactory(at=AT)
        new = NewPayment(
            client=deal.client_id,
            money=dollars(5),
            method="cheque",
            reference="CH-1",
            received_on=AT.date(),
            duplicate_justification="A race.",
            proofs=(SubmittedPaymentFactory(at=AT).proofs.get().file_id,),
        )
        found = race(office, [partial(submit_payment, new=new, by=sam, at=AT)] * 8)

        assert found == {"ok": 1, "cheque_already_used": 7}
        assert Payment.objects.filter(method="cheque").count() == 1
        codes = Payment.objects.order_by("code").values_list("code", flat=True)
        assert list(codes) == ["PY-0001", "PY-0002"]  # the losers left no gap
