"""Who is credited on a deal, changed from a day on, in the browser."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.selectors import credited_shares
from tests.factories.deals import WonDealFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.portal.conftest import Browsers, key_of

HALF = Decimal(50)


@pytest.fixture
def deal(sam: User) -> Deal:
    made: Deal = WonDealFactory(by=sam, at=utc_now())
    return made


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    return browser_of(adam)


def sent(sam: User, suki: User, **more: str) -> dict[str, str]:
    """Return the form: half to each."""
    return {
        "valid_from": (utc_now().date() + timedelta(days=2)).isoformat(),
        "reason": "Suki goes on.",
        "splits.0.payee": str(sam.pk),
        "splits.0.share_percent": "50",
        "splits.1.payee": str(suki.pk),
        "splits.1.share_percent": "50",
        "request_key": key_of(1),
        **more,
    }


class TestChangeCredit:
    def test_begins_with_the_shares_of_today(self, adams: Browser, deal: Deal, sam: User) -> None:
        form = adams.get(f"/deals/{deal.code}/credit/").context["form"]
        assert form.value("/splits") == [{"payee": str(sam.pk), "share_percent": "100"}]

    def test_holds_from_its_day_on(self, adams: Browser, deal: Deal, sam: User, suki: User) -> None:
        given = sent(sam, suki)
        answer = adams.post(f"/deals/{deal.code}/credit/", given)
        assert answer["Location"] == f"/deals/{deal.code}/"
        today = utc_now().date()
        assert [each.user_id for each in credited_shares(deal.pk, on=today)] == [sam.pk]
        later = credited_shares(deal.pk, on=today + timedelta(days=2))
        assert {each.user_id: each.share_percent for each in later} == {sam.pk: HALF, suki.pk: HALF}
        shown = adams.get(f"/deals/{deal.code}/credit/").content.decode()
        assert "from the beginning" in shown

    def test_adds_a_row_without_saving(
        self, adams: Browser, deal: Deal, sam: User, suki: User
    ) -> None:
        answer = adams.post(f"/deals/{deal.code}/credit/", sent(sam, suki, step="splits+"))
        assert answer.status_code == 200
        assert len(answer.context["form"].value("/splits")) == 3

    def test_keeps_what_was_typed_and_says_why_not(
        self, adams: Browser, deal: Deal, sam: User, suki: User
    ) -> None:
        wrong = sent(sam, suki, **{"splits.1.share_percent": "40"})
        answer = adams.post(f"/deals/{deal.code}/credit/", wrong)
        said = [each.message for each in answer.context["form"].problems]
        assert (answer.status_code, said) == (400, ["The shares total 90%, not 100%."])
        assert said[0] in answer.content.decode()
        assert answer.context["form"].value("/reason") == "Suki goes on."

    def test_is_refused_before_money_that_came(
        self, adams: Browser, deal: Deal, sam: User, suki: User
    ) -> None:
        VerifiedPaymentFactory(by=sam, at=utc_now(), deal=deal)
        offered = adams.get(f"/deals/{deal.code}/credit/").context["form"].value("/valid_from")
        assert offered > utc_now().date().isoformat()
        early = sent(sam, suki, valid_from=utc_now().date().isoformat())
        answer = adams.post(f"/deals/{deal.code}/credit/", early)
        assert answer.status_code == 409
        assert "choose a later day" in answer.content.decode()

    def test_is_not_found_from_another_organization(self, deal: Deal, mallorys: Browser) -> None:
        assert mallorys.get(f"/deals/{deal.pk}/credit/").status_code == 404

    def test_is_offered_to_who_may(self, adams: Browser, sams: Browser, deal: Deal) -> None:
        assert adams.get(f"/deals/{deal.code}/").context["may_change_credit"] is True
        assert sams.get(f"/deals/{deal.code}/").context["may_change_credit"] is False
