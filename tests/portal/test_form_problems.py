"""What is wrong with a form: all of it at once, at its fields, in words for people."""

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.web.pages.form import UNCLEAR, Form
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client as Customer
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory
from tests.factories.documents import picture, upload
from tests.factories.payments import SubmittedPaymentFactory
from tests.portal.conftest import Browsers


def problems(form: Form) -> dict[str, str]:
    """Return the messages by their places."""
    return {each.field: each.message for each in form.problems}


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    return browser_of(adam)


@pytest.fixture
def typed(sam: User, at_noon: datetime) -> dict[str, Any]:
    return {
        "request_key": "a filling-in of the form",
        "step": "save",
        "client": ClientFactory(by=sam, at=at_noon).code,
        "name": "Website",
        "currency": "USD",
        "status": "won",
        "deal_on": "2026-03-02",
        "lines.0.description": "Website",
        "lines.0.quantity": "1",
        "lines.0.unit_price": "1000",
        "payment.method": "cheque",
        "payment.received_on": "2026-03-02",
    }


class TestTogether:
    def test_a_deal_says_what_is_wrong_in_every_part(
        self, sams: Browser, sam: User, typed: dict[str, Any]
    ) -> None:
        wrong = {
            "name": "",
            "lines.1.unit_price": "5",
            "splits.0.payee": str(sam.pk),
            "splits.0.share_percent": "60",
            "payment.amount": "much",
        }
        page = sams.post("/deals/new/", typed | wrong)
        found = problems(page.context["form"])
        assert page.status_code == 400
        assert found.keys() == {
            *("/name", "/lines/1/description", "/splits"),
            *("/payment/amount", "/payment/reference", "/payment/late_reason", "/proof"),
        }

    def test_so_do_its_services(self, sams: Browser, sam: User, typed: dict[str, Any]) -> None:
        wrong = {
            "lines.1.unit_price": "5",
            "lines.2.unit_price": "6",
            "splits.0.payee": str(sam.pk),
            "splits.0.share_percent": "60",
            "payment.amount": "400",
            "payment.bank_fee": "500",
        }
        page = sams.post("/deals/new/", typed | wrong)
        assert problems(page.context["form"]).keys() >= {
            *("/lines/1/description", "/lines/2/description", "/splits"),
            *("/payment/amount", "/payment/reference", "/proof"),
        }

    def test_a_payment_without_its_amount_is_not_left_out(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        page = sams.post("/deals/new/", typed | {"payment.reference": "REF-1"})
        assert "/payment/amount" in problems(page.context["form"])

    def test_a_payment_says_it_all_as_well(self, sams: Browser, sam: User) -> None:
        client = ClientFactory(by=sam, at=utc_now())
        sent = {"client": client.code, "method": "other", "amount": "0", "status": "submitted"}
        page = sams.post("/payments/new/", sent)
        assert problems(page.context["form"]).keys() == {
            *("/amount", "/received_on", "/remarks", "/proof"),
        }

    def test_a_draft_may_lack_its_proof(self, sams: Browser, sam: User) -> None:
        client = ClientFactory(by=sam, at=utc_now())
        sent = {"client": client.code, "method": "bank_transfer", "amount": "0", "status": "draft"}
        assert "/proof" not in problems(sams.post("/payments/new/", sent).context["form"])


class TestAtTheField:
    def test_a_decision_that_needs_a_reason(self, veras: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        seen = {"version": str(payment.version), "content_hash": payment.content_hash}
        page = veras.post(f"/queue/{payment.code}/approve/", seen | {"verified_amount": "390"})
        html = page.content.decode()
        assert page.context["form"].notice == ""
        assert 'href="#approve-reason"' in html
        assert 'id="approve-reason" type="text" name="reason" value="" aria-invalid="true"' in html

    def test_an_amount_too_fine_for_its_currency(self, veras: Browser, sam: User) -> None:
        payment = SubmittedPaymentFactory(by=sam, at=utc_now())
        seen = {"version": str(payment.version), "content_hash": payment.content_hash}
        page = veras.post(f"/queue/{payment.code}/approve/", seen | {"verified_amount": "1.005"})
        html = page.content.decode()
        assert page.status_code == 400
        assert '<a href="#f-verified_amount">Amount that you found: <span>1.005 has more' in html
        assert page.context["form"].notice == ""

    def test_a_name_that_is_taken(self, adams: Browser) -> None:
        for _ in range(2):
            page = adams.post("/teams/new/", {"name": "North", "request_key": str(uuid4())})
        assert problems(page.context["form"]) == {
            "/name": "There is a team with this name already."
        }

    def test_a_missing_proof(self, sams: Browser, sam: User) -> None:
        client = ClientFactory(by=sam, at=utc_now())
        today = utc_now().date().isoformat()
        sent = {"method": "bank_transfer", "amount": "5", "reference": "R", "received_on": today}
        page = sams.post("/payments/new/", sent | {"client": client.code, "status": "submitted"})
        assert 'href="#f-proof"' in page.content.decode()
        assert problems(page.context["form"]).keys() == {"/proof"}

    def test_an_empty_file(self, sams: Browser) -> None:
        sent = {"method": "cash", "proof": upload(b"", "receipt.png")}
        html = sams.post("/payments/new/", sent).content.decode()
        assert '<a href="#f-proof">Proof: <span>This file is empty.' in html


class TestSummary:
    """What stands above a form, whether the page has its script or not."""

    def test_names_each_field_and_leads_to_it(self, sams: Browser, typed: dict[str, Any]) -> None:
        wrong = {"name": "", "lines.0.quantity": "much", "splits.0.share_percent": "5"}
        html = sams.post("/deals/new/", typed | wrong).content.decode()
        assert '<a href="#f-name">Name: <span>' in html
        assert '<a href="#f-lines-0-quantity">Line 1, Quantity: <span>' in html
        assert '<a href="#f-splits-0-payee">Share 1, Person: <span>' in html

    def test_names_a_group_of_boxes(self, adams: Browser) -> None:
        sent = {"email": "new@acme.example", "roles.nothing": "true"}
        assert '<a href="#f-roles">Roles: <span>' in (
            adams.post("/people/invite/", sent).content.decode()
        )

    @pytest.mark.parametrize(
        ("path", "sent", "line"),
        [
            ("/settings/policies/new/", {"amount": "much"}, '"#f-amount">From this amount: <span>'),
            ("/settings/policies/new/", {}, '"#f-approvals_needed">People who have to approve: <'),
            ("/roles/own/new/", {"name": "Desk"}, '"#f-grants">What it may do: <span>'),
            ("/settings/sso/new/", {}, '"#f-client_id">Client id: <span>'),
            (
                "/settings/invoices/",
                {"reminder_days": "soon", "version": "1"},
                '"#f-reminder_days">Days after the due day: <span>',
            ),
        ],
    )
    def test_names_what_is_a_part_of_something(
        self, adams: Browser, path: str, sent: dict[str, str], line: str
    ) -> None:
        assert line in adams.post(path, sent).content.decode()

    def test_leads_nowhere_where_the_field_is_not_on_the_page(self, sams: Browser) -> None:
        html = sams.post("/deals/new/", {"step": "save", "status": "won", "project": "x"})
        assert "<li><a><span>Name it by its UUID.</span></a></li>" in html.content.decode()

    def test_two_look_alikes_are_one_thing(self, sams: Browser, sam: User) -> None:
        first = SubmittedPaymentFactory(by=sam, at=utc_now())
        deal = {"deal": first.deal, "client": first.client_id}
        second = SubmittedPaymentFactory(by=sam, at=utc_now(), **deal)
        sent = {
            "client": first.client.code,
            "amount": "400",
            "currency": "USD",
            "method": "bank_transfer",
            "received_on": first.received_on.isoformat(),
            "proof": upload(picture(size=(9, 9)), "other.png"),
            "status": "submitted",
        }
        html = sams.post("/payments/new/", sent).content.decode()
        assert "One thing to put right" in html
        assert re.search(f"It looks like {first.code}: .+ It looks like {second.code}: ", html)
        assert all(f'href="/payments/{each.code}/"' in html for each in (first, second))

    def test_follows_the_page(self, sams: Browser, typed: dict[str, Any]) -> None:
        wrong = {"payment.amount": "much", "lines.0.quantity": "much", "name": "", "client": ""}
        html = sams.post("/deals/new/", typed | wrong).content.decode()
        led_to = re.findall(r'<li><a href="#([^"]+)"', html)
        assert len(led_to) > 3
        assert led_to == sorted(led_to, key=lambda each: html.index(f'id="{each}"'))

    def test_of_a_payment_follows_the_page(self, sams: Browser) -> None:
        html = sams.post("/payments/new/", {"status": "submitted"}).content.decode()
        led_to = re.findall(r'<li><a href="#f-([^"]+)"', html)
        assert led_to == ["client", "amount", "method", "received_on"]


class TestHalfADate:
    """What only the browser sees, and says with the form."""

    def test_is_said_with_all_the_rest(self, sams: Browser) -> None:
        sent = {"name": "", "satisfaction": "9", "received_on": "", "fx.rate_on": ""}
        unclear = {"unclear": ["received_on", "fx.rate_on"]}
        page = sams.post("/payments/new/", sent | unclear)
        found = problems(page.context["form"])
        assert found["/received_on"] == found["/fx/rate_on"] == UNCLEAR
        assert "/amount" in found
        assert 'value="?"' not in page.content.decode()

    def test_alone_is_enough_to_do_nothing(self, sams: Browser) -> None:
        sent = {"request_key": str(uuid4()), "name": "Half Ltd", "status": "active"}
        page = sams.post("/clients/new/", sent | {"unclear": "nowhere"})
        assert page.status_code == 400
        assert problems(page.context["form"]) == {"/nowhere": UNCLEAR}
        assert not Customer.objects.filter(name="Half Ltd").exists()
        assert sams.post("/clients/new/", sent).status_code == 303

    def test_keeps_its_row(self, sams: Browser, typed: dict[str, Any]) -> None:
        rows = {"instalments.0.due_on": "", "instalments.1.amount": "1000"}
        sent = typed | rows | {"unclear": "instalments.0.due_on"}
        page = sams.post("/deals/new/", sent)
        assert problems(page.context["form"])["/instalments/0/due_on"] == UNCLEAR
        assert 'id="f-instalments-1-amount"' in page.content.decode()


def test_a_payment_says_that_it_needs_a_client_without_a_deal(sams: Browser) -> None:
    html = sams.get("/payments/new/").content.decode()
    assert '<label for="f-client">Client <span class="opt">needed without a deal</span>' in html
    found = problems(sams.post("/payments/new/", {"amount": "5"}).context["form"])
    assert found["/client"] == "Choose the client, or a deal of theirs."


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/roles/own/new/", {"name": "Desk"}),
        ("/roles/own/new/", {"name": "Desk", "grants.x.y": "all"}),
    ],
)
def test_rights_say_at_their_group_what_is_wrong(
    adams: Browser, path: str, sent: dict[str, str]
) -> None:
    html = adams.post(path, sent).content.decode()
    assert '<a href="#f-grants">What it may do: <span>' in html
    assert 'class="stack wrong" tabindex="-1" aria-describedby="f-grants-e"' in html
    assert '<p class="error" id="f-grants-e">' in html


