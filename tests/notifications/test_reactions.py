"""Who hears of what, from the event to the inbox; a delivery that is replayed doubles nothing."""

from datetime import datetime, timedelta

from shared_apps.audit.delivery import deliver
from shared_apps.audit.models import Delivery
from shared_apps.kernel.events import Actor, Occurrence
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.money import Money
from tenant_apps.access.services import remove_role
from tenant_apps.accounts.models import User
from tenant_apps.notifications.models import Notification
from tenant_apps.notifications.reactions import tell_verifiers
from tenant_apps.payments.events import PaymentSubmitted
from tenant_apps.payments.services import (
    Approval,
    Refusal,
    approve_payment,
    reject_payment,
    request_changes,
    resubmit_payment,
)
from tests.factories.clients import ClientFactory
from tests.factories.commissions import PlanFactory
from tests.factories.deals import WonDealFactory, split
from tests.factories.payments import SubmittedPaymentFactory
from tests.returns.stories import refund


def deliver_everything() -> None:
    """Carry out every delivery that is owed, as the worker would, and find none that failed."""
    for delivery_id in list(Delivery.objects.order_by("pk").values_list("pk", flat=True)):
        deliver(delivery_id=delivery_id)
    failed = Delivery.objects.exclude(last_error="").order_by("pk")
    assert list(failed.values_list("reaction", "last_error")) == []


def told(kind: str) -> dict[str, str]:
    """Return who was told of a kind, by mailbox, with the title."""
    rows = Notification.objects.filter(kind=kind).order_by("recipient_id", "seq")
    return {row.recipient.email.partition("@")[0]: row.title for row in rows}


class TestTellVerifiers:
    def test_tells_those_who_may_decide_and_never_the_maker(
        self, sam: User, suki: User, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(at=at_noon)
        deliver_everything()
        heard = told("payment_submitted")
        assert {"vera", "viktor"} <= heard.keys()
        assert not {"sam", "suki", "fay", "audrey", "tim"} & heard.keys()
        assert heard["vera"] == f"{payment.code} waits for your decision"

    def test_tells_no_verifier_who_is_credited_on_the_deal(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(splits=split((sam, "70"), (vera, "30")), by=sam, at=at_noon)
        SubmittedPaymentFactory(deal=deal, at=at_noon)
        deliver_everything()
        assert "viktor" in told("payment_submitted")
        assert "vera" not in told("payment_submitted")

    def test_tells_again_when_it_is_resubmitted(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(at=at_noon)
        refusal = Refusal(reason="Blurred.")
        request_changes(payment_id=payment.pk, checker=vera, refusal=refusal, at=at_noon)
        resubmit_payment(payment_id=payment.pk, by=sam, at=at_noon)
        deliver_everything()
        hers = Notification.objects.filter(recipient=vera, kind="payment_submitted")
        assert hers.count() == 2

    def test_telling_twice_is_telling_once(self, vera: User, at_noon: datetime) -> None:
        payment = SubmittedPaymentFactory(at=at_noon)
        event = PaymentSubmitted(payment_id=payment.pk)
        occurrence = Occurrence(event_id=uuid7(), recorded_at=at_noon, actor=Actor.system("tests"))
        for _ in range(3):
            tell_verifiers(event, occurrence)
        assert Notification.objects.filter(recipient=vera).count() == 1


class TestTellMaker:
    def test_tells_why_it_was_rejected(self, vera: User, at_noon: datetime) -> None:
        payment = SubmittedPaymentFactory(at=at_noon)
        refusal = Refusal(reason="It did not arrive.", failure_reason="not_received")
        reject_payment(payment_id=payment.pk, checker=vera, refusal=refusal, at=at_noon)
        deliver_everything()
        assert told("payment_rejected") == {"sam": f"{payment.code} was rejected"}
        row = Notification.objects.get(kind="payment_rejected")
        assert row.body.endswith("was rejected: It did not arrive.")
        assert row.occurred_at == at_noon

    def test_tells_what_to_change(self, vera: User, at_noon: datetime) -> None:
        payment = SubmittedPaymentFactory(at=at_noon)
        refusal = Refusal(reason="Blurred.")
        request_changes(payment_id=payment.pk, checker=vera, refusal=refusal, at=at_noon)
        deliver_everything()
        assert told("payment_changes_requested") == {"sam": f"{payment.code} needs changes"}


class TestTellOfVerifiedMoney:
    def test_tells_maker_owner_and_every_payee(
        self, sam: User, suki: User, vera: User, fay: User, adam: User, at_noon: datetime
    ) -> None:
        PlanFactory(author=fay, checker=adam, payees=(sam, suki), at=at_noon)
        deal = WonDealFactory(splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)
        payment = SubmittedPaymentFactory(deal=deal, at=at_noon)
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        deliver_everything()
        verified = f"{payment.code} is verified"
        assert told("payment_verified") == {"sam": verified, "suki": verified}
        assert told("commission_accrued") == {
            "sam": "Commission of $14.00",
            "suki": "Commission of $6.00",
        }

    def test_tells_what_a_refund_takes_back(
        self, sam: User, suki: User, vera: User, fay: User, adam: User, at_noon: datetime
    ) -> None:
        PlanFactory(author=fay, checker=adam, payees=(sam, suki), at=at_noon)
        deal = WonDealFactory(by=sam, at=at_noon)
        payment = SubmittedPaymentFactory(deal=deal, at=at_noon)
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        later = at_noon + timedelta(hours=1)
        asked = refund(payment, (sam, vera, fay), later, money=Money.of("270.00", "USD"))
        deliver_everything()
        assert told("commission_accrued") == {"sam": "Commission of $20.00"}
        assert told("commission_taken_back") == {"sam": "$13.50 of commission taken back"}
        told_of = Notification.objects.get(kind="commission_taken_back")
        assert told_of.body == (
            f"Because of the refund {asked.code}, $13.50 of your commission on {deal.code}"
            " is taken back."
        )

    def test_tells_a_credited_seller_without_a_plan(
        self, sam: User, suki: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)
        payment = SubmittedPaymentFactory(deal=deal, at=at_noon)
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        deliver_everything()
        assert told("payment_verified").keys() == {"sam", "suki"}
        assert told("commission_accrued") == {}

    def test_keeps_commission_from_a_payee_whose_roles_hide_it(
        self, sam: User, suki: User, vera: User, fay: User, adam: User, at_noon: datetime
    ) -> None:
        PlanFactory(author=fay, checker=adam, payees=(sam, suki), at=at_noon)
        deal = WonDealFactory(splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)
        remove_role(user_id=suki.pk, role="salesperson", by=adam, at=at_noon)
        payment = SubmittedPaymentFactory(deal=deal, at=at_noon)
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        deliver_everything()
        assert told("commission_accrued").keys() == {"sam"}


class TestTellFinance:
    def test_tells_who_issues_invoices_why_one_waits(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        client = ClientFactory(billing_address={}, at=at_noon)
        deal = WonDealFactory(client=client, by=sam, at=at_noon)
        payment = SubmittedPaymentFactory(deal=deal, at=at_noon)
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        deliver_everything()
        heard = told("invoice_drafted")
        assert "fay" in heard
        assert "sam" not in heard
        assert heard["fay"] == f"An invoice for {client.name} waits as a draft"


class TestReplay:
    def test_delivering_everything_again_doubles_nothing(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(at=at_noon)
        approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)
        deliver_everything()
        before = Notification.objects.count()
        Delivery.objects.update(state="ready", settled_at=None, attempts=0)
        deliver_everything()
        assert Notification.objects.count() == before > 0
