"""Money that goes back, in the browser: asked for by one, decided by another, sent by a third."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import suspend_person
from tenant_apps.deals.models import Deal
from tenant_apps.payments.models import Payment
from tenant_apps.returns.models import Return
from tenant_apps.returns.services import people_to_decide
from tests.cast import make_person
from tests.factories.deals import WonDealFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.portal.conftest import Browsers
from tests.queries import queries_of


@pytest.fixture
def payment(sam: User, vera: User) -> Payment:
    """400.00 that Vera has verified."""
    return VerifiedPaymentFactory(by=sam, at=utc_now())


@pytest.fixture
def deal(sam: User) -> Deal:
    """A won deal that owes 1,000.00."""
    return WonDealFactory(by=sam, at=utc_now())


@pytest.fixture
def fays(fay: User, browser_of: Browsers) -> Browser:
    """Fay's browser."""
    return browser_of(fay)


def ask(browser: Browser, payment: Payment, kind: str = "refund", **typed: str) -> Return:
    """Ask for a return on its page; return it."""
    given = {"reason": "The client asked.", **typed}
    answer = browser.post(f"/payments/{payment.code}/return/{kind}/", given)
    assert answer.status_code == 303, answer.context["form"].said
    return Return.objects.get(code=answer["Location"].strip("/").split("/")[-1])


def seen(asked: Return, **typed: str) -> dict[str, Any]:
    """Return what the form of a decision sends."""
    return {"content_hash": asked.content_hash, **typed}


class TestRefund:
    def test_is_asked_for_approved_and_sent(
        self, sams: Browser, veras: Browser, fays: Browser, payment: Payment
    ) -> None:
        asked = ask(sams, payment, amount="150.00", reduces_sale="true")
        assert asked.money == Money.of("150.00", "USD")
        assert asked.reduces_sale
        path = f"/returns/{asked.code}/"
        assert "It waits for a second person" in sams.get(path).content.decode()
        assert [act.name for act, _form in veras.get(path).context["acts"]] == ["approve", "reject"]
        assert veras.post(f"{path}approve/", seen(asked)).status_code == 303
        assert [act.name for act, _form in fays.get(path).context["acts"]] == ["sent", "failed"]
        assert fays.post(f"{path}sent/", {"reference": "TRX-7"}).status_code == 303
        asked.refresh_from_db()
        assert (asked.status, asked.reference) == ("sent", "TRX-7")

    def test_is_of_everything_unless_less_is_said(self, sams: Browser, payment: Payment) -> None:
        assert ask(sams, payment).money == payment.held_money

    def test_says_at_the_field_why_not(self, sams: Browser, payment: Payment) -> None:
        path = f"/payments/{payment.code}/return/refund/"
        page = sams.post(path, {"amount": "many", "reason": ""})
        assert page.status_code == 400
        assert page.context["form"].errors("/amount")
        assert page.context["form"].errors("/reason")
        assert 'value="many"' in page.content.decode()

    def test_of_more_than_there_is_is_refused(self, sams: Browser, payment: Payment) -> None:
        path = f"/payments/{payment.code}/return/refund/"
        page = sams.post(path, {"amount": "900.00", "reason": "All of it"})
        assert page.status_code in (400, 409)
        assert page.context["form"].said

    def test_is_asked_for_once_however_often_it_is_sent(
        self, sams: Browser, payment: Payment
    ) -> None:
        path = f"/payments/{payment.code}/return/refund/"
        key = sams.get(path).context["form"].key
        typed = {"request_key": key, "amount": "10.00", "reason": "Once"}
        answers = [sams.post(path, typed)["Location"] for _ in range(2)]
        assert answers[0] == answers[1]
        assert Return.objects.count() == 1

    def test_is_rejected_with_a_reason(
        self, sams: Browser, veras: Browser, payment: Payment
    ) -> None:
        asked = ask(sams, payment)
        path = f"/returns/{asked.code}/reject/"
        page = veras.post(path, seen(asked))
        assert page.status_code in (400, 409)
        assert page.context["opened"] == "reject"
        veras.post(path, seen(asked, reason="Nothing was broken."))
        page = veras.get(f"/returns/{asked.code}/")
        assert "Nothing was broken." in page.content.decode()
        assert page.context["acts"] == []

    def test_is_not_decided_by_who_asked(
        self, payment: Payment, olga: User, browser_of: Any
    ) -> None:
        olgas = browser_of(olga)
        asked = ask(olgas, payment)
        page = olgas.post(f"/returns/{asked.code}/approve/", seen(asked))
        assert page.status_code in (403, 409)
        asked.refresh_from_db()
        assert asked.is_requested

    def test_is_not_decided_unseen(self, sams: Browser, veras: Browser, payment: Payment) -> None:
        asked = ask(sams, payment)
        page = veras.post(f"/returns/{asked.code}/approve/", {"content_hash": "0" * 64})
        assert page.status_code in (409, 412)


