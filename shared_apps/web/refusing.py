"""From any exception to the refusal that it amounts to, for the API and the portal alike."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as ModelInvalid
from django.db import DatabaseError, InterfaceError
from django.http import Http404
from rest_framework import exceptions as drf

from shared_apps.kernel.errors import (
    DomainError,
    FieldProblem,
    NotFound,
    PermissionRefused,
    ValidationFailed,
)
from shared_apps.web.database import database_refusal
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
from shared_apps.web.pointers import problems_of

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
