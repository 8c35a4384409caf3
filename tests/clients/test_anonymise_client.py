"""Erasing a client's personal data."""

from datetime import datetime
from typing import Any

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.clients.services import NewContact, log_contact
from tenant_apps.deals.services import lose_deal
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.payments import SubmittedPaymentFactory

URL = "/api/business/clients/"
WHY = {"reason": "Asked for it in writing."}


@pytest.fixture
def nora(sam: User, at_noon: datetime) -> Client:
    client = ClientFactory(
        name="Nora Wind", phone="+49 40 1", remarks="Likes boats", tags=("vip",), by=sam, at=at_noon
    )
    contact = NewContact(kind="call", outcome="Nora is ill", next_step="Call Nora")
    log_contact(client_id=client.pk, new=contact, by=sam, at=at_noon)
    return client


def anonymise(client: PrsClient, whom: Client, body: dict[str, str] = WHY) -> Any:
    return client.post(f"{URL}{whom.code}/anonymise/", body)


class TestAnonymiseClient:
    def test_leaves_nothing_of_the_person(self, as_adam: PrsClient, nora: Client) -> None:
        erased = ok(anonymise(as_adam, nora))

        assert erased["name"] == f"[erased] {nora.code}"
        nora.refresh_from_db()
        texts = [str(value) for value in vars(nora).values()]
        texts += [f"{entry.outcome} {entry.next_step}" for entry in nora.contact_log.all()]
        assert not [text for text in texts if "Nora" in text or "boats" in text or "+49" in text]
        assert (nora.billing_address, nora.contacts, nora.tags) == ({}, [], [])

    def test_waits_until_nothing_is_owed(
        self, as_adam: PrsClient, nora: Client, sam: User, at_noon: datetime
    ) -> None:
        WonDealFactory(by=sam, client=nora, at=at_noon)
        assert error(anonymise(as_adam, nora), 409)["code"] == "client_has_balance"

    def test_waits_for_open_deals_and_payments_in_review(
        self, as_adam: PrsClient, nora: Client, sam: User, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, client=nora, at=at_noon)
        assert error(anonymise(as_adam, nora), 409)["code"] == "client_has_open_deals"
        SubmittedPaymentFactory(deal=None, client=nora, by=sam, at=at_noon)
        lose_deal(deal_id=deal.pk, reason="No money", by=sam, at=at_noon)
        refused = error(anonymise(as_adam, nora), 409)
        assert refused["code"] == "client_has_payments_in_review"

    def test_cannot_be_undone_or_repeated(self, as_adam: PrsClient, nora: Client) -> None:
        ok(anonymise(as_adam, nora))
        assert error(anonymise(as_adam, nora), 409)["code"] == "client_frozen"
        restored = as_adam.post(f"{URL}{nora.code}/restore/")
        assert error(restored, 409)["code"] == "client_frozen"

    def test_asks_why(self, as_adam: PrsClient, nora: Client) -> None:
        assert error(anonymise(as_adam, nora, {"reason": " "}), 400)["errors"][0]["field"] == (
            "/reason"
        )

    def test_is_for_administrators(
        self, nora: Client, as_sam: PrsClient, as_theo: PrsClient, as_vera: PrsClient
    ) -> None:
        for client in (as_sam, as_theo, as_vera):
            assert error(anonymise(client, nora), 403)["code"] == "permission_denied"

    def test_is_not_found_from_another_organization(
        self, nora: Client, as_mallory: PrsClient
    ) -> None:
        assert error(anonymise(as_mallory, nora), 404)["code"] == "not_found"
