"""The page of what cannot be done with people, policies and reviews says why not as well."""

from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.wording import written
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.models import Policy
from tenant_apps.approvals.services import PAYMENT, NewPolicy, NewStep, create_policy
from tenant_apps.payments.models import Payment
from tenant_apps.payments.review import held_review
from tests.factories.payments import (
    SubmittedPaymentFactory,
)
from tests.portal.conftest import Browsers
from tests.portal.refused import why_not


class TestPeople:
    def test_who_hold_more_are_left_alone(
        self, browser_of: Browsers, adam: User, olga: User, sam: User
    ) -> None:
        adams = browser_of(adam)
        for step in ("edit", "reset", "roles", "move/suspend", "move/sign-out"):
            said = why_not(adams, f"/people/{olga.pk}/{step}/", 403)
            assert "nor act on a person who holds them" in said
        assert adams.get(f"/people/{sam.pk}/edit/").status_code == 200
        assert f"/people/{olga.pk}/roles/" not in adams.get(f"/people/{olga.pk}/").content.decode()

    def test_do_not_suspend_themselves(self, browser_of: Browsers, adam: User) -> None:
        adams = browser_of(adam)
        path = f"/people/{adam.pk}/move/suspend/"
        assert "You cannot suspend yourself" in why_not(adams, path)
        assert adams.post(path, {"reason": "Tired."}).status_code == 409
        adam.refresh_from_db()
        assert adam.is_active

    def test_reset_second_factors_of_others_who_have_some(
        self, browser_of: Browsers, adam: User, sam: User
    ) -> None:
        adams = browser_of(adam)
        said = why_not(adams, f"/people/{sam.pk}/reset/")
        assert "no second factor that could be reset" in said
        why_not(adams, f"/people/{adam.pk}/reset/", 403)

    def test_take_the_steps_from_where_they_stand(
        self, browser_of: Browsers, adam: User, sam: User
    ) -> None:
        why_not(browser_of(adam), f"/people/{sam.pk}/move/reactivate/")


class TestPolicies:
    @pytest.fixture
    def adams(self, browser_of: Browsers, adam: User) -> Browser:
        return browser_of(adam)

    def policy(self, name: str, adam: User, needed: int = 1, priority: int = 10) -> Policy:
        step = NewStep(permission="payments.decide", approvals_needed=needed)
        new = NewPolicy(name=name, subject_type=PAYMENT, steps=(step,), priority=priority)
        return create_policy(new=new, by=adam, at=utc_now())

    def test_of_a_kind_are_never_all_retired(self, adams: Browser, adam: User) -> None:
        last = Policy.objects.get(subject_type=PAYMENT)
        path = f"/settings/policies/{last.pk}/retire/"
        assert "add another one first" in why_not(adams, path)
        html = adams.get("/settings/policies/").content.decode()
        assert path not in html
        assert "add another one first" in html
        self.policy("Another", adam)
        assert adams.get(path).status_code == 200
        assert path in adams.get("/settings/policies/").content.decode()

    def test_are_not_retired_by_the_one_who_asked(
        self, adams: Browser, adam: User, browser_of: Browsers, olga: User
    ) -> None:
        strict = self.policy("Two of them", adam, needed=2)
        path = f"/settings/policies/{strict.pk}/retire/"
        assert adams.post(path).status_code == 303
        said = why_not(adams, path, 403)
        assert "a second administrator has to retire it now" in said
        assert browser_of(olga).get(path).status_code == 200
        assert browser_of(olga).post(path).status_code == 303
        why_not(adams, path, 404)


class TestDecisions:
    @pytest.fixture
    def waiting(self, sam: User) -> Payment:
        return SubmittedPaymentFactory(by=sam, at=utc_now())

    def decision(self, browser: Browser, payment: Payment) -> str:
        html = browser.get(f"/queue/{payment.code}/approve/").content.decode()
        assert "Your decision" not in html
        return html

    def test_are_not_offered_to_the_maker(
        self, browser_of: Browsers, olga: User, waiting: Payment
    ) -> None:
        own = SubmittedPaymentFactory(by=olga, at=utc_now())
        assert "does not decide on it" in self.decision(browser_of(olga), own)
        html = browser_of(olga).get(f"/queue/{waiting.code}/").content.decode()
        assert "Your decision" in html

    def test_are_not_offered_while_another_holds_it(
        self,
        veras: Browser,
        viktor: User,
        browser_of: Browsers,
        waiting: Payment,
        acme: Tenant,
    ) -> None:
        veras.post(f"/queue/{waiting.code}/claim/")
        viktors = browser_of(viktor)
        assert "Vera Verifier reviews" in self.decision(viktors, waiting)
        page = viktors.post(
            f"/queue/{waiting.code}/approve/", {"version": waiting.version, "reason": "x"}
        )
        assert page.status_code == 409
        lease = held_review(waiting.pk, at=utc_now())
        assert lease
        assert acme.timezone != "UTC"
        until = written(lease.expires_at.astimezone(ZoneInfo(acme.timezone)))
        said = page.context["form"].said
        assert f"until {until}" in said
        assert "UTC" not in said


class TestSuspendedOrganization:
    @pytest.fixture(autouse=True)
    def suspended(self, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(type(acme), "is_writable", property(lambda _: False))

    @pytest.mark.parametrize("path", ["/clients/new/", "/deals/new/", "/payments/new/"])
    def test_shows_no_form(self, sams: Browser, path: str) -> None:
        said = why_not(sams, path, 423)
        assert "you can read and export, but not change anything" in said

    def test_shows_what_is_read_beside_a_form(self, browser_of: Browsers, adam: User) -> None:
        adams = browser_of(adam)
        for path in ("/settings/organization/", "/hand-overs/", "/settings/sign-in/"):
            assert adams.get(path).status_code == 200
        assert adams.get("/people/invite/").status_code == 423
