"""Files over HTTP."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from tenant_apps.accounts.models import User
from tenant_apps.documents.models import StoredFile
from tests.client import A_NEW_KEY, PrsClient, error, ok
from tests.factories.documents import PLAIN_PDF, StoredFileFactory, picture, upload

URL = "/api/business/files/"


def send(client: PrsClient, content: bytes, name: str = "receipt.pdf", key: str = A_NEW_KEY) -> Any:
    return client.post(URL, {"file": upload(content, name)}, format="multipart", key=key)


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


class TestPostFile:
    def test_answers_201_with_what_the_file_is(self, as_sam: PrsClient) -> None:
        file = ok(send(as_sam, picture("PNG"), "photo.png"), 201)
        assert (file["name"], file["content_type"]) == ("photo.png", "image/png")

    def test_refuses_other_kinds(self, as_sam: PrsClient) -> None:
        assert error(send(as_sam, b"<html>"), 415)["code"] == "file_type_refused"

    def test_refuses_active_documents(self, as_sam: PrsClient) -> None:
        refused = error(send(as_sam, PLAIN_PDF + b"/S/JavaScript"), 400)
        assert refused["code"] == "active_content_refused"

    def test_refuses_an_empty_file(self, as_sam: PrsClient) -> None:
        assert error(send(as_sam, b""), 400)["errors"][0]["field"] == "/file"

    def test_refuses_json(self, as_sam: PrsClient) -> None:
        assert as_sam.post(URL, {"file": "x"}, format="json").status_code == 415

    def test_refuses_a_large_body_before_reading_it(self, as_sam: PrsClient, settings: Any) -> None:
        settings.MAX_UPLOAD_BYTES = 1000
        refused = error(send(as_sam, PLAIN_PDF + b"0" * 100_000), 413)
        assert refused["code"] == "upload_too_large"

    def test_refuses_a_file_above_the_limit(self, as_sam: PrsClient, settings: Any) -> None:
        settings.MAX_UPLOAD_BYTES = 1000
        refused = error(send(as_sam, PLAIN_PDF + b"0" * 1000), 413)
        assert refused["code"] == "upload_too_large"

    def test_of_a_storage_that_fails_can_be_sent_again(
        self, as_sam: PrsClient, settings: Any, tmp_path: Path
    ) -> None:
        works, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path / "no-folder"
        settings.MEDIA_ROOT.write_text("")
        refused = send(as_sam, PLAIN_PDF, key="a-receipt-twice")
        assert (error(refused, 503)["code"], refused["Retry-After"]) == ("unavailable", "5")
        assert not StoredFile.objects.exists()

        settings.MEDIA_ROOT = works
        ok(send(as_sam, PLAIN_PDF, key="a-receipt-twice"), 201)

    def test_needs_an_idempotency_key(self, as_sam: PrsClient) -> None:
        form = {"file": upload(PLAIN_PDF, "receipt.pdf")}
        refused = error(as_sam.post(URL, form, format="multipart", key=None), 428)
        assert refused["code"] == "idempotency_key_required"
        assert not StoredFile.objects.exists()

    def test_keeps_a_repeated_file_once(self, as_sam: PrsClient) -> None:
        first, again = (send(as_sam, PLAIN_PDF, key="the-same-receipt") for _ in range(2))
        assert ok(again, 201) == ok(first, 201)
        assert again["Idempotent-Replayed"] == "true"
        assert StoredFile.objects.count() == 1

    def test_refuses_another_file_under_the_same_key(self, as_sam: PrsClient) -> None:
        ok(send(as_sam, PLAIN_PDF, key="the-same-receipt"), 201)
        other = send(as_sam, picture("PNG"), key="the-same-receipt")
        assert error(other, 422)["code"] == "idempotency_mismatch"

    def test_is_refused_to_a_reviewer_and_an_auditor(
        self, as_rita: PrsClient, as_audrey: PrsClient
    ) -> None:
        for client in (as_rita, as_audrey):
            assert error(send(client, PLAIN_PDF), 403)["code"] == "permission_denied"


class TestGetFile:
    def test_shows_the_uploader_his_file(self, as_sam: PrsClient, sam: User) -> None:
        file = StoredFileFactory(by=sam)
        shown = ok(as_sam.get(f"{URL}{file.pk}/"))
        assert (shown["sha256"], shown["stored_sha256"]) == (file.sha256, file.stored_sha256)

    def test_downloads_as_an_attachment(self, as_sam: PrsClient, sam: User) -> None:
        file = StoredFileFactory(by=sam, content=PLAIN_PDF, name="Beleg für März.pdf")
        response = as_sam.get(f"{URL}{file.pk}/content/")

        assert response.status_code == 200
        assert body_of(response) == PLAIN_PDF
        assert response["Content-Length"] == str(len(PLAIN_PDF))
        assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''Beleg%20")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response["Cache-Control"]

    def test_whose_bytes_are_gone_says_so_before_it_answers(
        self, as_sam: PrsClient, sam: User
    ) -> None:
        file = StoredFileFactory(by=sam)
        default_storage.delete(file.storage_name)
        refused = error(as_sam.get(f"{URL}{file.pk}/content/"), 503)
        assert refused["code"] == "unavailable"

    @pytest.mark.parametrize("end", ["", "content/"])
    def test_opens_to_readers_of_everything(
        self, as_vera: PrsClient, as_audrey: PrsClient, sam: User, end: str
    ) -> None:
        file = StoredFileFactory(by=sam)
        for client in (as_vera, as_audrey):
            assert client.get(f"{URL}{file.pk}/{end}").status_code == 200

    @pytest.mark.parametrize("end", ["", "content/"])
    def test_is_not_found_by_anybody_else(
        self,
        as_suki: PrsClient,
        as_theo: PrsClient,
        as_mallory: PrsClient,
        sam: User,
        end: str,
    ) -> None:
        file = StoredFileFactory(by=sam)
        for client, file_id in (
            (as_suki, file.pk),
            (as_theo, file.pk),
            (as_mallory, file.pk),
            (as_suki, uuid4()),
        ):
            assert error(client.get(f"{URL}{file_id}/{end}"), 404)["code"] == "not_found"
