"""The receipt that the demo sends is a file that the product accepts."""

from tenant_apps.documents.uploads import check_upload
from tests.demo.proofs import receipt


class TestReceipt:
    def test_is_a_plain_pdf(self) -> None:
        checked = check_upload(receipt("400.00 received"))
        assert checked.content_type == "application/pdf"

    def test_differs_with_the_sentence(self) -> None:
        assert receipt("one") != receipt("two")
