"""One exchange: a request that schemathesis made, sent through the stack, and its answer."""

import json
from functools import lru_cache
from typing import Any
from uuid import uuid4

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response

from config.openapi import openapi_document
from tests.client import PrsClient

HOST = "http://acme.localhost"
MODES = {"valid": GenerationMode.POSITIVE, "invalid": GenerationMode.NEGATIVE}
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
_TAKEN = {"method", "url", "headers", "params", "data", "json", "files"}
# headers that the client sends itself
_OURS = {"Authorization", "Content-Type", "Content-Length", "Host", "Idempotency-Key", "Cookie"}


@lru_cache
def operations() -> dict[str, Any]:
    """Return the operations of an organization's host by label: "POST /api/business/deals/"."""
    schema = schemathesis.openapi.from_dict(json.loads(openapi_document("config.urls_tenant")))
    found = (result.ok() for result in schema.get_all_operations() if isinstance(result, Ok))
    return {each.label: each for each in found}


def resource_of(label: str) -> str:
    """Return the resource of an operation: "business/deals" of "POST /api/business/deals/"."""
    parts = label.partition(" /api/")[2].split("/")
    return "/".join(part for part in parts[:2] if part and not part.startswith("{"))


def requests_of(operation: Any, mode: str) -> st.SearchStrategy[Case[Any]]:
    """Return a strategy for valid or invalid requests of an operation."""
    strategy: st.SearchStrategy[Case[Any]] = operation.as_strategy(generation_mode=MODES[mode])
    return strategy


def send(case: Case[Any], *, client: PrsClient) -> Response:
    """Send a request through the stack and return the answer as schemathesis reads it."""
    given = case.as_transport_kwargs(base_url=HOST)
    sent = requests.Request(**{name: given[name] for name in given.keys() & _TAKEN}).prepare()
    answer = _through_the_stack(client, sent)
    content = b"".join(answer) if answer.streaming else answer.content
    headers = {name.lower(): [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, headers, content, sent, elapsed=0, verify=False)


def _through_the_stack(client: PrsClient, sent: requests.PreparedRequest) -> Any:
    headers = {name: value for name, value in sent.headers.items() if name not in _OURS}
    body: Any = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    return client.generic(
        sent.method or "GET",
        (sent.url or "").removeprefix(HOST),
        data=body,
        content_type=str(sent.headers.get("Content-Type", "application/octet-stream")),
        headers={**headers, "Idempotency-Key": str(uuid4())},
    )


def complaint_about(case: Case[Any], answer: Response) -> str:
    """Return what is wrong with an answer, in one line; "" when nothing is."""
    checks: list[Any] = [CHECKS.get_one(name) for name in CHECKED]
    try:
        case.validate_response(answer, checks=checks)
    except AssertionError as failure:
        return _one_line(failure)
    except BaseExceptionGroup as failures:
        return "; ".join(_one_line(failure) for failure in failures.exceptions)
    return ""


def _one_line(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:300]
