"""The OpenAPI document is complete, free of warnings, and says what the API does."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no stubs
from pytest_django import Settings

from config.openapi import openapi_document
from shared_apps.tenancy.context import Tenant, use_platform

URLCONFS = ("config.urls_tenant", "config.urls_public")
METHODS = ("get", "post", "patch", "put", "delete")
JSON = "application/json"


@lru_cache
def document(urlconf: str) -> dict[str, Any]:
    """Return the document of one kind of host."""
    made: dict[str, Any] = json.loads(openapi_document(urlconf))
    return made


def operations(urlconf: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each operation with its name: "POST /api/business/clients/"."""
    for path, item in document(urlconf)["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def successes(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the JSON contents of an operation's successful answers."""
    for status, answer in operation["responses"].items():
        if status.startswith("2") and JSON in answer.get("content", {}):
            yield answer["content"][JSON]


@pytest.mark.parametrize("urlconf", URLCONFS)
class TestDocument:
    def test_is_valid_openapi_3_1(self, urlconf: str) -> None:
        assert document(urlconf)["openapi"].startswith("3.1")
        validate: Any = validate_schema
        validate(document(urlconf))

    def test_is_generated_without_a_warning(self, urlconf: str) -> None:
        GENERATOR_STATS.reset()
        generator: Any = SchemaGenerator
        with use_platform():
            generator(urlconf=urlconf).get_schema(request=None, public=True)

        complaints = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
        assert complaints == []

    def test_has_an_example_for_every_answer_with_a_body(self, urlconf: str) -> None:
        missing = [
            name
            for name, operation in operations(urlconf)
            if any("examples" not in content for content in successes(operation))
        ]

        assert missing == []

    def test_has_an_example_for_every_required_body(self, urlconf: str) -> None:
        missing = [
            name
            for name, operation in operations(urlconf)
            for kind, content in operation.get("requestBody", {}).get("content", {}).items()
            if kind == JSON
            and _requires_something(urlconf, content["schema"])
            and "examples" not in content
        ]

        assert missing == []

    def test_has_examples_that_fit_their_schema(self, urlconf: str) -> None:
        wrong = [
            f"{name}: {problem}"
            for name, operation in operations(urlconf)
            for content in _described(operation)
            for example in content.get("examples", {}).values()
            for problem in _problems(urlconf, content["schema"], example["value"])
        ]

        assert wrong == []

    def test_shows_the_envelope_in_every_answer(self, urlconf: str) -> None:
        for name, operation in operations(urlconf):
            for content in successes(operation):
                assert content["schema"]["required"] == ["success", "data", "meta"], name

    def test_shows_the_refusals_of_every_endpoint(self, urlconf: str) -> None:
        for name, operation in operations(urlconf):
            assert {"400", "406", "429", "503"} <= set(operation["responses"]), name

    def test_summarises_every_endpoint(self, urlconf: str) -> None:
        missing = [name for name, operation in operations(urlconf) if not operation.get("summary")]

        assert missing == []

    def test_names_every_operation_once(self, urlconf: str) -> None:
        names = [operation["operationId"] for _, operation in operations(urlconf)]

        assert len(names) == len(set(names))

    def test_asks_for_the_version_of_every_change(self, urlconf: str) -> None:
        for name, operation in operations(urlconf):
            if name.startswith("PATCH"):
                headers = [p["name"] for p in operation["parameters"] if p["in"] == "header"]
                assert "If-Match" in headers, name
                assert {"412", "428"} <= set(operation["responses"]), name


class TestSignIn:
    def test_names_the_cookie_that_the_settings_name(self, settings: Settings) -> None:
        settings.SESSION_COOKIE_NAME = "__Host-tests"
        made = json.loads(openapi_document.__wrapped__("config.urls_tenant"))

        schemes = made["components"]["securitySchemes"]
        assert schemes["session"]["name"] == "__Host-tests"
        assert schemes["bearer"]["scheme"] == "bearer"


class TestServing:
    def test_gives_the_document_of_the_organizations_host(self, acme: Tenant) -> None:
        response = Client(SERVER_NAME=acme.host).get("/api/schema/")

        assert response["Content-Type"] == "application/vnd.oai.openapi+json"
        assert "/api/admin/audit/" in response.json()["paths"]

    def test_shows_the_documentation_without_foreign_hosts_or_inline_code(
        self, acme: Tenant
    ) -> None:
        page = Client(SERVER_NAME=acme.host).get("/api/docs/")

        html = page.content.decode()
        assert page.status_code == 200
        assert "https://" not in html
        assert "<script>" not in html

    def test_gives_the_script_of_the_documentation(self, acme: Tenant) -> None:
        script = Client(SERVER_NAME=acme.host).get("/api/docs/?script=")

        assert "/api/schema/" in script.content.decode()


def _described(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from successes(operation)
    yield from operation.get("requestBody", {}).get("content", {}).values()


def _requires_something(urlconf: str, schema: dict[str, Any]) -> bool:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        schema = document(urlconf)["components"]["schemas"][name]
    return bool(schema.get("required"))


def _problems(urlconf: str, schema: dict[str, Any], value: Any) -> list[str]:
    whole = {**schema, "components": document(urlconf)["components"]}
    validator = Draft202012Validator(whole)
    return [f"{error.json_path} {error.message}"[:200] for error in validator.iter_errors(value)]
