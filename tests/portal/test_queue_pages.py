"""The verifier's room: the queue, the review beside the proof, the decisions."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from shared_apps.web.pages.page import POLICY
from tenant_apps.accounts.models import User
from tenant_apps.payments.exchange import FxQuote
from tenant_apps.payments.models import Payment, Status
from tenant_apps.payments.review import held_review
from tenant_apps.payments.services import edit_payment
from tests.factories.deals import WonDealFactory
from tests.factories.documents import StoredFileFactory, picture, upload
from tests.factories.payments import SubmittedPaymentFactory
from tests.queries import queries_of


@pytest.fixture
def payment(sam: User) -> Payment:
    return SubmittedPaymentFactory(by=sam, at=utc_now())


def seen(payment: Payment, **typed: str) -> dict[str, Any]:
    """Return what a decision's form sends: what was seen, and what was typed."""
    return {"version": str(payment.version), "content_hash": payment.content_hash, **typed}


class TestQueue:
    def test_shows_what_waits_and_leads_to_the_first(
        self, veras: Browser, payment: Payment
    ) -> None:
        page = veras.get("/queue/")
        assert [row.payment for row in page.context["rows"]] == [payment]
        assert f'href="/queue/{payment.code}/"' in page.content.decode()

    def test_says_so_when_nothing_waits(self, veras: Browser) -> None:
        assert "Nothing waits for you" in veras.get("/queue/").content.decode()

    def test_asks_as_much_for_many_as_for_one(
        self, veras: Browser, sam: User, payment: Payment
    ) -> None:
        few = queries_of(lambda: veras.get("/queue/"))
        for _ in range(9):
            SubmittedPaymentFactory(by=sam, at=utc_now())
        assert queries_of(lambda: veras.get("/queue/")) == few


class TestReview:
    def test_shows_proof_and_figures(self, veras: Browser, payment: Payment) -> None:
        page = veras.get(f"/queue/{payment.code}/")
        html = page.content.decode()
        assert f"/payments/{payment.code}/proofs/{payment.proofs.get().file_id}/" in html
        assert "$400.00" in html
        assert page["Content-Security-Policy"] == POLICY

    def test_warns_of_a_possible_duplicate(
        self, veras: Browser, sam: User, payment: Payment
    ) -> None:
        twin = SubmittedPaymentFactory(by=sam, at=utc_now(), deal=payment.deal)
        html = veras.get(f"/queue/{payment.code}/").content.decode()
        assert "This may be a duplicate" in html
        assert f'href="/payments/{twin.code}/"' in html
        assert "if it is the same, reject it as a duplicate" in html

    def test_says_what_the_maker_changed(self, veras: Browser, sam: User, payment: Payment) -> None:
        assert "What changed" not in veras.get(f"/queue/{payment.code}/").content.decode()
        other, slip = WonDealFactory(by=sam, client=payment.client), StoredFileFactory(by=sam)
        changed = {
            "money": Money.of("410.00", "USD"),
            "method": "cash",
            "deal": other.pk,
            "proofs": (slip.pk,),
        }
        edit_payment(
            payment_id=payment.pk, changes=changed, expected_version=1, by=sam, at=utc_now()
        )
        html = veras.get(f"/queue/{payment.code}/").content.decode()
        for words in (
            "$400.00 → <b>$410.00</b>",
            "→ <b>Cash</b>",
            f"→ <b>{other.code} {other.name}</b>",
            "another file → <b>receipt.pdf</b>",
        ):
            assert words in html
        assert f"{sam.full_name}, " in html

    def test_has_no_ids_twice(self, veras: Browser, payment: Payment) -> None:
        html = veras.get(f"/queue/{payment.code}/").content.decode()
        ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
        assert len(ids) == len(set(ids))

    def test_knows_its_neighbours(self, veras: Browser, sam: User, payment: Payment) -> None:
        second = SubmittedPaymentFactory(by=sam, at=utc_now())
        page = veras.get(f"/queue/{payment.code}/")
        around = {page.context["previous"], page.context["next"]}
        assert f"/queue/{second.code}/" in around

    def test_asks_as_much_in_a_long_queue(
        self, veras: Browser, sam: User, payment: Payment
    ) -> None:
        few = queries_of(lambda: veras.get(f"/queue/{payment.code}/"))
        for _ in range(5):
            SubmittedPaymentFactory(by=sam, at=utc_now())
        assert queries_of(lambda: veras.get(f"/queue/{payment.code}/")) == few


