"""What stands in the way of a form, in its fields and in what is stored, said at one sending."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.clients.services import archive_client
from tenant_apps.deals.models import Deal
from tenant_apps.documents.models import StoredFile
from tenant_apps.payments.models import Payment
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.documents import upload
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.portal.conftest import Browsers

TOMORROW = (utc_now() + timedelta(days=2)).date().isoformat()
TODAY = utc_now().date().isoformat()
NO_PROOF = b"MZ this is a program"


def problems(page: Any) -> dict[str, str]:
    """Return the messages by their places."""
    return {each.field: each.message for each in page.context["form"].problems}


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    return browser_of(adam)


@pytest.fixture
def client(sam: User) -> Client:
    return ClientFactory(by=sam, at=utc_now())


@pytest.fixture
def cheque(sam: User, client: Client) -> Payment:
    return SubmittedPaymentFactory(
        by=sam,
        at=utc_now(),
        client=client.pk,
        deal=None,
        method="cheque",
        reference="CHQ-7",
        money=Money.of("400.00", "USD"),
    )


@pytest.fixture
def typed(client: Client) -> dict[str, Any]:
    return {
        "request_key": str(uuid4()),
        "step": "save",
        "client": client.code,
        "name": "Website",
        "currency": "USD",
        "status": "won",
        "deal_on": TODAY,
        "lines.0.description": "Website",
        "lines.0.quantity": "1",
        "lines.0.unit_price": "1000",
    }


class TestNewDeal:
    def test_a_quantity_and_a_day_to_come_beside_what_cannot_be_read(
        self, sams: Browser, typed: dict[str, Any]
    ) -> None:
        wrong = {
            "lines.0.quantity": "-1",
            "lines.1.quantity": "much",
            "lines.1.unit_price": "5",
            "payment.amount": "400",
            "payment.method": "bank_transfer",
            "payment.received_on": TOMORROW,
        }
        assert problems(sams.post("/deals/new/", typed | wrong)).keys() == {
            *("/lines/0/quantity", "/lines/1/quantity", "/lines/1/description"),
            *("/payment/received_on", "/proof"),
        }

    def test_conflicts_with_what_is_stored(
        self, sams: Browser, adam: User, typed: dict[str, Any], client: Client, cheque: Payment
    ) -> None:
        archive_client(client_id=client.pk, by=adam, at=utc_now())
        wrong = {
            "name": "",
            "deal_on": TOMORROW,
            "payment.amount": "400",
            "payment.method": "cheque",
            "payment.reference": "CHQ-7",
            "payment.received_on": TODAY,
            "proof": upload(NO_PROOF, "receipt.png"),
        }
        page = sams.post("/deals/new/", typed | wrong)
        assert problems(page).keys() == {
            *("/name", "/client", "/deal_on"),
            *("/payment/reference", "/payment/duplicate_justification", "/proof"),
        }
        assert [each.code for each in page.context["twins"].payments] == [cheque.code]
        assert not StoredFile.objects.filter(name="receipt.png").exists()

    def test_nothing_is_said_of_what_depends_on_what_cannot_be_read(
        self, sams: Browser, sam: User, typed: dict[str, Any]
    ) -> None:
        wrong = {
            "lines.0.unit_price": "much",
            "instalments.0.due_on": TODAY,
            "instalments.0.amount": "1000",
            "splits.0.payee": str(sam.pk),
            "splits.0.share_percent": "all",
            "payment.amount": "all of it",
            "payment.bank_fee": "5",
            "payment.received_on": TODAY,
        }
        assert problems(sams.post("/deals/new/", typed | wrong)).keys() == {
            *("/lines/0/unit_price", "/splits/0/share_percent"),
            *("/payment/amount", "/payment/method"),
        }
        assert not Deal.objects.exists()

    def test_so_does_a_change(self, sams: Browser, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now())
        typed = {
            "version": str(deal.version),
            "name": "",
            "currency": "USD",
            "deal_on": TODAY,
            "lines.0.description": "Website",
            "lines.0.quantity": "-1",
            "lines.0.unit_price": "much",
            "lines.1.unit_price": "5",
            "splits.0.payee": str(sam.pk),
            "splits.0.share_percent": "100",
            "step": "save",
        }
        assert problems(sams.post(f"/deals/{deal.code}/edit/", typed)).keys() == {
            *("/name", "/lines/0/quantity", "/lines/0/unit_price", "/lines/1/description"),
        }

    def test_an_amendment_does_not_compare_what_is_no_price(self, sams: Browser, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        VerifiedPaymentFactory(by=sam, at=utc_now(), deal=deal)
        typed = {
            "lines.0.description": "Website",
            "lines.0.quantity": "-1",
            "lines.0.unit_price": "much",
            "reason": "",
            "step": "save",
        }
        page = sams.post(f"/deals/{deal.code}/amend/", typed | {"request_key": str(uuid4())})
        assert problems(page).keys() == {
            *("/lines/0/quantity", "/lines/0/unit_price", "/reason"),
        }
        assert page.context["form"].notice == ""


class TestNewPayment:
    def test_conflicts_files_and_fields(
        self, sams: Browser, client: Client, cheque: Payment
    ) -> None:
        page = sams.post(
            "/payments/new/",
            {
                "request_key": str(uuid4()),
                "client": client.code,
                "status": "submitted",
                "amount": "400.00",
                "currency": "USD",
                "method": "cheque",
                "reference": "CHQ-7",
                "received_on": TOMORROW,
                "bank_fee": "much",
                "proof": upload(NO_PROOF, "receipt.png"),
            },
        )
        assert problems(page).keys() == {
            *("/bank_fee", "/received_on", "/reference", "/duplicate_justification", "/proof"),
        }
        assert [each.code for each in page.context["twins"].payments] == [cheque.code]

    def test_two_conflicts_stay_a_conflict(
        self, sams: Browser, client: Client, cheque: Payment
    ) -> None:
        page = sams.post(
            "/payments/new/",
            {
                "request_key": str(uuid4()),
                "client": client.code,
                "status": "submitted",
                "amount": "400.00",
                "currency": "USD",
                "method": "cheque",
                "reference": "CHQ-7",
                "received_on": TODAY,
            },
        )
        assert problems(page).keys() >= {"/reference", "/duplicate_justification"}

    def test_a_change_with_a_file_that_is_none(
        self, sams: Browser, client: Client, cheque: Payment
    ) -> None:
        other = {"reference": "CHQ-7", "method": "cheque", "amount": "9", "client": client.code}
        draft = sams.post(
            "/payments/new/",
            other
            | {
                "reference": "CHQ-8",
                "status": "draft",
                "received_on": TODAY,
                "request_key": str(uuid4()),
            },
        )
        page = sams.post(
            draft["Location"] + "edit/",
            other
            | {
                "version": "1",
                "currency": "USD",
                "amount": "much",
                "received_on": TOMORROW,
                "proof": upload(NO_PROOF, "receipt.png"),
            },
        )
        assert problems(page).keys() == {"/amount", "/received_on", "/proof"}


class TestOthers:
    def test_a_client(self, sams: Browser, adam: User) -> None:
        ClientFactory(by=adam, at=utc_now(), name="Fabrikam")
        page = sams.post(
            "/clients/new/", {"name": "Fabrikam", "email": "none", "status": "prospect"}
        )
        assert problems(page).keys() == {"/name", "/email"}
        assert page.context["form"].notice == ""

    def test_a_client_that_looks_like_one_of_ones_own(self, sams: Browser, sam: User) -> None:
        own = ClientFactory(by=sam, at=utc_now(), name="Fabrikam", tax_id="DE 1")
        sent = {"name": "", "tax_id": "DE-1", "contacts.0.phone": "1", "status": "prospect"}
        page = sams.post("/clients/new/", sent)
        assert problems(page).keys() == {"/name", "/tax_id", "/contacts/0/name"}
        assert list(page.context["look_alikes"]) == [own]

    def test_a_refund(self, sams: Browser, sam: User) -> None:
        payment = VerifiedPaymentFactory(by=sam, at=utc_now())
        sent = {"amount": "99999", "reason": "", "request_key": str(uuid4())}
        page = sams.post(f"/payments/{payment.code}/return/refund/", sent)
        assert problems(page).keys() == {"/amount", "/reason"}

    def test_an_invitation(self, adams: Browser, sam: User) -> None:
        sent = {"email": sam.email, "first_name": "S" * 200, "request_key": str(uuid4())}
        page = adams.post("/people/invite/", sent)
        assert problems(page).keys() == {"/email", "/first_name"}

    def test_a_team(self, adams: Browser) -> None:
        adams.post("/teams/new/", {"name": "North", "request_key": str(uuid4())})
        sent = {"name": "North", "lead": str(uuid4()), "description": "d" * 501}
        page = adams.post("/teams/new/", sent | {"request_key": str(uuid4())})
        assert problems(page).keys() == {"/name", "/lead_id", "/description"}
