"""Requests into validated values, by the strict serializers."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from shared_apps.kernel.errors import FieldProblem, ValidationFailed
from shared_apps.web.paging import PAGING_NAMES
from shared_apps.web.schema import Contract, contract_of
from shared_apps.web.serializers import InputSerializer, OutputSerializer, QuerySerializer

if TYPE_CHECKING:
    from django.http import QueryDict


def read_body(
    request: Request,
    serializer: type[InputSerializer],
    *,
    current: OutputSerializer | None,
    **options: Any,
) -> dict[str, Any]:
    """Return the validated values of the request's body.

    Raises: ValidationError, ValidationFailed.
    """
    options.setdefault("partial", request.method == "PATCH")
    context = {"request": request, "viewer": request.user}
    data = request.data
    if current is not None and isinstance(data, Mapping):
        data = _without_unchanged(data, serializer(), current.data)
    reader = serializer(data=data, context=context, **options)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def read_query(request: Request, serializer: type[QuerySerializer]) -> dict[str, Any]:
    """Return the validated query parameters that were sent, without those of paging.

    Raises: ValidationError.
    """
    parameters: QueryDict = request.query_params.copy()
    for name in PAGING_NAMES:
        parameters.pop(name, None)
    reader = serializer(data=parameters, context={"request": request, "viewer": request.user})
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def refuse_unknown_parameters(request: Request, handler: Callable[..., object]) -> None:
    """Refuse by name the query parameters that the handler's contract does not have.

    Raises: ValidationFailed.
    """
    unknown = sorted(set(request.query_params) - _known_parameters(contract_of(handler)))
    if unknown:
        raise ValidationFailed(problems=[_unknown_parameter(name) for name in unknown])


def _known_parameters(contract: Contract | None) -> set[str]:
    if contract is None:
        return set()
    known = set(PAGING_NAMES) if contract.many else set()
    return known | contract.query().accepted_names() if contract.query is not None else known


def _unknown_parameter(name: str) -> FieldProblem:
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    return FieldProblem(pointer, QuerySerializer.unknown_code, QuerySerializer.unknown_message)


def _without_unchanged(
    data: Mapping[str, Any], reader: InputSerializer, shown: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what was sent without the shown, unwritable fields, which must be unchanged."""
    shown_only = set(data) & (set(shown) - reader.accepted_names())
    changed = sorted(name for name in shown_only if data[name] != shown[name])
    if changed:
        error = [ErrorDetail("This field cannot be changed.", code="read_only")]
        raise ValidationError(dict.fromkeys(changed, error))
    return {name: value for name, value in data.items() if name not in shown_only}
