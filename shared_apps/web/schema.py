"""The contract of an endpoint, stated once at its handler: it documents and it checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.serializers import BaseSerializer, FileField, ListSerializer

from shared_apps.web.serializers import QuerySerializer

F = TypeVar("F", bound=Callable[..., Any])
_ATTRIBUTE = "prs_contract"
LIST_MARK = "x-prs-list"

SerializerLike = type[BaseSerializer[Any]] | BaseSerializer[Any]


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What an endpoint takes and gives."""

    request: Any
    query: type[QuerySerializer] | None
    many: bool
    status: int

    @property
    def takes_files(self) -> bool:
        """Return whether the body may be a form: it has a file, or is described as a form."""
        if isinstance(self.request, Mapping):
            return True
        return self.request is not None and _has_file(self.request)


def documented(  # noqa: PLR0913  the parts of one contract, all by name
    *,
    response: SerializerLike | OpenApiTypes | None = None,
    request: SerializerLike | Mapping[str, Any] | None = None,
    example: Any = None,
    request_example: Any = None,
    query: type[QuerySerializer] | None = None,
    status: int | None = None,
    many: bool | None = None,
    summary: str | None = None,
    description: str | None = None,
    content_type: str = "application/octet-stream",
) -> Callable[[F], F]:
    """State an endpoint's contract; the envelope, errors and headers are added to the document.

    `example` is the answer's data as one client would see it (one row, where the answer is a list);
    `request_example` a body that works; `content_type` is that of a file (OpenApiTypes.BINARY).
    `many` is true for handlers named "list" and for serializers with many=True. The summary is the
    handler's docstring unless given.
    """

    def decorate(handler: F) -> F:
        is_list = _is_list(handler, response, many=many)
        answer = status or (200 if response is not None else 204)
        contract = Contract(request=request, query=query, many=is_list, status=answer)
        decorated: F = extend_schema(
            request=request,
            responses=_responses(response, answer, example, is_list=is_list)
            if response is not OpenApiTypes.BINARY
            else _file(answer, content_type),
            parameters=[query] if query is not None else None,
            examples=_request_examples(request_example),
            summary=summary or _summary_of(handler),
            description=description,
            extensions={LIST_MARK: True} if is_list else None,
        )(handler)
        setattr(decorated, _ATTRIBUTE, contract)
        return decorated

    return decorate


def contract_of(handler: Callable[..., object] | None) -> Contract | None:
    """Return the contract that was stated at a handler, or None."""
    contract: Contract | None = getattr(handler, _ATTRIBUTE, None)
    return contract


@lru_cache(maxsize=512)
def _has_file(serializer: Any) -> bool:
    instance = serializer() if isinstance(serializer, type) else serializer
    return any(isinstance(field, FileField) for field in getattr(instance, "fields", {}).values())


def _is_list(handler: Callable[..., Any], response: object, *, many: bool | None) -> bool:
    if many is not None:
        return many
    return isinstance(response, ListSerializer) or handler.__name__ == "list"


def _file(status: int, content_type: str) -> dict[Any, Any]:
    kind = OpenApiTypes.OBJECT if content_type.endswith("+json") else OpenApiTypes.BINARY
    return {(status, content_type): OpenApiResponse(kind, description="The file.")}


def _responses(response: Any, status: int, example: Any, *, is_list: bool) -> dict[Any, Any]:
    if response is None:
        return {status: OpenApiResponse(description="Done; there is nothing to show.")}
    if is_list and isinstance(response, type):
        response = response(many=True)
    shown = [] if example is None else [OpenApiExample("Answer", value=example)]
    return {status: OpenApiResponse(response, description="Done.", examples=shown)}


def _request_examples(example: Any) -> Sequence[OpenApiExample] | None:
    if example is None:
        return None
    return [OpenApiExample("Request", value=example, request_only=True)]


def _summary_of(handler: Callable[..., Any]) -> str | None:
    first_line = (handler.__doc__ or "").strip().split("\n")[0]
    return first_line.rstrip(".") or None
