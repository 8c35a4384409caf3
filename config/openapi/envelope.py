"""The envelope around every answer and the refusals that endpoints share, added in one place."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from config.openapi.endpoints import IDEMPOTENCY_KEY, IF_MATCH, JSON
from shared_apps.audit.idempotency import IdempotencyKeyRequired, IdempotencyMismatch
from shared_apps.kernel.errors import (
    DomainError,
    NotFound,
    PermissionRefused,
    StaleVersion,
    ValidationFailed,
)
from shared_apps.web import errors as web
from shared_apps.web.paging import PAGE_SIZE
from shared_apps.web.schema import LIST_MARK

METHODS = ("get", "post", "patch", "put", "delete")
META_EXAMPLE = {
    "timestamp": "2026-03-02T11:00:00.000Z",
    "version": "1.0",
    "request_id": "0195f5c2-7a4b-7c3d-8e9f-0a1b2c3d4e5f",
}


TEXT: dict[str, Any] = {"type": "string"}
LINK: dict[str, Any] = {"type": ["string", "null"], "format": "uri"}
SHARED_SCHEMAS: dict[str, Any] = {
    "FieldProblem": {
        "type": "object",
        "required": ["field", "code", "message"],
        "properties": {
            "field": {**TEXT, "description": "A JSON pointer into the request."},
            "code": TEXT,
            "message": TEXT,
        },
    },
    "Error": {
        "type": "object",
        "required": ["code", "message", "errors"],
        "properties": {
            "code": {**TEXT, "description": "Stable; listed in docs/errors.md."},
            "message": TEXT,
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
        },
    },
    "Meta": {
        "type": "object",
        "required": ["timestamp", "version", "request_id"],
        "properties": {
            "timestamp": {**TEXT, "format": "date-time"},
            "version": TEXT,
            "request_id": {"type": ["string", "null"], "format": "uuid"},
        },
    },
    "Pagination": {
        "type": "object",
        "required": ["count", "next", "previous", "page_size"],
        "properties": {
            "count": {"type": ["integer", "null"], "description": "Null by cursor."},
            "next": LINK,
            "previous": LINK,
            "page_size": {"type": "integer"},
        },
    },
}


def wrap_envelope(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Put every answer into the envelope and add the refusals (a postprocessing hook)."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(deepcopy(SHARED_SCHEMAS))
    refusals = {_component_of(kind): _refusal(kind) for kind in _all_refusals()}
    result["components"]["responses"] = refusals
    for address, method, operation in _operations(result):
        is_list = bool(operation.pop(LIST_MARK, False))
        for answer in operation["responses"].values():
            _wrap_answer(answer, is_list=is_list)
        for kind in _refusals_of(address, method, operation):
            reference = {"$ref": f"#/components/responses/{_component_of(kind)}"}
            operation["responses"].setdefault(str(kind.status), reference)
    return result


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for address, item in result["paths"].items():
        for method in METHODS:
            if method in item:
                yield address, method, item[method]


def _wrap_answer(answer: dict[str, Any], *, is_list: bool) -> None:
    content = {name.split(";")[0]: value for name, value in answer.get("content", {}).items()}
    if not content:
        return
    answer["content"] = content
    body = content.get(JSON)
    if body is None:
        return
    body["schema"] = _envelope(_page(body["schema"]) if is_list else body["schema"])
    for example in body.get("examples", {}).values():
        data = _example_page(example["value"]) if is_list else example["value"]
        example["value"] = {"success": True, "data": data, "meta": META_EXAMPLE}


def _envelope(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["success", "data", "meta"],
        "properties": {
            "success": {"const": True},
            "data": data,
            "meta": {"$ref": "#/components/schemas/Meta"},
        },
    }


def _page(rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["results", "pagination"],
        "properties": {
            "results": rows,
            "pagination": {"$ref": "#/components/schemas/Pagination"},
        },
    }


def _example_page(rows: Any) -> dict[str, Any]:
    results = rows if isinstance(rows, list) else [rows]
    return {
        "results": results,
        "pagination": {
            "count": len(results),
            "next": None,
            "previous": None,
            "page_size": PAGE_SIZE,
        },
    }


def _all_refusals() -> tuple[type[DomainError], ...]:
    return (
        ValidationFailed,
        web.NotSignedIn,
        PermissionRefused,
        NotFound,
        web.NotAcceptable,
        web.Conflict,
        StaleVersion,
        web.RequestTooLarge,
        web.ContentTypeNotSupported,
        IdempotencyMismatch,
        web.PreconditionRequired,
        IdempotencyKeyRequired,
        web.Throttled,
        web.Unavailable,
    )


def _refusals_of(
    address: str, method: str, operation: dict[str, Any]
) -> Iterator[type[DomainError]]:
    headers = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "header"}
    yield from (ValidationFailed, web.NotAcceptable, web.Throttled, web.Unavailable)
    if operation.get("security"):
        yield from (web.NotSignedIn, PermissionRefused)
    yield from _refusals_of_method(address, method)
    if "requestBody" in operation:
        yield from (web.RequestTooLarge, web.ContentTypeNotSupported)
    if IDEMPOTENCY_KEY.name in headers:
        yield from (web.Conflict, IdempotencyMismatch, IdempotencyKeyRequired)
    if IF_MATCH.name in headers:
        yield from (StaleVersion, web.PreconditionRequired)


def _refusals_of_method(address: str, method: str) -> Iterator[type[DomainError]]:
    """A write can name what is not there, and meet a state that forbids it, without a body too."""
    is_write = method != "get"
    if "{" in address or is_write:
        yield NotFound
    if is_write:
        yield web.Conflict


def _component_of(kind: type[DomainError]) -> str:
    return kind.__name__


def _refusal(kind: type[DomainError]) -> dict[str, Any]:
    error = {"code": kind.code, "message": kind.message, "errors": []}
    envelope = {
        "type": "object",
        "required": ["success", "error", "meta"],
        "properties": {
            "success": {"const": False},
            "error": {"$ref": "#/components/schemas/Error"},
            "meta": {"$ref": "#/components/schemas/Meta"},
        },
    }
    example = {"success": False, "error": error, "meta": META_EXAMPLE}
    return {
        "description": kind.message,
        "content": {JSON: {"schema": envelope, "example": example}},
    }