class TestWithdrawal:
    def test_is_of_who_asked_while_it_waits(
        self, sams: Browser, fays: Browser, veras: Browser, payment: Payment
    ) -> None:
        asked = ask(sams, payment)
        path = f"/returns/{asked.code}/"
        assert [act.name for act, _form in sams.get(path).context["acts"]] == ["withdraw"]
        assert fays.get(path).context["acts"] == []
        page = fays.post(f"{path}withdraw/")
        assert page.status_code == 403
        assert "Only the person who asked for this can take it back." in page.content.decode()
        assert sams.post(f"{path}withdraw/")["Location"] == path
        page = sams.get(path)
        assert page.context["acts"] == []
        assert "Withdrawn" in page.content.decode()
        assert veras.get(path).context["acts"] == []
        assert sams.post(f"{path}withdraw/").status_code == 409
        assert ask(sams, payment).money == payment.held_money

    def test_is_not_open_to_who_only_reads(
        self, fays: Browser, audrey: User, browser_of: Browsers, payment: Payment
    ) -> None:
        asked = ask(fays, payment)
        assert browser_of(audrey).post(f"/returns/{asked.code}/withdraw/").status_code == 403

    def test_from_another_organization_is_not_found(
        self, fays: Browser, mallorys: Browser, payment: Payment
    ) -> None:
        asked = ask(fays, payment)
        assert mallorys.post(f"/returns/{asked.code}/withdraw/").status_code == 404


class TestWhoDecides:
    def test_is_said_without_who_asked_or_gains(
        self, payment: Payment, olga: User, browser_of: Browsers
    ) -> None:
        olgas = browser_of(olga)
        asked = ask(olgas, payment)
        page = olgas.get(f"/returns/{asked.code}/")
        names = [person.full_name for person in page.context["deciders"]]
        assert {"Vera Verifier", "Viktor Verifier"} <= set(names)
        assert olga.full_name not in names
        html = page.content.decode()
        assert f"Can be decided by {', '.join(names)}" in html
        assert "Your decision" not in html
        assert "Your request" in html

    def test_is_said_in_numbers_where_they_are_many(
        self, fays: Browser, payment: Payment, olga: User, at_noon: datetime
    ) -> None:
        asked = ask(fays, payment)
        path = f"/returns/{asked.code}/"
        few = queries_of(lambda: fays.get(path))
        before = people_to_decide(asked, at=utc_now())
        for number in range(7):
            make_person(f"zoe{number}", last_name="Zed", role="verifier", by=olga, at=at_noon)
        page = fays.get(path)
        assert len(page.context["deciders"]) == 5
        more = len(before) + 7 - 5
        assert f"and {more} more" in page.content.decode()
        assert queries_of(lambda: fays.get(path)) == few

    def test_is_said_when_it_is_nobody(self, fays: Browser, payment: Payment, adam: User) -> None:
        asked = ask(fays, payment)
        for person in people_to_decide(asked, at=utc_now()):
            suspend_person(user_id=person.pk, by=adam.actor, at=utc_now())
        html = fays.get(f"/returns/{asked.code}/").content.decode()
        assert "Nobody can decide on this" in html


