"""A payment whose deal changed meanwhile: always a clear refusal."""

from datetime import date, datetime

import pytest

from shared_apps.kernel.errors import ValidationFailed
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal, DealVersion
from tenant_apps.deals.services import (
    DealChanges,
    DealIsArchived,
    TermChanges,
    archive_deal,
    update_deal,
)
from tenant_apps.payments.services import (
    Approval,
    PaymentDoesNotFitDeal,
    Refusal,
    approve_payment,
    request_changes,
    resubmit_payment,
    submit_draft,
)
from tests.client import PrsClient, error
from tests.factories.deals import DealFactory, line
from tests.factories.payments import PaymentFactory, SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.payments.figures import dollars
from tests.payments.stories import win
from tests.unguarded import unguarded


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """Return an open deal of Sam's in dollars."""
    return DealFactory(by=sam, at=at_noon)


def change_to_euros(deal: Deal, by: User, at: datetime) -> None:
    terms = TermChanges(currency="EUR", lines=(line("200.00", "EUR"),))
    changes = DealChanges(terms=terms)
    update_deal(deal_id=deal.pk, changes=changes, expected_version=1, by=by, at=at)


class TestADealInAnotherCurrency:
    def test_takes_no_draft_of_before(self, sam: User, deal: Deal, at_noon: datetime) -> None:
        payment = PaymentFactory(by=sam, deal=deal, at=at_noon)
        change_to_euros(deal, sam, at_noon)
        with pytest.raises(ValidationFailed) as refused:
            submit_draft(payment_id=payment.pk, by=sam, at=at_noon)
        assert [each.code for each in refused.value.problems] == ["currency_mismatch"]

    def test_takes_no_payment_that_was_sent_back(
        self, sam: User, vera: User, deal: Deal, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon)
        why = Refusal(reason="Which deal?")
        request_changes(payment_id=payment.pk, checker=vera, refusal=why, at=at_noon)
        change_to_euros(deal, sam, at_noon)
        with pytest.raises(ValidationFailed) as refused:
            resubmit_payment(payment_id=payment.pk, by=sam, at=at_noon)
        assert [each.code for each in refused.value.problems] == ["currency_mismatch"]

    def test_is_never_approved_into(
        self, sam: User, vera: User, deal: Deal, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon)
        with unguarded(DealVersion):
            DealVersion.objects.filter(deal=deal).update(currency="EUR")
        with pytest.raises(PaymentDoesNotFitDeal):
            approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=at_noon)

    def test_is_never_won_over_verified_money(
        self, sam: User, vera: User, deal: Deal, at_noon: datetime
    ) -> None:
        VerifiedPaymentFactory(by=sam, checker=vera, deal=deal, at=at_noon)
        with unguarded(DealVersion):
            DealVersion.objects.filter(deal=deal).update(currency="EUR")
        with pytest.raises(PaymentDoesNotFitDeal):
            win(deal, sam, at_noon)

    def test_cannot_come_about_under_a_payment(
        self, sam: User, as_sam: PrsClient, deal: Deal, at_noon: datetime
    ) -> None:
        SubmittedPaymentFactory(by=sam, deal=deal, at=at_noon)
        euros = {"amount": "200.00", "currency": "EUR"}
        body = {
            "currency": "EUR",
            "lines": [{"description": "x", "quantity": "1", "unit_price": euros}],
        }
        answer = as_sam.patch(f"/api/business/deals/{deal.code}/", body, version=1)
        assert error(answer, 409)["code"] == "deal_has_money"


class TestAnArchivedDeal:
    def test_takes_no_payment(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(status="draft", by=sam, at=at_noon)
        draft = PaymentFactory(by=sam, deal=deal, at=at_noon, money=dollars(10))
        archive_deal(deal_id=deal.pk, by=sam, at=at_noon)
        with pytest.raises(DealIsArchived):
            PaymentFactory(by=sam, deal=deal, at=at_noon)
        with pytest.raises(DealIsArchived):
            submit_draft(payment_id=draft.pk, by=sam, at=at_noon)


def test_no_money_came_before_1900(sam: User, deal: Deal, at_noon: datetime) -> None:
    with pytest.raises(ValidationFailed) as refused:
        PaymentFactory(
            by=sam, deal=deal, at=at_noon, received_on=date(1, 1, 1), late_reason="Found it."
        )
    assert [each.field for each in refused.value.problems] == ["/received_on"]