class TestApprove:
    def test_verifies_and_goes_on_with_the_next(
        self, veras: Browser, sam: User, payment: Payment
    ) -> None:
        second = SubmittedPaymentFactory(by=sam, at=utc_now())
        form = seen(payment, verified_amount="400.00")
        answer = veras.post(f"/queue/{payment.code}/approve/", form)
        payment.refresh_from_db()
        assert payment.status == Status.VERIFIED
        assert answer["Location"] in (f"/queue/{second.code}/", "/queue/")

    def test_takes_another_amount_with_its_reason(self, veras: Browser, payment: Payment) -> None:
        path = f"/queue/{payment.code}/approve/"
        page = veras.post(path, seen(payment, verified_amount="390"))
        assert page.status_code == 400
        assert page.context["forms"]["approve"].is_refused
        assert 'value="390"' in page.content.decode()
        veras.post(path, seen(payment, verified_amount="390", reason="The bank kept ten."))
        payment.refresh_from_db()
        assert payment.verified_money == Money.of("390.00", "USD")

    def test_is_refused_to_the_maker(self, payment: Payment, olga: User, browser_of: Any) -> None:
        own = SubmittedPaymentFactory(by=olga, at=utc_now())
        page = browser_of(olga).post(f"/queue/{own.code}/approve/", seen(own))
        assert page.status_code == 403
        own.refresh_from_db()
        assert own.is_submitted

    def test_is_refused_a_second_time(self, veras: Browser, payment: Payment) -> None:
        veras.post(f"/queue/{payment.code}/approve/", seen(payment))
        page = veras.post(f"/queue/{payment.code}/approve/", seen(payment))
        assert page.status_code == 409
        assert "does not wait for your decision" in page.content.decode()

    def test_is_refused_when_the_content_was_not_seen(
        self, veras: Browser, payment: Payment
    ) -> None:
        page = veras.post(f"/queue/{payment.code}/approve/", seen(payment) | {"version": "99"})
        assert page.status_code == 412
        payment.refresh_from_db()
        assert payment.is_submitted

    def test_is_not_open_to_a_salesperson(self, sams: Browser, payment: Payment) -> None:
        assert sams.post(f"/queue/{payment.code}/approve/", seen(payment)).status_code == 403

    def test_from_another_organization_is_not_found(
        self, mallorys: Browser, payment: Payment
    ) -> None:
        assert mallorys.post(f"/queue/{payment.code}/approve/", seen(payment)).status_code == 404

    def test_by_another_word_is_not_found(self, veras: Browser, payment: Payment) -> None:
        assert veras.post(f"/queue/{payment.code}/bless/", seen(payment)).status_code == 404
        assert veras.get(f"/queue/{payment.code}/bless/").status_code == 404


class TestRefuse:
    def test_sends_back_with_a_reason(self, veras: Browser, payment: Payment) -> None:
        path = f"/queue/{payment.code}/changes/"
        page = veras.post(path, seen(payment, reason=""))
        assert page.context["forms"]["changes"].errors("/reason")
        assert page.context["decision"] == "changes"
        assert veras.post(path, seen(payment, reason="Which account?")).status_code == 303
        payment.refresh_from_db()
        assert payment.status == Status.CHANGES_REQUESTED

    def test_rejects_with_a_known_reason_and_words(self, veras: Browser, payment: Payment) -> None:
        path = f"/queue/{payment.code}/reject/"
        page = veras.post(path, seen(payment, reason="Never came"))
        assert page.context["forms"]["reject"].errors("/failure_reason")
        assert 'value="Never came"' in page.content.decode()
        typed = seen(payment, reason="Never came", failure_reason="not_received")
        assert veras.post(path, typed).status_code == 303
        payment.refresh_from_db()
        assert payment.status == Status.REJECTED


