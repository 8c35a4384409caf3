"""Every answer in the same envelope; failures as RFC 9457 problems for those who ask."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rest_framework.renderers import JSONRenderer

from shared_apps.audit.request import current_request_info
from shared_apps.kernel.clock import utc_now

if TYPE_CHECKING:
    from rest_framework.response import Response

VERSION = "1.0"
PROBLEM = "application/problem+json"


class EnvelopeRenderer(JSONRenderer):
    """`{"success", "data" | "error", "meta"}` around what a view or the error handler gives."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the answer as JSON; a 204 has no body."""
        response: Response | None = (renderer_context or {}).get("response")
        status = response.status_code if response is not None else 200
        if status == HTTPStatus.NO_CONTENT:
            return b""
        if response is not None and response.content_type == PROBLEM:
            return super().render(problem_of(data, status), None, renderer_context)
        return super().render(envelope_of(data, status), accepted_media_type, renderer_context)


class ProblemRenderer(EnvelopeRenderer):
    """Chosen for clients that accept problems only; a success is the ordinary envelope."""

    media_type = PROBLEM
    format = "problem"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the answer; only a failure keeps the media type of a problem."""
        response: Response | None = (renderer_context or {}).get("response")
        if response is not None and response.status_code < HTTPStatus.BAD_REQUEST:
            response["Content-Type"] = EnvelopeRenderer.media_type
        return super().render(data, accepted_media_type, renderer_context)


def envelope_of(data: Any, status: int) -> dict[str, Any]:
    """Return the whole answer: success with its data, or failure with its error."""
    meta = {
        "timestamp": utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "version": VERSION,
        "request_id": request_id(),
    }
    if status >= HTTPStatus.BAD_REQUEST:
        return {"success": False, "error": data, "meta": meta}
    return {"success": True, "data": data, "meta": meta}


def problem_of(error: Mapping[str, Any], status: int) -> dict[str, Any]:
    """Return a failure as RFC 9457 has it, with the members of our own beside."""
    return {
        "type": f"urn:prs:error:{error['code']}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error["message"],
        "code": error["code"],
        "errors": error["errors"],
        "request_id": request_id(),
    }


def request_id() -> str | None:
    """Return the id of the request being answered."""
    current = current_request_info().request_id
    return str(current) if current else None
