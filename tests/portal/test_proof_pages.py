"""Proofs in the browser: what strangers have sent is looked at, and runs nothing."""

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.payments.models import Payment
from tenant_apps.portal.views.proofs import FILE_POLICY
from tests.factories.documents import StoredFileFactory, paper, picture, spoil
from tests.factories.payments import SubmittedPaymentFactory
from tests.portal.conftest import Browsers


def payment_with(content: bytes, name: str, by: User) -> Payment:
    file = StoredFileFactory(content=content, name=name, by=by, at=utc_now())
    payment: Payment = SubmittedPaymentFactory(by=by, at=utc_now(), proofs=(file.pk,))
    return payment


def path_of(payment: Payment) -> str:
    return f"/payments/{payment.code}/proofs/{payment.proofs.get().file_id}/"


@pytest.fixture
def with_pdf(sam: User) -> Payment:
    """A payment whose proof is a PDF of two pages."""
    return payment_with(paper("Received 400.00", pages=2), "receipt.pdf", sam)


@pytest.fixture
def with_image(sam: User) -> Payment:
    """A payment whose proof is an image."""
    return payment_with(picture(), "slip.png", sam)


class TestPdf:
    def test_is_given_to_be_saved_and_runs_nothing(self, sams: Browser, with_pdf: Payment) -> None:
        answer = sams.get(path_of(with_pdf))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Security-Policy"] == FILE_POLICY
        assert "sandbox" in FILE_POLICY
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.getvalue().startswith(b"%PDF")

    def test_is_shown_as_pictures_of_its_pages(self, sams: Browser, with_pdf: Payment) -> None:
        page = sams.get(f"{path_of(with_pdf)}pages/")
        html = page.content.decode()
        assert html.count("<img") == 2
        assert "Page 2 of receipt.pdf" in html
        picture_of = sams.get(f"{path_of(with_pdf)}pages/2/")
        assert picture_of["Content-Type"] == "image/webp"
        assert picture_of["Content-Security-Policy"] == FILE_POLICY
        assert picture_of.content[8:12] == b"WEBP"
        assert sams.get(f"{path_of(with_pdf)}pages/3/").status_code == 404

    def test_comes_as_a_part_for_the_page_beside_the_figures(
        self, veras: Browser, with_pdf: Payment
    ) -> None:
        review = veras.get(f"/queue/{with_pdf.code}/").content.decode()
        assert f'hx-get="{path_of(with_pdf)}pages/"' in review
        assert "<iframe" not in review
        part = veras.get(f"{path_of(with_pdf)}pages/", headers={"HX-Request": "true"})
        assert part.content.decode().count("<img") == 2
        assert "<html" not in part.content.decode()

    def test_that_cannot_be_read_says_what_to_do(self, sams: Browser, sam: User) -> None:
        broken = payment_with(paper(), "broken.pdf", sam)
        spoil(broken.proofs.get().file, b"%PDF-1.7\n1 0 obj nonsense /Root 1 0 R")
        html = sams.get(f"{path_of(broken)}pages/").content.decode()
        assert "This PDF cannot be shown" in html
        assert f'href="{path_of(broken)}"' in html

    def test_says_that_there_is_more(self, sams: Browser, sam: User) -> None:
        long = payment_with(paper(pages=21), "long.pdf", sam)
        assert "The first 20 of 21 pages" in sams.get(f"{path_of(long)}pages/").content.decode()


class TestImage:
    def test_is_shown_as_it_is_and_runs_nothing(self, sams: Browser, with_image: Payment) -> None:
        answer = sams.get(path_of(with_image))
        assert answer["Content-Type"] == "image/png"
        assert answer["Content-Disposition"].startswith("inline")
        assert answer["Content-Security-Policy"] == FILE_POLICY

    def test_is_opened_within_a_page(
        self, sams: Browser, veras: Browser, with_image: Payment
    ) -> None:
        page = sams.get(f"{path_of(with_image)}pages/")
        assert f'src="{path_of(with_image)}" alt="The proof slip.png"' in page.content.decode()
        assert "default-src 'none'" in page["Content-Security-Policy"]
        opener = f'href="{path_of(with_image)}pages/"'
        assert opener in sams.get(f"/payments/{with_image.code}/").content.decode()
        assert opener in veras.get(f"/queue/{with_image.code}/").content.decode()

    def test_has_no_pages(self, sams: Browser, with_image: Payment) -> None:
        assert sams.get(f"{path_of(with_image)}pages/1/").status_code == 404


@pytest.mark.parametrize("part", ["", "pages/", "pages/1/"])
class TestStrangers:
    def test_of_another_payment_is_not_found(
        self, sams: Browser, sam: User, with_pdf: Payment, part: str
    ) -> None:
        other = StoredFileFactory(by=sam, at=utc_now())
        assert sams.get(f"/payments/{with_pdf.code}/proofs/{other.pk}/{part}").status_code == 404

    def test_of_a_colleague_is_not_found(
        self, suki: User, browser_of: Browsers, with_pdf: Payment, part: str
    ) -> None:
        assert browser_of(suki).get(f"{path_of(with_pdf)}{part}").status_code == 404

    def test_of_another_organization_is_not_found(
        self, mallorys: Browser, with_pdf: Payment, part: str
    ) -> None:
        assert mallorys.get(f"{path_of(with_pdf)}{part}").status_code == 404
