"""What a payment looks like must be justified, each hit, before it passes."""

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from tenant_apps.accounts.models import User
from tenant_apps.documents.models import StoredFile
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    PossibleDuplicate,
    Refusal,
    edit_payment,
    reject_payment,
    request_changes,
    resubmit_payment,
)
from tests.client import PrsClient, error, ok
from tests.documents.receipts import photo_of, png_of, receipt
from tests.factories.deals import WonDealFactory
from tests.factories.documents import StoredFileFactory, paper
from tests.factories.payments import SubmittedPaymentFactory
from tests.payments.figures import dollars

URL = "/api/business/payments/"


def file_of(image: Image.Image, by: User, at: datetime) -> StoredFile:
    """Store a picture as a proof."""
    return StoredFileFactory(by=by, at=at, content=png_of(image), name="receipt.png")


def smaller_copy(image: Image.Image) -> Image.Image:
    """Return a picture as a messenger passes it on."""
    out = io.BytesIO()
    image.resize((image.width // 2, image.height // 2)).save(out, "JPEG", quality=50)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


@pytest.fixture
def first(sam: User, at_noon: datetime) -> Payment:
    """Return 400.00 that Sam submitted with a photograph."""
    proof = file_of(photo_of(1, Decimal(400)), sam, at_noon)
    return SubmittedPaymentFactory(by=sam, at=at_noon, proofs=(proof.pk,))


def reasons_of(error: PossibleDuplicate) -> list[str]:
    """Return why a payment was refused."""
    return [problem.code for problem in error.problems]


class TestSimilarProof:
    def test_of_another_client_is_found_in_a_smaller_copy(
        self, suki: User, first: Payment, at_noon: datetime
    ) -> None:
        copy = file_of(smaller_copy(photo_of(1, Decimal(400))), suki, at_noon)
        given: dict[str, Any] = {
            "by": suki,
            "at": at_noon,
            "proofs": (copy.pk,),
            "method": "wallet",
            "money": dollars("401.50"),
        }
        with pytest.raises(PossibleDuplicate) as refused:
            SubmittedPaymentFactory(**given, duplicate_justification="")
        assert reasons_of(refused.value) == ["similar_proof"]

        passed = SubmittedPaymentFactory(**given, duplicate_justification="One paper for two.")
        [hit] = passed.duplicate_hits
        assert (hit["code"], hit["reasons"]) == (first.code, ["similar_proof"])
        assert hit["bits_apart"] <= 20
        assert hit["justification"] == "One paper for two."
        assert "reused_proof" in {reason["code"] for reason in passed.risk_reasons}

    def test_is_none_for_another_amount(
        self, suki: User, first: Payment, at_noon: datetime
    ) -> None:
        copy = file_of(smaller_copy(photo_of(1, Decimal(400))), suki, at_noon)
        other = SubmittedPaymentFactory(
            by=suki,
            at=at_noon,
            proofs=(copy.pk,),
            money=dollars(500),
            duplicate_justification="",
        )
        assert other.duplicate_hits == []

    def test_is_none_for_another_paper_of_the_same_amount(
        self, suki: User, first: Payment, at_noon: datetime
    ) -> None:
        paper = file_of(photo_of(6, Decimal(400)), suki, at_noon)
        other = SubmittedPaymentFactory(
            by=suki, at=at_noon, proofs=(paper.pk,), duplicate_justification=""
        )
        assert other.duplicate_hits == []

    def test_asks_about_one_form_with_one_amount(self, suki: User, at_noon: datetime) -> None:
        for number in (1, 2):
            proof = file_of(receipt(number, Decimal(400)), suki, at_noon)
            payment = SubmittedPaymentFactory(by=suki, at=at_noon, proofs=(proof.pk,))
        assert [hit["reasons"] for hit in payment.duplicate_hits] == [["similar_proof"]]


class TestProofOfRejectedPayment:
    def test_must_be_justified_while_its_figures_are_free(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        given: dict[str, Any] = {"by": sam, "at": at_noon, "deal": deal}
        refused = SubmittedPaymentFactory(**given)
        reject_payment(
            payment_id=refused.pk, checker=vera, refusal=Refusal(reason="Forged."), at=at_noon
        )
        given["duplicate_justification"] = ""
        assert SubmittedPaymentFactory(**given).duplicate_hits == []

        [proof] = refused.proofs.all()
        with pytest.raises(PossibleDuplicate) as hit:
            SubmittedPaymentFactory(**given, money=dollars(77), proofs=(proof.file_id,))
        assert reasons_of(hit.value) == ["same_proof"]


class TestPdf:
    def test_of_other_bytes_that_shows_the_same_is_found(
        self, sam: User, suki: User, at_noon: datetime
    ) -> None:
        content = paper("Received 400.00 from Northwind")
        kept = StoredFileFactory(by=sam, at=at_noon, content=content)
        SubmittedPaymentFactory(by=sam, at=at_noon, proofs=(kept.pk,))
        again = StoredFileFactory(by=suki, at=at_noon, content=content + b"\n% mine\n")
        other = StoredFileFactory(by=suki, at=at_noon, content=paper("Received 400.01 from N."))

        given: dict[str, Any] = {"by": suki, "at": at_noon, "duplicate_justification": ""}
        with pytest.raises(PossibleDuplicate) as hit:
            SubmittedPaymentFactory(**given, proofs=(again.pk,))
        assert reasons_of(hit.value) == ["similar_proof"]
        assert SubmittedPaymentFactory(**given, proofs=(other.pk,)).duplicate_hits == []


class TestSameReference:
    def test_of_another_client_is_a_hit(self, sam: User, suki: User, at_noon: datetime) -> None:
        SubmittedPaymentFactory(by=sam, at=at_noon, reference="TX-9")
        with pytest.raises(PossibleDuplicate) as refused:
            SubmittedPaymentFactory(
                by=suki, at=at_noon, reference="tx-9", duplicate_justification=""
            )
        assert reasons_of(refused.value) == ["same_reference"]


class TestJustification:
    def test_covers_what_was_known_and_nothing_since(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        given = {"by": sam, "at": at_noon, "deal": deal}
        SubmittedPaymentFactory(**given)
        second = SubmittedPaymentFactory(**given, duplicate_justification="Two of one day.")
        refusal = Refusal(reason="Which one?")
        request_changes(payment_id=second.pk, checker=vera, refusal=refusal, at=at_noon)
        SubmittedPaymentFactory(**given, duplicate_justification="Three of one day.")

        with pytest.raises(PossibleDuplicate) as refused:
            resubmit_payment(payment_id=second.pk, by=sam, at=at_noon)
        assert len(refused.value.problems) == 1

        second.refresh_from_db()
        edit_payment(
            payment_id=second.pk,
            changes={"duplicate_justification": "The third is another one, too."},
            expected_version=second.version,
            by=sam,
            at=at_noon,
        )
        again = resubmit_payment(payment_id=second.pk, by=sam, at=at_noon)
        assert [hit["justification"] for hit in again.duplicate_hits] == [
            "Two of one day.",
            "The third is another one, too.",
        ]

    def test_is_shown_with_each_hit_in_the_queue(
        self, as_vera: PrsClient, as_sam: PrsClient, sam: User
    ) -> None:
        deal = WonDealFactory(by=sam)
        first, second = (SubmittedPaymentFactory(by=sam, deal=deal) for _ in range(2))
        rows = {row["code"]: row for row in ok(as_vera.get(f"{URL}queue/"))["results"]}
        assert rows[first.code]["look_alikes"] == []
        [hit] = rows[second.code]["look_alikes"]
        assert (hit["code"], hit["reasons"]) == (first.code, ["same_figures"])
        assert hit["justification"] == second.duplicate_justification
        [seen_by_sam] = ok(as_sam.get(f"{URL}{second.code}/"))["look_alikes"]
        assert seen_by_sam["code"] is None


class TestMethods:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"method": "other"}, "/remarks"),
            ({"method": "cheque", "reference": ""}, "/reference"),
            ({"method": "cash", "bank_fee": {"amount": "1.00", "currency": "USD"}}, "/bank_fee"),
            (
                {"method": "card", "withholding": {"amount": "1.00", "currency": "USD"}},
                "/withholding",
            ),
            (
                {"method": "wallet", "withholding": {"amount": "1.00", "currency": "USD"}},
                "/withholding",
            ),
        ],
    )
    def test_have_their_rules(
        self, as_sam: PrsClient, sam: User, change: dict[str, Any], field: str
    ) -> None:
        deal = WonDealFactory(by=sam)
        body = {
            "client": str(deal.client_id),
            "deal": deal.code,
            "amount": {"amount": "100.00", "currency": "USD"},
            "received_on": "2026-03-02",
            "late_reason": "A test in the past.",
            "reference": "R-1",
            "proofs": [str(StoredFileFactory(by=sam).pk)],
            **change,
        }
        problems = error(as_sam.post(URL, body), 400)["errors"]
        assert [problem["field"] for problem in problems] == [field]
