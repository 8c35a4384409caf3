"""From any exception to one answer: status, stable code, a sentence, and the places it is about."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as ModelInvalid
from django.core.signals import got_request_exception
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.database import database_refusal
from config.api.pointers import problems_of
from config.api.rendering import PROBLEM, envelope_of, problem_of
from shared_apps.kernel.errors import (
    DomainError,
    FieldProblem,
    NotFound,
    PermissionRefused,
    ValidationFailed,
)
from shared_apps.web.errors import (
    ContentTypeNotSupported,
    InternalError,
    MethodNotSupported,
    NotAcceptable,
    NotSignedIn,
    RequestTooLarge,
    Throttled,
    TokenInvalid,
    WrongTenant,
)

log = structlog.get_logger(__name__)

_SAME_FACT: tuple[tuple[type[Exception], type[DomainError]], ...] = (
    (ObjectDoesNotExist, NotFound),
    (Http404, NotFound),
    (drf.NotFound, NotFound),
    (drf.NotAuthenticated, NotSignedIn),
    (drf.MethodNotAllowed, MethodNotSupported),
    (drf.NotAcceptable, NotAcceptable),
    (drf.UnsupportedMediaType, ContentTypeNotSupported),
    (RequestDataTooBig, RequestTooLarge),
)


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


def refusal_of(error: Exception) -> DomainError:
    """Return the refusal that an exception amounts to; what nobody foresaw is InternalError."""
    if isinstance(error, DomainError):
        return error
    for kind, refusal in _SAME_FACT:
        if isinstance(error, kind):
            return refusal()
    for kind, translate in _TRANSLATED:
        if isinstance(error, kind):
            return translate(error)
    return InternalError()


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


def _invalid(error: Exception) -> DomainError:
    return ValidationFailed(problems=problems_of(getattr(error, "detail", str(error))))


def _invalid_model(error: Exception) -> DomainError:
    detail = drf.ValidationError(drf_detail_of(error)).detail
    return ValidationFailed(problems=problems_of(detail))


def drf_detail_of(error: Exception) -> Any:
    """Return Django's own validation messages in DRF's form."""
    by_field = getattr(error, "message_dict", None)
    return by_field if by_field is not None else getattr(error, "messages", [str(error)])


def _malformed(error: Exception) -> DomainError:
    problem = FieldProblem("", "malformed", "The request cannot be read.")
    return ValidationFailed("The request cannot be read; see errors.", problems=[problem])


def _refused(error: Exception) -> DomainError:
    text = str(getattr(error, "detail", error))
    return PermissionRefused(text if text.startswith("CSRF") else None)


def _credential(error: Exception) -> DomainError:
    is_foreign = "wrong_tenant" in str(getattr(error, "get_codes", lambda: "")())
    return WrongTenant() if is_foreign else TokenInvalid()


def _throttled(error: Exception) -> DomainError:
    wait = int(getattr(error, "wait", None) or 1)
    return Throttled(headers={"Retry-After": str(wait)})


_TRANSLATED: tuple[tuple[type[Exception], Callable[[Any], DomainError]], ...] = (
    (drf.ValidationError, _invalid),
    (drf.ParseError, _malformed),
    (drf.PermissionDenied, _refused),
    (PermissionDenied, _refused),
    (drf.AuthenticationFailed, _credential),
    (drf.Throttled, _throttled),
    (ModelInvalid, _invalid_model),
    (SuspiciousOperation, _malformed),
    (DatabaseError, database_refusal),
    (InterfaceError, database_refusal),
)


def _report(error: Exception, request: Request | None) -> None:
    """Log a fault of ours and tell those who listen (error trackers, the test client)."""
    log.error("unhandled_error", path=getattr(request, "path", None), exc_info=error)
    got_request_exception.send(sender=None, request=getattr(request, "_request", None))


def _wants_problem(accept: str) -> bool:
    return PROBLEM in accept
