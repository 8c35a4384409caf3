"""Bodies that say one thing only: no duplicate names, no NaN, no NUL, an object at the top."""

import json
from collections.abc import Mapping
from math import isinf
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser

from shared_apps.kernel.errors import FieldProblem, ValidationFailed
from shared_apps.web.errors import RequestTooLarge

DEEPEST = 50
_ESCAPES = ("\\u0000", "\\ud", "\\uD")


class Malformed(ValueError):
    """The body is JSON that could be read in more than one way, or not at all."""


class StrictJSONParser(JSONParser):
    """A JSON object of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes, in UTF-8."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object. Raises: RequestTooLarge, ValidationFailed."""
        body = _read(stream)
        try:
            value = parse_json(body)
        except (ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, Malformed) else "The body is not valid JSON."
            raise _malformed(reason) from None
        if not isinstance(value, dict):
            raise _malformed("The body must be a JSON object.")
        return value


class StrictFormParser(MultiPartParser):
    """A form with files; a NUL character in any text is refused."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> "DataAndFiles[Any, Any]":
        """Return the form's fields and files. Raises: ParseError, ValidationFailed."""
        form = super().parse(stream, media_type, dict(parser_context or {}))
        texts = [text for values in form.data.lists() for text in (values[0], *values[1])]
        if any("\x00" in text for text in texts if isinstance(text, str)):
            raise _malformed("The form has a NUL character.")
        return form


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text. Raises: ValueError, RecursionError."""
    text = body.decode("utf-8")
    value = json.loads(
        text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
    )
    if any(escape in text for escape in _ESCAPES):
        _refuse_bad_text(value)
    return value


def _read(stream: IO[Any]) -> bytes:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise RequestTooLarge(f"The request is too large: at most {limit} bytes.")
    return body


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(f'The name "{twice[:80]}" appears twice in one object.')
    return members


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise Malformed(f"{text[:80]} is too large for a JSON number.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not a JSON number.")


def _refuse_bad_text(value: Any) -> None:
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for item in value:
            _refuse_bad_text(item)
    elif isinstance(value, str) and ("\x00" in value or not _is_unicode(value)):
        raise Malformed("The body has a NUL character or a broken Unicode escape.")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _malformed(reason: str) -> ValidationFailed:
    return ValidationFailed(
        "The request body cannot be read; see errors.",
        problems=[FieldProblem("", "malformed", reason)],
    )