class TestOthers:
    def test_a_chargeback_is_lost_or_won(
        self, fays: Browser, veras: Browser, payment: Payment
    ) -> None:
        asked = ask(fays, payment, "chargeback", reference="CB-1", amount="100.00")
        html = veras.get(f"/returns/{asked.code}/").content.decode()
        assert "The bank kept the money" in html
        veras.post(f"/returns/{asked.code}/approve/", seen(asked))
        assert "Lost" in veras.get(f"/returns/{asked.code}/").content.decode()

    def test_a_reversal_undoes_the_payment(
        self, fays: Browser, veras: Browser, payment: Payment
    ) -> None:
        asked = ask(fays, payment, "reversal")
        veras.post(f"/returns/{asked.code}/approve/", seen(asked))
        payment.refresh_from_db()
        assert payment.status == "reversed"

    def test_a_write_off_is_given_up_and_expected_again(
        self, fays: Browser, veras: Browser, deal: Deal
    ) -> None:
        answer = fays.post(f"/deals/{deal.code}/write-off/", {"reason": "Insolvent"})
        path = answer["Location"]
        asked = Return.objects.get(deal=deal)
        veras.post(f"{path}approve/", seen(asked))
        deal.refresh_from_db()
        assert deal.status == "bad_debt"
        assert [act.name for act, _form in fays.get(path).context["acts"]] == ["recover"]
        assert fays.post(f"{path}recover/", {"reason": ""}).status_code == 400
        answer = fays.post(f"{path}recover/", {"reason": "They promised"})
        recovery = Return.objects.get(write_off=asked)
        assert answer["Location"] == f"/returns/{recovery.code}/"
        page = fays.get(path)
        assert recovery.code in page.content.decode()
        assert page.context["acts"] == []
        assert asked.code in fays.get(f"/returns/{recovery.code}/").content.decode()
        veras.post(f"/returns/{recovery.code}/approve/", seen(recovery))
        asked.refresh_from_db()
        deal.refresh_from_db()
        assert (asked.status, deal.status) == ("recovered", "won")

    def test_unknown_kinds_and_acts_are_not_found(self, fays: Browser, payment: Payment) -> None:
        assert fays.get(f"/payments/{payment.code}/return/gift/").status_code == 404
        asked = ask(fays, payment)
        assert fays.post(f"/returns/{asked.code}/bless/").status_code == 404


class TestList:
    def test_shows_what_is_asked_for_by_kind_and_state(
        self, sams: Browser, fays: Browser, payment: Payment
    ) -> None:
        refund, loss = (
            ask(sams, payment, amount="1.00"),
            ask(fays, payment, "chargeback", amount="2"),
        )
        rows = [row.asked for row in sams.get("/returns/").context["rows"]]
        assert set(rows) == {refund, loss}
        page = sams.get("/returns/", {"kind": "refund", "status": "requested"})
        assert [row.asked for row in page.context["rows"]] == [refund]
        assert "Nothing matches" in sams.get("/returns/?status=sent").content.decode()

    def test_is_empty_at_first(self, sams: Browser) -> None:
        assert "Nothing goes back" in sams.get("/returns/").content.decode()

    def test_asks_as_much_for_many_as_for_one(self, fays: Browser, payment: Payment) -> None:
        ask(fays, payment, amount="1.00")
        few = queries_of(lambda: fays.get("/returns/"))
        for _ in range(5):
            ask(fays, payment, amount="1.00")
        assert queries_of(lambda: fays.get("/returns/")) == few

    def test_stands_on_the_pages_of_payment_and_deal(self, fays: Browser, payment: Payment) -> None:
        asked = ask(fays, payment)
        assert asked.code in fays.get(f"/payments/{payment.code}/").content.decode()
        assert payment.deal
        assert asked.code in fays.get(f"/deals/{payment.deal.code}/").content.decode()


class TestStrangers:
    def test_of_a_colleague_are_not_found(
        self, fays: Browser, suki: User, browser_of: Browsers, payment: Payment
    ) -> None:
        asked = ask(fays, payment)
        sukis = browser_of(suki)
        assert sukis.get(f"/returns/{asked.code}/").status_code == 404
        assert sukis.get(f"/payments/{payment.code}/return/refund/").status_code == 404

    def test_of_another_organization_are_not_found(
        self, fays: Browser, mallorys: Browser, payment: Payment, deal: Deal
    ) -> None:
        asked = ask(fays, payment)
        assert mallorys.get(f"/returns/{asked.code}/").status_code == 404
        assert mallorys.post(f"/returns/{asked.code}/approve/", seen(asked)).status_code == 404
        assert mallorys.post(f"/deals/{deal.code}/write-off/", {"reason": "x"}).status_code == 404
        path = f"/payments/{payment.code}/return/refund/"
        assert mallorys.post(path, {"reason": "x"}).status_code == 404