@pytest.mark.parametrize("text", ["  ", "n" * 5000])
def test_a_note_that_is_none_is_refused_at_its_field(sams: Browser, sam: User, text: str) -> None:
    deal = DealFactory(by=sam, at=utc_now())
    page = sams.post(f"/deals/{deal.code}/notes/", {"text": text})
    html = page.content.decode()
    assert page.status_code == 400
    assert 'id="f-text-e"' in html
    assert '<a href="#f-text">Add a note: <span>' in html
    assert text in html
    assert sams.get(f"/deals/{deal.code}/notes/").status_code == 200


class TestWords:
    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", ["At most 5 is possible.", "Use at most 200 characters."]),
            ("de", ["Höchstens 5 ist möglich.", "Verwenden Sie höchstens 200 Zeichen."]),
        ],
    )
    def test_are_for_people(self, sams: Browser, language: str, said: list[str]) -> None:
        sams.cookies["language"] = language
        page = sams.post("/clients/new/", {"name": "N" * 201, "satisfaction": "9"})
        found = problems(page.context["form"])
        assert [found["/satisfaction"], found["/name"]] == said

    def test_write_an_amount_the_readers_way(self, sams: Browser) -> None:
        sams.cookies["language"] = "de"
        page = sams.post("/payments/new/", {"amount": "1.000,505", "currency": "EUR"})
        said = problems(page.context["form"])["/amount"]
        assert said == "1.000,505 hat mehr Nachkommastellen als EUR (2)."

    def test_speak_of_options(self, sams: Browser) -> None:
        page = sams.post("/payments/new/", {"method": "barter"})
        assert problems(page.context["form"])["/method"] == "Choose one of the options."
