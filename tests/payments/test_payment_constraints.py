"""What the database itself refuses when somebody goes around the services."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tenant_apps.accounts.models import User
from tenant_apps.payments.models import Payment, PaymentApplication
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.unguarded import unguarded


def refused(payment: Payment, **values: Any) -> str:
    """Return the name of the constraint that refuses these values."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**values)
    return str(error.value).split('constraint "')[1].split('"')[0]


class TestTheDatabase:
    def test_refuses_a_verified_payment_without_a_decision(
        self, sam: User, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        money = {"verified_amount": payment.amount, "verified_at": at_noon}

        assert refused(payment, status="verified") == "payment_verified_has_decision"
        assert refused(payment, status="verified", **money) == "payment_verified_has_decision"

    def test_refuses_the_maker_the_author_and_the_submitter_as_checker(
        self, sam: User, suki: User, theo: User, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)
        Payment.objects.filter(pk=payment.pk).update(author_id=suki.pk, submitted_by_id=theo.pk)

        for checker in (sam, suki, theo):
            name = refused(
                payment,
                status="verified",
                verified_amount=payment.amount,
                verified_at=at_noon,
                decided_at=at_noon,
                decided_by_id=checker.pk,
            )
            assert name == "payment_not_decided_by_maker"

    def test_refuses_money_that_does_not_add_up(self, sam: User, at_noon: datetime) -> None:
        verified = VerifiedPaymentFactory(by=sam, at=at_noon)

        assert refused(verified, applied_amount=Decimal(401)) == "payment_applied_within_verified"
        assert refused(verified, verified_amount=Decimal(401)) == "payment_verified_within_amount"
        assert refused(verified, amount=Decimal(0)) == "payment_amount_positive"
        assert refused(verified, bank_fee=Decimal(401)) == "payment_deductions_within_amount"

    def test_refuses_money_of_a_payment_that_is_not_verified(
        self, sam: User, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=at_noon)

        assert refused(payment, verified_amount=Decimal(1)) == "payment_unverified_has_no_money"
        assert refused(payment, applied_amount=Decimal(1)) == "payment_applied_within_verified"

    def test_refuses_a_cheque_twice(self, sam: User, at_noon: datetime) -> None:
        first, second = (SubmittedPaymentFactory(by=sam, at=at_noon) for _ in range(2))
        Payment.objects.filter(pk=first.pk).update(method="cheque", reference="CH-1")

        assert refused(second, method="cheque", reference="CH-1") == "payment_cheque_once"
        assert refused(second, method="cheque", reference="") == "payment_cheque_has_reference"

    def test_refuses_an_application_of_nothing(self, sam: User, at_noon: datetime) -> None:
        VerifiedPaymentFactory(by=sam, at=at_noon)
        with (
            unguarded(PaymentApplication),
            pytest.raises(IntegrityError, match="application_moves_something"),
            transaction.atomic(),
        ):
            PaymentApplication.objects.update(amount=0)
