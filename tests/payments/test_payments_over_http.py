"""Payments over HTTP: submitted, written down, and what whoever sees one is shown."""

from typing import Any

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.payments.models import Payment
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.documents import PLAIN_PDF, StoredFileFactory, upload
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.payments.figures import dollars

URL = "/api/business/payments/"


class TestPaymentsOverHttp:
    @pytest.fixture
    def body(self, sam: User) -> dict[str, object]:
        """Return a payment by bank transfer for a won deal of Sam's."""
        deal = WonDealFactory(by=sam)
        return {
            "client": str(deal.client_id),
            "deal": deal.code,
            "amount": {"amount": "400.00", "currency": "USD"},
            "method": "bank_transfer",
            "received_on": "2026-03-02",
            "late_reason": "Found late.",
            "proofs": [str(StoredFileFactory(by=sam).pk)],
        }

    def test_are_submitted_as_json(self, as_sam: PrsClient, body: dict[str, object]) -> None:
        data = ok(as_sam.post(URL, body), 201)

        assert (data["status"], data["amount"]) == ("submitted", body["amount"])
        assert data["deal"]["code"] == body["deal"]
        assert [person["name"] for person in data["can_verify"]]
        assert data["unapplied"] == {"amount": "0.00", "currency": "USD"}

    def test_are_submitted_as_a_form_with_the_proof(
        self, as_sam: PrsClient, body: dict[str, object]
    ) -> None:
        form = {name: value for name, value in body.items() if name not in {"proofs", "amount"}}
        form |= {
            "amount": '{"amount": "400.00", "currency": "USD"}',
            "proof": [upload(PLAIN_PDF + b"% form\n")],
        }
        data = ok(as_sam.post(URL, form, format="multipart"), 201)

        assert data["status"] == "submitted"
        assert [proof["name"] for proof in data["proofs"]] == ["receipt.pdf"]

    def test_are_written_down_as_drafts(self, as_sam: PrsClient, body: dict[str, object]) -> None:
        data = ok(as_sam.post(URL, {**body, "status": "draft", "proofs": []}), 201)
        assert data["status"] == "draft"

        refused = error(as_sam.post(f"{URL}{data['code']}/submit/"), 400)
        assert [problem["field"] for problem in refused["errors"]] == ["/proofs"]

    def test_are_made_once_per_idempotency_key(
        self, as_sam: PrsClient, body: dict[str, object]
    ) -> None:
        first = as_sam.post(URL, body, key="a-key-of-sam")
        again = as_sam.post(URL, body, key="a-key-of-sam")

        assert ok(again) == ok(first)
        assert again["Idempotent-Replayed"] == "true"
        assert Payment.objects.count() == 1

    def test_need_an_idempotency_key(self, as_sam: PrsClient, body: dict[str, object]) -> None:
        error(as_sam.post(URL, body, key=None), 428)

    def test_are_refused_to_other_roles(
        self, as_audrey: PrsClient, as_tim: PrsClient, body: dict[str, object]
    ) -> None:
        for client in (as_audrey, as_tim):
            assert error(client.post(URL, body), 403)["code"] == "permission_denied"

    def test_cannot_name_another_organizations_deal(
        self, as_mallory: PrsClient, body: dict[str, object]
    ) -> None:
        refused = error(as_mallory.post(URL, {**body, "proofs": [], "method": "cash"}), 400)

        assert [problem["field"] for problem in refused["errors"]] == ["/deal"]

    @pytest.mark.parametrize(
        ("change", "place"),
        [
            ({"amount": {"amount": "0.00", "currency": "USD"}}, "/amount"),
            ({"amount": 400.0}, "/amount"),
            ({"method": "barter"}, "/method"),
            ({"received_on": "yesterday"}, "/received_on"),
            ({"verified_amount": None}, "/verified_amount"),
            ({"maker": "me"}, "/maker"),
            ({"client": "nobody"}, "/client"),
            ({"client": "CL-9999"}, "/client"),
            ({"amount": {"amount": "400.00", "currency": "XXX"}}, "/amount"),
            ({"proofs": ["DL-0001"]}, "/proofs/0"),
            ({"status": "verified"}, "/status"),
        ],
    )
    def test_are_refused_by_the_name_of_what_is_wrong(
        self, as_sam: PrsClient, body: dict[str, object], change: dict[str, object], place: str
    ) -> None:
        refused = error(as_sam.post(URL, {**body, **change}), 400)

        assert [problem["field"] for problem in refused["errors"]] == [place]

    def test_warn_of_a_look_alike(self, as_sam: PrsClient, body: dict[str, object]) -> None:
        ok(as_sam.post(URL, body), 201)
        refused = error(as_sam.post(URL, body), 409)
        assert refused["code"] == "possible_duplicate"

        ok(as_sam.post(URL, {**body, "duplicate_justification": "Paid twice."}), 201)


class TestWhatASeenPaymentShows:
    def test_is_its_money(self, as_sam: PrsClient, sam: User, vera: User) -> None:
        payment = VerifiedPaymentFactory(by=sam, checker=vera, money=dollars(1200))
        data = ok(as_sam.get(f"{URL}{payment.code}/"))

        assert data["verified_amount"]["amount"] == "1200.00"
        assert data["applied"]["amount"] == "1000.00"
        assert data["unapplied"]["amount"] == "200.00"
        assert [decision["verdict"] for decision in data["decisions"]] == ["approve"]
        assert len(data["applications"]) == 1

    def test_is_its_proof_for_whoever_sees_the_payment(
        self, as_suki: PrsClient, as_theo: PrsClient, sam: User
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam)
        file_id = payment.proofs.get().file_id
        url = f"{URL}{payment.pk}/proofs/{file_id}/content/"

        shown: Any = as_theo.get(url)
        assert b"".join(shown.streaming_content).startswith(b"%PDF")
        error(as_suki.get(url), 404)