class TestLease:
    def claim(self, browser: Browser, payment: Payment, **typed: str) -> str:
        path = f"/queue/{payment.code}/claim/"
        answer = browser.post(path, typed, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return answer.content.decode()

    def test_is_taken_by_the_open_page_and_shown(self, veras: Browser, payment: Payment) -> None:
        html = veras.get(f"/queue/{payment.code}/").content.decode()
        assert f'hx-post="/queue/{payment.code}/claim/" hx-trigger="load"' in html
        part = self.claim(veras, payment)
        assert "You hold this payment until" in part
        assert 'hx-trigger="every 600s"' in part
        assert "<html" not in part

    def test_is_given_back(self, veras: Browser, payment: Payment) -> None:
        self.claim(veras, payment)
        answer = veras.post(f"/queue/{payment.code}/give-back/")
        assert answer["Location"] == "/queue/"
        assert "Nobody holds this payment" in veras.get(f"/queue/{payment.code}/").content.decode()

    def test_is_given_back_without_a_word_by_a_page_that_is_left(
        self, veras: Browser, payment: Payment
    ) -> None:
        self.claim(veras, payment)
        for _ in range(2):
            answer = veras.post(f"/queue/{payment.code}/give-back/", {"quiet": "1"})
            assert answer.status_code == 204
        assert held_review(payment.pk, at=utc_now()) is None

    def test_shows_who_holds_it_and_takes_no_decision_from_others(
        self, veras: Browser, viktor: User, browser_of: Any, payment: Payment
    ) -> None:
        self.claim(veras, payment)
        viktors = browser_of(viktor)
        page = viktors.get(f"/queue/{payment.code}/")
        html = page.content.decode()
        assert "Vera Verifier reviews this payment until" in html
        assert "Your decision" not in html
        assert "reviews this payment until" in self.claim(viktors, payment)
        assert viktors.post(f"/queue/{payment.code}/approve/", seen(payment)).status_code == 409

    def test_is_taken_over_with_a_reason_once_it_is_overdue(
        self, veras: Browser, viktor: User, browser_of: Any, payment: Payment
    ) -> None:
        self.claim(veras, payment)
        Payment.objects.filter(pk=payment.pk).update(review_due_at=utc_now() - timedelta(days=1))
        viktors = browser_of(viktor)
        assert "Take it over" in viktors.get(f"/queue/{payment.code}/").content.decode()
        answer = viktors.post(f"/queue/{payment.code}/claim/", {"reason": "Vera is away"})
        assert answer["Location"] == f"/queue/{payment.code}/"
        held = held_review(payment.pk, at=utc_now())
        assert held is not None
        assert held.reviewer == viktor

    def test_asks_why_it_is_taken_over_at_its_field(
        self, veras: Browser, viktor: User, browser_of: Any, payment: Payment
    ) -> None:
        self.claim(veras, payment)
        Payment.objects.filter(pk=payment.pk).update(review_due_at=utc_now() - timedelta(days=1))
        answer = browser_of(viktor).post(f"/queue/{payment.code}/claim/", {"reason": " "})
        html = answer.content.decode()
        assert answer.status_code == 400
        assert "This field is required." in html
        assert 'aria-invalid="true"' in html
        held = held_review(payment.pk, at=utc_now())
        assert held is not None
        assert held.reviewer != viktor

    def test_that_is_not_free_says_when_it_is(
        self, veras: Browser, viktor: User, browser_of: Any, payment: Payment
    ) -> None:
        self.claim(veras, payment)
        answer = browser_of(viktor).post(f"/queue/{payment.code}/claim/", {"reason": "Mine"})
        assert answer.status_code == 409
        assert "take it over once it is overdue" in answer.content.decode()

    def test_is_not_open_to_a_salesperson(self, sams: Browser, payment: Payment) -> None:
        for act in ("claim", "give-back"):
            assert sams.post(f"/queue/{payment.code}/{act}/").status_code == 403

    def test_of_another_organization_is_not_found(
        self, mallorys: Browser, payment: Payment
    ) -> None:
        for act in ("claim", "give-back"):
            assert mallorys.post(f"/queue/{payment.code}/{act}/").status_code == 404

    def test_is_no_page(self, veras: Browser, payment: Payment) -> None:
        for act in ("claim", "give-back"):
            answer = veras.get(f"/queue/{payment.code}/{act}/")
            assert answer["Location"] == f"/queue/{payment.code}/"


class TestForeignCurrency:
    @pytest.fixture
    def foreign(self, sam: User) -> Payment:
        """400.00 euros for a deal in dollars."""
        quote = FxQuote(
            rate=Decimal("1.0834"), rate_on=local_day_of(utc_now()), source="European Central Bank"
        )
        return SubmittedPaymentFactory(
            by=sam, at=utc_now(), money=Money.of("400.00", "EUR"), fx=quote
        )

    def test_asks_for_the_rate_and_says_why_without_it(
        self, veras: Browser, foreign: Payment
    ) -> None:
        html = veras.get(f"/queue/{foreign.code}/").content.decode()
        assert "European Central Bank" in html
        assert 'name="fx_rate"' in html
        path = f"/queue/{foreign.code}/approve/"
        assert veras.post(path, seen(foreign, fx_rate="1.1")).status_code == 409
        assert veras.post(path, seen(foreign, fx_rate="1.0834")).status_code == 303
        foreign.refresh_from_db()
        assert foreign.status == Status.VERIFIED

    def test_comes_with_its_rate_from_the_form(self, sams: Browser, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        form = sams.get("/payments/new/", {"deal": deal.code}).context["form"]
        typed = {
            **form.typed,
            "currency": "EUR",
            "amount": "400",
            "method": "cash",
            "fx.rate": "1.0834",
            "fx.rate_on": local_day_of(utc_now()).isoformat(),
            "fx.source": "ECB",
            "proof": upload(picture(), "receipt.png"),
        }
        answer = sams.post("/payments/new/", typed)
        assert answer.status_code == 303, answer.context["form"].said
        payment = Payment.objects.get(deal=deal)
        assert (payment.fx_rate, payment.fx_source) == (Decimal("1.0834"), "ECB")
        edit = sams.get(f"/payments/{payment.code}/edit/").context["form"]
        assert edit.typed["fx"]["rate"] == "1.0834"


class TestDesk:
    def test_shows_what_waits_and_what_was_decided_today(
        self, veras: Browser, sam: User, payment: Payment
    ) -> None:
        other = SubmittedPaymentFactory(by=sam, at=utc_now())
        veras.post(f"/queue/{payment.code}/approve/", seen(payment))
        desk = veras.get("/dashboard/").context["desk"]
        assert desk.figures.waiting == 1
        assert desk.outcomes == [("approve", 1), ("request_changes", 0), ("reject", 0)]
        assert [each.payment for each in desk.latest] == [payment]
        assert other.is_submitted

    def test_is_not_a_salespersons(self, sams: Browser) -> None:
        assert sams.get("/dashboard/").context["desk"] is None

    def test_asks_as_much_for_many_decisions(
        self, veras: Browser, sam: User, payment: Payment
    ) -> None:
        veras.post(f"/queue/{payment.code}/approve/", seen(payment))
        few = queries_of(lambda: veras.get("/dashboard/"))
        for _ in range(4):
            more = SubmittedPaymentFactory(by=sam, at=utc_now())
            veras.post(f"/queue/{more.code}/approve/", seen(more))
        assert queries_of(lambda: veras.get("/dashboard/")) == few
