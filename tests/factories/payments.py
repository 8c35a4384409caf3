"""Payments, made through the services."""

from typing import Any

import factory

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    Approval,
    NewPayment,
    approve_payment,
    draft_payment,
    submit_payment,
)
from tests.cast import person_named
from tests.factories.deals import WonDealFactory
from tests.factories.documents import StoredFileFactory


class PaymentFactory(factory.Factory[Payment]):
    """A draft of `by` (Sam unless said): 400.00 USD by bank transfer for a won deal of his.

    It says why it is no duplicate, so that several of a kind can stand side by side.
    """

    class Meta:
        model = Payment

    by = factory.LazyFunction(lambda: person_named("sam"))
    at = factory.LazyFunction(utc_now)
    deal = factory.LazyAttribute(lambda new: WonDealFactory(by=new.by, at=new.at))
    client = factory.LazyAttribute(lambda new: new.deal.client_id)
    money = Money.of("400.00", "USD")
    method = "bank_transfer"
    reference = factory.Sequence(lambda n: f"REF-{n:05}")
    received_on = factory.LazyAttribute(lambda new: local_day_of(new.at))
    duplicate_justification = "A test makes several of a kind."
    proofs = factory.LazyAttribute(lambda new: (StoredFileFactory(by=new.by, at=new.at).pk,))

    @classmethod
    def _create(cls, model_class: type[Payment], *_args: Any, **given: Any) -> Payment:
        by, at = given.pop("by"), given.pop("at")
        return cls.write(new=_new_payment(given), by=by, at=at)

    @staticmethod
    def write(**given: Any) -> Payment:
        """Write the payment down."""
        return draft_payment(**given)


class SubmittedPaymentFactory(PaymentFactory):
    """The same, submitted."""

    @staticmethod
    def write(**given: Any) -> Payment:
        """Submit the payment."""
        return submit_payment(**given)


class VerifiedPaymentFactory(SubmittedPaymentFactory):
    """The same, verified whole by `checker` (Vera unless said)."""

    checker = factory.LazyFunction(lambda: person_named("vera"))

    @classmethod
    def _create(cls, model_class: type[Payment], *args: Any, **given: Any) -> Payment:
        checker, at = given.pop("checker"), given["at"]
        payment = super()._create(model_class, *args, **given)
        return approve_payment(payment_id=payment.pk, checker=checker, approval=Approval(), at=at)


def _new_payment(given: dict[str, Any]) -> NewPayment:
    """Return the input: objects stand for their ids."""
    return NewPayment(**{name: getattr(value, "pk", value) for name, value in given.items()})
