"""Clients in the browser: list, detail, form, contact log."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client, ContactLogEntry
from tenant_apps.invoices.services import credit_invoice
from tenant_apps.ledger.services import EntryKind
from tenant_apps.portal.wording import WORDS
from tests.factories.clients import ClientFactory
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.queries import queries_of

NEW = "/clients/new/"


@pytest.fixture
def typed() -> dict[str, str]:
    return {
        "request_key": "a filling-in of the form",
        "name": "Northwind",
        "email": "billing@northwind.example",
        "status": "active",
        "tags": "shipping, north",
        "billing_address.line1": "Hafenstrasse 1",
        "billing_address.city": "Hamburg",
        "billing_address.country": "DE",
        "contacts.0.name": "Nora Wind",
        "contacts.0.role": "CFO",
        "contacts.1.name": "",
    }


class TestNewClient:
    def test_is_entered_and_shown(self, sams: Browser, sam: User, typed: dict[str, str]) -> None:
        page = sams.post(NEW, typed, follow=True)
        client = Client.objects.get(name="Northwind")
        assert page.redirect_chain == [(f"/clients/{client.code}/", 303)]
        assert "The client is entered." in page.content.decode()
        assert (client.owner, client.tags) == (sam, ["shipping", "north"])
        assert client.billing_address["city"] == "Hamburg"
        assert [each["name"] for each in client.contacts] == ["Nora Wind"]

    def test_is_entered_once_however_often_it_is_sent(
        self, sams: Browser, typed: dict[str, str]
    ) -> None:
        answers = [sams.post(NEW, typed) for _ in range(2)]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert Client.objects.filter(name="Northwind").count() == 1

    def test_keeps_what_was_typed_and_says_at_the_field_why(
        self, sams: Browser, typed: dict[str, str]
    ) -> None:
        page = sams.post(NEW, typed | {"email": "not an address", "contacts.0.email": "neither"})
        assert page.status_code == 400
        form = page.context["form"]
        assert form.errors("/email")
        assert form.errors("/contacts/0/email")
        html = page.content.decode()
        assert 'value="not an address"' in html
        assert 'value="Hafenstrasse 1"' in html
        assert 'href="#f-contacts-0-email"' in html
        assert 'aria-describedby="f-email-h f-email-e"' in html

    def test_can_be_sent_again_after_it_was_refused(
        self, sams: Browser, typed: dict[str, str]
    ) -> None:
        refused = sams.post(NEW, typed | {"name": ""})
        again = typed | {"request_key": refused.context["form"].key}
        assert sams.post(NEW, again).status_code == 303

    def test_leads_to_the_client_that_it_looks_like(
        self, sams: Browser, sam: User, typed: dict[str, str]
    ) -> None:
        known = ClientFactory(name="North-Wind", by=sam, at=utc_now())
        page = sams.post(NEW, typed)
        html = page.content.decode()
        assert page.status_code == 400
        assert f'<a href="/clients/{known.code}/" target="_blank"' in html
        assert page.context["form"].errors("/name") == [f"It looks like {known.code} (North-Wind)."]
        again = {"request_key": page.context["form"].key, "is_another": "true"}
        assert sams.post(NEW, typed | again).status_code == 303

    def test_is_not_open_to_a_verifier(self, veras: Browser, typed: dict[str, str]) -> None:
        assert veras.post(NEW, typed).status_code == 403
        assert not Client.objects.filter(name="Northwind").exists()


class TestEditClient:
    @pytest.fixture
    def client(self, sam: User, at_noon: datetime) -> Client:
        return ClientFactory(name="Northwind", by=sam, at=at_noon)

    def fields_of(self, browser: Browser, path: str, **changed: str) -> dict[str, Any]:
        form = browser.get(path).context["form"]
        typed = {name: form.value(f"/{name}") for name in ("name", "email", "status", "tags")}
        address = form.typed["billing_address"]
        return {
            **typed,
            **{f"billing_address.{part}": value for part, value in address.items()},
            "version": form.version,
            **changed,
        }

    def test_keeps_what_was_changed(self, sams: Browser, client: Client) -> None:
        path = f"/clients/{client.code}/edit/"
        answer = sams.post(path, self.fields_of(sams, path, name="Southwind"))
        assert answer["Location"] == f"/clients/{client.code}/"
        client.refresh_from_db()
        assert client.name == "Southwind"
        assert client.billing_address["city"] == "Berlin"

    def test_is_refused_when_somebody_was_faster(self, sams: Browser, client: Client) -> None:
        path = f"/clients/{client.code}/edit/"
        fields = self.fields_of(sams, path, name="Southwind")
        sams.post(path, fields)
        page = sams.post(path, fields | {"name": "Eastwind"})
        assert page.status_code == 400
        assert "Somebody changed this since you opened it" in page.content.decode()
        assert 'value="Eastwind"' in page.content.decode()

    def test_of_another_organization_is_not_found(self, mallorys: Browser, client: Client) -> None:
        assert mallorys.post(f"/clients/{client.code}/edit/", {"name": "x"}).status_code == 404


class TestClient:
    @pytest.fixture
    def client(self, sam: User) -> Client:
        return ClientFactory(name="Northwind", by=sam, at=utc_now())

    @pytest.mark.parametrize("part", ["deals", "statement", "contacts", "history"])
    def test_shows_each_of_its_parts(self, sams: Browser, client: Client, part: str) -> None:
        page = sams.get(f"/clients/{client.code}/", {"part": part})
        assert (page.status_code, page.context["part"]) == (200, part)

    def test_shows_its_statement(self, sams: Browser, sam: User) -> None:
        payment = VerifiedPaymentFactory(by=sam, at=utc_now())
        page = sams.get(f"/clients/{payment.client.code}/", {"part": "statement"})
        assert "$600.00" in page.content.decode()

    def test_says_what_each_movement_of_it_is(self, sams: Browser, sam: User, fay: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        invoice = IssuedInvoiceFactory(by=fay, at=utc_now(), deal=deal)
        amount = Money.of("100.00", "USD")
        credit_invoice(invoice_id=invoice.pk, amount=amount, reason="Broken.", by=fay, at=utc_now())
        path = f"/clients/{deal.client.code}/?part=statement"
        english = sams.get(path).content.decode()
        assert "<td>Deal won<" in english
        assert "<td>Credit note<" in english
        sams.post("/preferences/", {"language": "de"})
        german = sams.get(path).content.decode()
        assert "<td>Abschluss gewonnen<" in german
        assert "<td>Gutschrift<" in german

    def test_has_a_word_for_every_kind_of_movement(self) -> None:
        words = {kind: str(word.label) for kind, word in WORDS["entry"].items()}
        assert set(words) == set(EntryKind)
        assert len(set(words.values())) == len(words)

    def test_takes_a_contact(self, sams: Browser, sam: User, client: Client) -> None:
        form = {"kind": "call", "outcome": "Wants a quote", "next_step": "Send it"}
        answer = sams.post(f"/clients/{client.code}/contacts/", form)
        assert answer["Location"] == f"/clients/{client.code}/?part=contacts"
        entry = ContactLogEntry.objects.get(client=client)
        assert (entry.outcome, entry.author) == ("Wants a quote", sam)
        sams.post(f"/clients/{client.code}/contacts/{entry.pk}/done/")
        entry.refresh_from_db()
        assert entry.done_at

    def test_keeps_a_contact_that_was_refused(self, sams: Browser, client: Client) -> None:
        form = {"kind": "call", "outcome": "", "next_step": "Send it"}
        page = sams.post(f"/clients/{client.code}/contacts/", form)
        assert page.status_code == 400
        assert page.context["contact"].errors("/outcome")
        assert 'value="Send it"' in page.content.decode()

    def test_takes_no_contact_from_who_only_reads(self, veras: Browser, client: Client) -> None:
        form = {"kind": "call", "outcome": "Wants a quote"}
        assert veras.post(f"/clients/{client.code}/contacts/", form).status_code == 403
        assert (
            "Log a contact"
            not in veras.get(f"/clients/{client.code}/?part=contacts").content.decode()
        )


class TestClientList:
    def test_finds_by_name_and_state(self, sams: Browser, sam: User, at_noon: datetime) -> None:
        ClientFactory(name="Northwind", by=sam, at=at_noon)
        ClientFactory(name="Contoso", by=sam, at=at_noon)
        found = sams.get("/clients/", {"q": "north", "status": "prospect"}).context["shown"]
        assert [each.name for each in found.rows] == ["Northwind"]

    def test_says_what_to_do_when_nothing_matches(self, sams: Browser) -> None:
        assert "Nothing matches" in sams.get("/clients/", {"q": "zzz"}).content.decode()
        assert "No clients yet" in sams.get("/clients/").content.decode()

    def test_asks_as_much_for_many_as_for_one(self, sams: Browser, sam: User) -> None:
        now = utc_now()
        ClientFactory(by=sam, at=now)
        few = queries_of(lambda: sams.get("/clients/"))
        for _ in range(19):
            ClientFactory(by=sam, at=now)
        assert queries_of(lambda: sams.get("/clients/")) == few

    def test_shows_one_page_at_a_time(self, sams: Browser, sam: User, at_noon: datetime) -> None:
        for _ in range(21):
            ClientFactory(by=sam, at=at_noon)
        second = sams.get("/clients/", {"page": "2"})
        assert len(second.context["shown"].rows) == 1
        assert 'href="?page=1"' in second.content.decode()
        assert sams.get("/clients/", {"page": "99"}).context["shown"].number == 2
