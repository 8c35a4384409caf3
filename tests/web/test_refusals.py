"""Whatever goes wrong, the answer has a stable code, a sentence and no stack trace."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404
from django.test import RequestFactory
from psycopg import errors as pg
from psycopg_pool import PoolTimeout
from rest_framework.exceptions import ErrorDetail

from config.api import bad_request, csrf_failure, page_not_found, permission_denied, server_error
from shared_apps.kernel.errors import FieldProblem
from shared_apps.web.pointers import problems_of
from shared_apps.web.refusing import refusal_of
from tests.client import PrsClient


@pytest.fixture
def sams_failures(as_sam: PrsClient) -> PrsClient:
    """Sam's client, shown our faults as a client sees them."""
    as_sam.raise_request_exception = False
    return as_sam


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [
            ("missing_row", 404, "not_found"),
            ("http404", 404, "not_found"),
            ("denied", 403, "permission_denied"),
            ("suspicious", 400, "validation_error"),
            ("too_big", 413, "request_too_large"),
            ("throttled", 429, "throttled"),
            ("not_signed_in", 401, "not_authenticated"),
            ("bad_token", 401, "token_invalid"),
            ("wrong_tenant", 401, "wrong_tenant"),
            ("stale", 412, "stale_version"),
            ("refused", 409, "parcel_refused"),
            ("out_of_range", 400, "validation_error"),
            ("nul", 400, "validation_error"),
            ("constraint", 409, "conflict"),
            ("too_slow", 503, "unavailable"),
        ],
    )
    def test_have_a_status_and_a_stable_code(
        self, as_sam: PrsClient, parcels: str, kind: str, status: int, code: str
    ) -> None:
        response = as_sam.get(f"{parcels}{kind}/boom/")

        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (status, code)
        assert set(error) == {"code", "message", "errors"}
        assert error["message"].endswith(".")

    @pytest.mark.parametrize("kind", ["bug", "syntax"])
    def test_of_our_own_fault_are_500_without_a_detail(
        self,
        sams_failures: PrsClient,
        parcels: str,
        kind: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with caplog.at_level(logging.ERROR):
            response = sams_failures.get(f"{parcels}{kind}/boom/")

        assert response.status_code == 500
        assert response.json()["error"] == {
            "code": "internal_error",
            "message": (
                "Something went wrong on our side; it has been logged under the request id."
            ),
            "errors": [],
        }
        assert "Traceback" not in response.content.decode()
        assert "secret detail" not in response.content.decode()
        assert "unhandled_error" in caplog.text

    def test_say_when_to_come_back(self, as_sam: PrsClient, parcels: str) -> None:
        assert as_sam.get(f"{parcels}throttled/boom/")["Retry-After"] == "7"
        assert as_sam.get(f"{parcels}too_slow/boom/")["Retry-After"] == "5"

    def test_of_a_credential_name_the_scheme(self, as_sam: PrsClient, parcels: str) -> None:
        assert as_sam.get(f"{parcels}bad_token/boom/")["WWW-Authenticate"] == "Bearer"

    def test_are_the_same_for_what_is_missing_and_what_is_malformed(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        answers = [
            as_sam.get(f"{parcels}{pk}/")
            for pk in (uuid4(), "PC-0002", "nonsense", "%00", "a" * 300, "PC-%F0%9F%92%A9")
        ]

        assert {answer.status_code for answer in answers} == {404}
        errors = [answer.json()["error"] for answer in answers]
        assert all(error == errors[0] for error in errors)


class TestDoors:
    def test_a_stranger_is_401(self, anyone: PrsClient, parcels: str) -> None:
        response = anyone.get(f"{parcels}PC-0001/")

        assert (response.status_code, response.json()["error"]["code"]) == (
            401,
            "not_authenticated",
        )

    def test_a_role_without_the_permission_is_403(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.get(f"{parcels}PC-0001/refund/")

        assert (response.status_code, response.json()["error"]["code"]) == (
            403,
            "permission_denied",
        )

    def test_a_role_with_the_permission_comes_in(self, as_vera: PrsClient, parcels: str) -> None:
        response = as_vera.get(f"{parcels}PC-0001/refund/")

        assert response.json()["data"]["note"] == "payments.decide"

    def test_an_action_without_a_permission_is_closed(
        self, as_olga: PrsClient, parcels: str
    ) -> None:
        assert as_olga.get(f"{parcels}PC-0001/forgotten/").status_code == 403

    @pytest.mark.parametrize("method", ["put", "post", "options"])
    def test_a_method_that_is_not_there_is_405(
        self, as_sam: PrsClient, parcels: str, method: str
    ) -> None:
        response = getattr(as_sam, method)(f"{parcels}PC-0001/")

        assert (response.status_code, response.json()["error"]["code"]) == (
            405,
            "method_not_allowed",
        )
        assert "PATCH" in response["Allow"]

    def test_an_unknown_address_is_404_in_the_envelope(self, anyone: PrsClient) -> None:
        for method in (anyone.get, anyone.post, anyone.delete):
            response = method("/api/nowhere/at/all")
            assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")


class TestDatabase:
    @pytest.mark.parametrize(
        ("cause", "status", "code"),
        [
            (pg.LockNotAvailable(), 409, "busy"),
            (pg.DeadlockDetected(), 409, "busy"),
            (pg.SerializationFailure(), 409, "busy"),
            (pg.QueryCanceled(), 503, "unavailable"),
            (pg.AdminShutdown(), 503, "unavailable"),
            (pg.TooManyConnections(), 503, "unavailable"),
            (pg.CannotConnectNow(), 503, "unavailable"),
            (pg.OperationalError("connection failed"), 503, "unavailable"),
            (PoolTimeout("none free"), 503, "unavailable"),
            (pg.UndefinedTable(), 500, "internal_error"),
        ],
    )
    def test_troubles_are_told_apart(self, cause: Exception, status: int, code: str) -> None:
        refusal = refusal_of(_wrapped(OperationalError, cause))

        assert (refusal.status, refusal.code) == (status, code)
        assert ("Retry-After" in refusal.headers) == (status in {409, 503})

    def test_a_lost_connection_is_503(self) -> None:
        cause = pg.InterfaceError("the connection is closed")

        assert refusal_of(_wrapped(InterfaceError, cause)).status == 503


class TestPages:
    @pytest.mark.parametrize(
        ("page", "status", "code"),
        [
            (lambda r: page_not_found(r, Http404()), 404, "not_found"),
            (lambda r: permission_denied(r, PermissionDenied()), 403, "permission_denied"),
            (lambda r: bad_request(r, SuspiciousOperation()), 400, "validation_error"),
            (lambda r: bad_request(r, RequestDataTooBig()), 413, "request_too_large"),
            (server_error, 500, "internal_error"),
            (lambda r: csrf_failure(r, reason="no cookie"), 403, "permission_denied"),
        ],
        ids=["404", "403", "400", "413", "500", "csrf"],
    )
    def test_of_django_are_in_the_envelope_under_api(
        self, page: Callable[[Any], Any], status: int, code: str
    ) -> None:
        response = page(RequestFactory().get("/api/x/"))

        assert response.status_code == status
        assert f'"code":"{code}"' in response.content.decode()

    def test_of_django_stay_its_own_elsewhere(self) -> None:
        response = page_not_found(RequestFactory().get("/x/"), Http404())

        assert response["Content-Type"].startswith("text/html")


class TestPointers:
    def test_lead_to_each_value(self) -> None:
        wrong = ErrorDetail("Wrong.", code="wrong")
        detail = {
            "lines": [{}, {"quantity": [wrong]}],
            "a/b~c": [wrong],
            "tags": {1: [wrong]},
            "non_field_errors": [wrong],
        }

        assert problems_of(detail) == [
            FieldProblem("/lines/1/quantity", "wrong", "Wrong."),
            FieldProblem("/a~1b~0c", "wrong", "Wrong."),
            FieldProblem("/tags/1", "wrong", "Wrong."),
            FieldProblem("", "wrong", "Wrong."),
        ]


def _wrapped(kind: type[DatabaseError | InterfaceError], cause: Exception) -> Exception:
    error = kind("as Django wraps it")
    error.__cause__ = cause
    return error
