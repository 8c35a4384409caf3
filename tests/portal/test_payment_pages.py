"""Payments in the browser: add one with its proof, change it, take it back."""

from typing import Any

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import Refusal, request_changes
from tests.factories.deals import WonDealFactory
from tests.factories.documents import picture, upload
from tests.factories.payments import (
    PaymentFactory,
    SubmittedPaymentFactory,
    VerifiedPaymentFactory,
)
from tests.payments.test_refused_files import kept
from tests.queries import queries_of

NEW = "/payments/new/"


@pytest.fixture
def deal(sam: User) -> Deal:
    return WonDealFactory(by=sam, at=utc_now())


@pytest.fixture
def typed(deal: Deal) -> dict[str, Any]:
    return {
        "request_key": "a filling-in of the form",
        "status": "submitted",
        "deal": deal.code,
        "client": "",
        "currency": "USD",
        "amount": "400.00",
        "method": "bank_transfer",
        "received_on": utc_now().date().isoformat(),
        "reference": "REF-1",
        "proof": upload(picture(), "receipt.png"),
    }


class TestNewPayment:
    def test_is_submitted_with_its_proof(
        self, sams: Browser, deal: Deal, typed: dict[str, Any]
    ) -> None:
        page = sams.post(NEW, typed, follow=True)
        payment = Payment.objects.get(deal=deal)
        assert page.redirect_chain == [(f"/payments/{payment.code}/", 303)]
        assert payment.is_submitted
        assert payment.money == Money.of("400.00", "USD")
        assert payment.proofs.get().file.name == "receipt.png"

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", "Write the amount in digits, such as 12.50."),
            ("de", "Schreiben Sie den Betrag in Ziffern, etwa 12,50."),
        ],
    )
    def test_says_for_people_what_an_amount_is(
        self, sams: Browser, sam: User, typed: dict[str, Any], language: str, said: str
    ) -> None:
        sam.locale = language
        sam.save(update_fields=["locale"])
        page = sams.post(NEW, typed | {"amount": "abc"})
        assert page.context["form"].errors("/amount") == [said]
        assert page.context["form"].value("/amount") == "abc"

    def test_is_made_once_however_often_it_is_sent(
        self, sams: Browser, deal: Deal, typed: dict[str, Any]
    ) -> None:
        proofs = [upload(picture(), "receipt.png") for _ in range(2)]
        answers = [sams.post(NEW, typed | {"proof": proof}) for proof in proofs]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert Payment.objects.filter(deal=deal).count() == 1

    def test_is_kept_as_a_draft(self, sams: Browser, deal: Deal, typed: dict[str, Any]) -> None:
        sams.post(NEW, typed | {"status": "draft"})
        assert Payment.objects.get(deal=deal).is_draft

    def test_keeps_what_was_typed_and_says_at_the_field_why(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        page = sams.post(NEW, typed | {"amount": "a lot", "received_on": "2999-01-01"})
        assert page.status_code == 400
        assert page.context["form"].errors("/amount")
        assert 'value="a lot"' in page.content.decode()
        again = {"received_on": "2199-01-01", "proof": upload(picture(), "receipt.png")}
        page = sams.post(NEW, typed | again)
        assert page.context["form"].errors("/received_on")
        assert not Payment.objects.exists()

    def test_shows_what_it_looks_like_and_asks_why_it_is_another(
        self, sams: Browser, sam: User, deal: Deal, typed: dict[str, Any]
    ) -> None:
        known = SubmittedPaymentFactory(by=sam, at=utc_now(), deal=deal)
        page = sams.post(NEW, typed)
        html = page.content.decode()
        assert page.status_code == 400
        assert f'<a href="/payments/{known.code}/" target="_blank"' in html
        assert "if it is the same, do not enter it again" in html
        assert "Why is this no duplicate?</label>" in html
        why = {"duplicate_justification": "Two instalments on one day."}
        again = {"proof": upload(picture(), "receipt.png"), "request_key": "another filling-in"}
        answer = sams.post(NEW, typed | why | again)
        assert answer.status_code == 303, answer.context["form"].said

    def test_names_no_payment_that_the_person_may_not_see(
        self, sams: Browser, suki: User, typed: dict[str, Any]
    ) -> None:
        other = SubmittedPaymentFactory(by=suki, at=utc_now(), reference="REF-1")
        html = sams.post(NEW, typed).content.decode()
        assert "It looks like a payment you cannot see." in html
        assert f"/payments/{other.code}/" not in html

    def test_of_a_draft_leads_to_where_one_says_why(
        self, sams: Browser, sam: User, deal: Deal
    ) -> None:
        draft = PaymentFactory(by=sam, at=utc_now(), deal=deal, duplicate_justification="")
        known = SubmittedPaymentFactory(by=sam, at=utc_now(), deal=deal)
        html = sams.post(f"/payments/{draft.code}/move/submit/").content.decode()
        assert f'<a href="/payments/{known.code}/" target="_blank"' in html
        assert f'href="/payments/{draft.code}/edit/"' in html
        assert "#f-duplicate_justification" not in html

    def test_needs_the_proof_that_its_method_asks_for(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        del typed["proof"]
        page = sams.post(NEW, typed)
        assert page.status_code == 400
        assert page.context["form"].is_refused

    def test_refuses_a_file_that_is_none(self, sams: Browser, typed: dict[str, Any]) -> None:
        page = sams.post(NEW, typed | {"proof": upload(b"#!/bin/sh", "receipt.pdf")})
        assert page.status_code == 400
        assert "Only PDF, JPEG, PNG and WebP" in page.content.decode()

    def test_is_filled_in_for_a_deal(self, sams: Browser, deal: Deal) -> None:
        form = sams.get(NEW, {"deal": deal.code}).context["form"]
        assert (form.value("/deal"), form.value("/client")) == (deal.code, deal.client.code)

    def test_for_a_deal_of_another_organization_is_not_found(
        self, mallorys: Browser, deal: Deal
    ) -> None:
        assert mallorys.get(NEW, {"deal": deal.code}).status_code == 404

    def test_is_not_open_to_a_verifier(self, veras: Browser, typed: dict[str, Any]) -> None:
        assert veras.post(NEW, typed).status_code == 403


class TestPayment:
    def test_says_who_can_verify_it(self, sams: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        page = sams.get(f"/payments/{payment.code}/").content.decode()
        assert "Can be verified by" in page
        assert "Vera Verifier" in page

    def test_says_where_its_money_went(self, sams: Browser, sam: User) -> None:
        payment = VerifiedPaymentFactory(by=sam, at=utc_now())
        page = sams.get(f"/payments/{payment.code}/").content.decode()
        assert "Where the money went" in page
        assert payment.deal.code in page

    def test_is_not_found_from_another_organization(self, mallorys: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        for path in (f"/payments/{payment.code}/", f"/payments/{payment.pk}/"):
            assert mallorys.get(path).status_code == 404

    def test_asks_as_much_for_many_in_a_list_as_for_one(self, sams: Browser, sam: User) -> None:
        now = utc_now()
        SubmittedPaymentFactory(by=sam, at=now)
        few = queries_of(lambda: sams.get("/payments/"))
        for _ in range(9):
            SubmittedPaymentFactory(by=sam, at=now)
        assert queries_of(lambda: sams.get("/payments/")) == few


class TestEditPayment:
    def fields_of(self, browser: Browser, path: str) -> dict[str, Any]:
        form = browser.get(path).context["form"]
        return {**form.typed, "version": form.version}

    def test_keeps_what_was_changed(self, sams: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        path = f"/payments/{payment.code}/edit/"
        fields = self.fields_of(sams, path)
        assert sams.post(path, fields | {"amount": "450"}).status_code == 303
        payment.refresh_from_db()
        assert payment.money == Money.of("450.00", "USD")
        assert payment.proofs.count() == 1

    def test_exchanges_the_proof(self, sams: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        old = payment.proofs.get()
        path = f"/payments/{payment.code}/edit/"
        changed = {"drop_proof": str(old.file_id), "proof": upload(picture(), "new.png")}
        assert sams.post(path, self.fields_of(sams, path) | changed).status_code == 303
        assert payment.proofs.get().file.name == "new.png"

    @pytest.mark.parametrize("wrong", [{"amount": "x"}, {"received_on": "2999-01-01"}])
    def test_keeps_no_file_of_a_refused_form(
        self, sams: Browser, sam: User, wrong: dict[str, str]
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        path, before = f"/payments/{payment.code}/edit/", kept()
        changed = {"proof": upload(picture(), "new.png")} | wrong
        assert sams.post(path, self.fields_of(sams, path) | changed).status_code == 400
        assert kept() == before

    def test_has_at_most_ten_proofs(self, sams: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        path, before = f"/payments/{payment.code}/edit/", kept()
        files = [upload(picture(size=(8 + n, 8)), f"{n}.png") for n in range(10)]
        page = sams.post(path, self.fields_of(sams, path) | {"proof": files})
        assert page.context["form"].errors("/proof") == ["At most 10 entries are possible."]
        assert kept() == before

    def test_of_another_organization_is_not_found(self, mallorys: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        assert mallorys.post(f"/payments/{payment.code}/edit/", {}).status_code == 404


class TestSteps:
    def test_submit_a_draft(self, sams: Browser, sam: User) -> None:
        payment = PaymentFactory(by=sam, at=utc_now())
        sams.post(f"/payments/{payment.code}/move/submit/")
        payment.refresh_from_db()
        assert payment.is_submitted

    def test_withdraw_and_say_why_not_twice(self, sams: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        path = f"/payments/{payment.code}/move/withdraw/"
        assert sams.post(path).status_code == 303
        page = sams.post(path)
        assert page.status_code == 409
        assert "Only a payment that waits" in page.content.decode()

    def test_submit_again_after_changes_were_requested(
        self, sams: Browser, sam: User, vera: User
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        refusal = Refusal(reason="Which account?")
        request_changes(payment_id=payment.pk, checker=vera, refusal=refusal, at=utc_now())
        assert "Which account?" in sams.get(f"/payments/{payment.code}/").content.decode()
        sams.post(f"/payments/{payment.code}/move/resubmit/")
        payment.refresh_from_db()
        assert payment.is_submitted

    def test_are_not_a_colleagues(self, sam: User, suki: User, browser_of: Any) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        answer = browser_of(suki).post(f"/payments/{payment.code}/move/withdraw/")
        assert answer.status_code == 404
