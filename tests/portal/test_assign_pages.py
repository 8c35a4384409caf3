"""A review is given to somebody, and taken back, in the browser."""

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.payments.models import Payment
from tenant_apps.payments.review import held_review
from tests.cast import person_named
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.portal.conftest import Browsers


@pytest.fixture
def payment(sam: User) -> Payment:
    made: Payment = SubmittedPaymentFactory(by=sam, at=utc_now())
    return made


@pytest.fixture
def fays(fay: User, browser_of: Browsers) -> Browser:
    return browser_of(fay)


def holder_of(payment: Payment) -> str:
    held = held_review(payment.pk, at=utc_now())
    return held.reviewer.full_name if held else ""


class TestGive:
    def test_offers_those_who_may_decide(self, fays: Browser, vera: User, payment: Payment) -> None:
        offered = {name for name, _ in fays.get(self.path(payment)).context["reviewers"]}
        assert str(vera.pk) in offered
        assert not offered & {str(payment.maker_id), str(person_named("suki").pk)}

    def test_gives_it_for_some_hours_and_takes_it_back(
        self, fays: Browser, vera: User, payment: Payment
    ) -> None:
        answer = fays.post(self.path(payment), {"reviewer": str(vera.pk), "hours": "3"})
        assert answer["Location"] == f"/payments/{payment.code}/"
        assert holder_of(payment) == vera.full_name
        assert vera.full_name in fays.get(self.path(payment)).content.decode()
        fays.post(f"/payments/{payment.code}/unassign/")
        assert holder_of(payment) == ""
        fays.post(f"/payments/{payment.code}/unassign/")
        said = fays.get(f"/payments/{payment.code}/").content.decode()
        assert "You do not hold the review of this payment." in said

    def test_is_refused_to_who_earns_by_it(
        self, fays: Browser, sam: User, payment: Payment
    ) -> None:
        answer = fays.post(self.path(payment), {"reviewer": str(sam.pk), "hours": "3"})
        assert answer.status_code in (400, 403, 409)
        assert answer.context["form"].is_refused
        assert holder_of(payment) == ""

    @pytest.mark.parametrize("hours", ["0", "721", "soon"])
    def test_says_at_the_field_why_not(
        self, fays: Browser, vera: User, payment: Payment, hours: str
    ) -> None:
        answer = fays.post(self.path(payment), {"reviewer": str(vera.pk), "hours": hours})
        assert answer.context["form"].errors("/hours")
        assert answer.context["form"].value("/reviewer") == str(vera.pk)

    def test_is_not_found_from_another_organization(
        self, payment: Payment, mallorys: Browser
    ) -> None:
        for end in ("assign", "unassign"):
            assert mallorys.post(f"/payments/{payment.pk}/{end}/").status_code == 404

    def test_is_offered_while_the_payment_waits(
        self, fays: Browser, sam: User, payment: Payment
    ) -> None:
        assert f"/payments/{payment.code}/assign/" in self.shown(fays, payment)
        done = VerifiedPaymentFactory(by=sam, at=utc_now())
        assert "/assign/" not in self.shown(fays, done)

    @staticmethod
    def path(payment: Payment) -> str:
        """Return the page's address."""
        return f"/payments/{payment.code}/assign/"

    @staticmethod
    def shown(browser: Browser, payment: Payment) -> str:
        """Return the payment's page."""
        return browser.get(f"/payments/{payment.code}/").content.decode()
