"""Every answer comes in one envelope."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from tests.client import PrsClient


class TestSuccess:
    def test_carries_data_and_meta(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.get(f"{parcels}PC-0001/")

        body = response.json()
        assert response.status_code == 200
        assert response["Content-Type"] == "application/json"
        assert body["success"] is True
        assert body["data"]["price"] == {"amount": "12.50", "currency": "USD"}
        assert set(body) == {"success", "data", "meta"}
        assert set(body["meta"]) == {"timestamp", "version", "request_id"}
        assert body["meta"]["version"] == "1.0"
        assert body["meta"]["timestamp"].endswith("Z")
        assert datetime.fromisoformat(body["meta"]["timestamp"]).tzinfo is not None
        assert UUID(body["meta"]["request_id"]) == UUID(response["X-Request-ID"])

    def test_keeps_the_senders_request_id(self, as_sam: PrsClient, parcels: str) -> None:
        sent = str(uuid4())

        response = as_sam.get(f"{parcels}PC-0001/", HTTP_X_REQUEST_ID=sent)

        assert response.json()["meta"]["request_id"] == response["X-Request-ID"] == sent

    def test_of_a_removal_has_no_body(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.delete(f"{parcels}PC-0001/")

        assert (response.status_code, response.content) == (204, b"")


class TestVersion:
    @pytest.mark.parametrize(
        "accept", ["*/*", "application/json", "application/json; version=1.0", "application/*"]
    )
    def test_1_0_answers(self, as_sam: PrsClient, parcels: str, accept: str) -> None:
        assert as_sam.get(f"{parcels}PC-0001/", HTTP_ACCEPT=accept).status_code == 200

    @pytest.mark.parametrize("version", ["2.0", "1", "9" * 300, "1.0.0"])
    def test_that_does_not_exist_is_406(
        self, as_sam: PrsClient, parcels: str, version: str
    ) -> None:
        accept = f"application/json; version={version}"
        response = as_sam.get(f"{parcels}PC-0001/", HTTP_ACCEPT=accept)

        assert response.status_code == 406
        assert response.json()["error"]["code"] in {"version_not_supported", "not_acceptable"}

    def test_says_its_name_when_it_does_not_exist(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.get(f"{parcels}PC-0001/", HTTP_ACCEPT="application/json; version=2.0")

        assert response.json()["error"]["code"] == "version_not_supported"

    def test_of_another_media_type_is_406(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.get(f"{parcels}PC-0001/", HTTP_ACCEPT="application/xml")

        assert response.status_code == 406
        assert response.json()["error"]["code"] == "not_acceptable"


class TestProblem:
    def test_has_the_members_of_rfc_9457(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.get(f"{parcels}refused/boom/", HTTP_ACCEPT="application/problem+json")

        assert response["Content-Type"] == "application/problem+json"
        assert response.json() == {
            "type": "urn:prs:error:parcel_refused",
            "title": "Conflict",
            "status": 409,
            "detail": "The depot takes no such parcel.",
            "code": "parcel_refused",
            "errors": [],
            "request_id": response["X-Request-ID"],
        }

    def test_is_given_to_who_accepts_both(self, as_sam: PrsClient, parcels: str) -> None:
        accept = "application/json, application/problem+json"
        response = as_sam.get(f"{parcels}refused/boom/", HTTP_ACCEPT=accept)

        assert response["Content-Type"] == "application/problem+json"

    def test_is_given_for_unknown_addresses_too(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.get("/api/nowhere/", HTTP_ACCEPT="application/problem+json")

        assert (response.status_code, response.json()["code"]) == (404, "not_found")

    def test_leaves_a_success_as_it_is(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.get(f"{parcels}PC-0001/", HTTP_ACCEPT="application/problem+json")

        assert response["Content-Type"] == "application/json"
        assert response.json()["success"] is True
