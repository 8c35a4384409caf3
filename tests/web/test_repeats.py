"""A POST that is sent twice has one effect, and the second sender hears the first answer."""

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from shared_apps.audit.models import EventRecord, IdempotencyKey
from shared_apps.audit.recording import record
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tests.audit.parcels import ParcelSent, parcel
from tests.client import PrsClient, error
from tests.together import run_together

KEY = "repeat-me-0001"


def sent() -> int:
    """Return how many parcels have been sent."""
    return EventRecord.objects.filter(name=ParcelSent.name).count()


class TestRepeat:
    def test_hears_the_first_answer_and_has_no_effect(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        first = as_sam.post(parcels, {"note": "a", "pieces": 2}, key=KEY)
        second = as_sam.post(parcels, {"pieces": 2, "note": "a"}, key=KEY)

        assert (first.status_code, second.status_code) == (201, 201)
        assert second.json()["data"] == first.json()["data"]
        assert second["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first
        assert second.json()["meta"]["request_id"] != first.json()["meta"]["request_id"]
        assert sent() == 1

    def test_with_another_body_is_422(self, as_sam: PrsClient, parcels: str) -> None:
        as_sam.post(parcels, {"note": "a"}, key=KEY)

        response = as_sam.post(parcels, {"note": "b"}, key=KEY)

        assert error(response, 422)["code"] == "idempotency_mismatch"
        assert sent() == 1

    def test_with_another_file_is_422(self, as_sam: PrsClient, parcels: str) -> None:
        def form(content: bytes) -> dict[str, Any]:
            return {"note": "a", "sticker": SimpleUploadedFile("label.txt", content)}

        first = as_sam.post(parcels, form(b"one"), key=KEY, format="multipart")
        again = as_sam.post(parcels, form(b"one"), key=KEY, format="multipart")
        other = as_sam.post(parcels, form(b"two"), key=KEY, format="multipart")

        assert [r.status_code for r in (first, again, other)] == [201, 201, 422]
        assert again["Idempotent-Replayed"] == "true"

    def test_of_another_person_is_a_request_of_its_own(
        self, as_sam: PrsClient, as_suki: PrsClient, parcels: str
    ) -> None:
        as_sam.post(parcels, {}, key=KEY)

        assert "Idempotent-Replayed" not in as_suki.post(parcels, {}, key=KEY)
        assert sent() == 2

    def test_is_authorised_before_it_is_answered(
        self, as_sam: PrsClient, anyone: PrsClient, parcels: str
    ) -> None:
        as_sam.post(parcels, {}, key=KEY)

        assert anyone.post(parcels, {}, key=KEY).status_code == 401

    def test_hears_a_refusal_again_whose_writes_were_undone(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        first = as_sam.post(parcels, {"note": "refused"}, key=KEY)
        second = as_sam.post(parcels, {"note": "refused"}, key=KEY)

        assert error(first, 409) == error(second, 409)
        assert error(first)["code"] == "parcel_refused"
        assert second["Idempotent-Replayed"] == "true"
        assert sent() == 0

    @pytest.mark.parametrize("fault", ["bug", "throttled", "bad_token"])
    def test_tries_anew_after_a_failure_that_is_not_its_own(
        self, as_sam: PrsClient, parcels: str, fault: str
    ) -> None:
        as_sam.raise_request_exception = False

        first = as_sam.post(parcels, {"note": fault}, key=KEY)

        assert first.status_code in {500, 429, 401}
        assert not IdempotencyKey.objects.exists()
        assert sent() == 0

    def test_tries_anew_after_a_body_that_could_not_be_read(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        as_sam.generic("POST", parcels, "{", "application/json", HTTP_IDEMPOTENCY_KEY=KEY)

        assert as_sam.post(parcels, {}, key=KEY).status_code == 201


class TestKey:
    def test_is_required(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.post(parcels, {}, key=None)

        assert error(response, 428)["code"] == "idempotency_key_required"
        assert sent() == 0

    @pytest.mark.parametrize("key", ["short", "x" * 256])
    def test_has_8_to_255_characters(self, as_sam: PrsClient, parcels: str, key: str) -> None:
        assert as_sam.post(parcels, {}, key=key).status_code == 400

    def test_is_asked_for_where_it_is_stated_only(self, as_sam: PrsClient, parcels: str) -> None:
        assert as_sam.delete(f"{parcels}PC-0001/").status_code == 204


class TestConcurrentRepeats:
    def test_have_one_effect(self, fresh_tenant: Tenant, settings: Settings) -> None:
        settings.EVENT_REACTIONS = "tests.audit.parcels.REACTIONS"
        settings.ROOT_URLCONF = "tests.web.parcel_api"
        owner = User.objects.get()
        client = PrsClient.signed_in(_activated(owner), tenant=fresh_tenant)
        key = str(uuid4())

        answers = run_together(
            fresh_tenant,
            [lambda: client.post("/api/parcels/", {"note": "once"}, key=key)] * 16,
        )

        assert Counter(answer.status_code for answer in answers) == {201: 16}
        assert len({answer.json()["data"]["id"] for answer in answers}) == 1
        assert sum("Idempotent-Replayed" in answer for answer in answers) == 15
        assert sent() == 1


def _activated(person: User) -> User:
    User.objects.filter(pk=person.pk).update(status="active")
    person.refresh_from_db()
    return person


class TestStatements:
    def test_of_an_idempotent_post_are_few(
        self, as_sam: PrsClient, parcels: str, sam: User, django_assert_max_num_queries: Any
    ) -> None:
        as_sam.post(parcels, {})
        record(parcel(), actor=sam.actor, at=utc_now())

        # sign-in and roles, 2 savepoints, lock_timeout, key, event, deliveries, answer
        with django_assert_max_num_queries(14):
            as_sam.post(parcels, {})
