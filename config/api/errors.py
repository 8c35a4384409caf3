"""From any exception to one answer: status, stable code, a sentence, and the places it is about."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.rendering import PROBLEM, envelope_of, problem_of
from shared_apps.kernel.errors import DomainError
from shared_apps.web.errors import InternalError
from shared_apps.web.refusing import refusal_of

log = structlog.get_logger(__name__)


def handle_exception(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answer any exception of an API view (DRF's EXCEPTION_HANDLER)."""
    request: Request | None = context.get("request")
    refusal = refusal_of(error)
    if isinstance(refusal, InternalError):
        _report(error, request)
    response = Response(error_of(refusal), status=refusal.status, headers=headers_of(refusal))
    if request is not None and _wants_problem(request.META.get("HTTP_ACCEPT", "")):
        response.content_type = PROBLEM
    return response


def failure_response(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Answer a refusal from outside a view (middleware, Django's error pages)."""
    error = error_of(refusal)
    is_problem = _wants_problem(request.META.get("HTTP_ACCEPT", ""))
    shape = problem_of if is_problem else envelope_of
    return HttpResponse(
        JSONRenderer().render(shape(error, refusal.status)),
        status=refusal.status,
        headers=headers_of(refusal),
        content_type=PROBLEM if is_problem else JSONRenderer.media_type,
    )


def error_of(refusal: DomainError) -> dict[str, Any]:
    """Return the `error` object of the envelope."""
    return {
        "code": refusal.code,
        "message": refusal.detail,
        "errors": [problem.as_json() for problem in refusal.problems],
    }


def headers_of(refusal: DomainError) -> dict[str, str]:
    """Return the headers that the answer to a refusal carries."""
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer", **refusal.headers}
    return refusal.headers


def _report(error: Exception, request: Request | None) -> None:
    """Log a fault of ours and tell those who listen (error trackers, the test client)."""
    log.error("unhandled_error", path=getattr(request, "path", None), exc_info=error)
    got_request_exception.send(sender=None, request=getattr(request, "_request", None))


def _wants_problem(accept: str) -> bool:
    return PROBLEM in accept
