"""How one endpoint is described: its path ids, its resource, the headers that it needs."""

from types import FunctionType
from typing import Any

from drf_spectacular.contrib.rest_auth import (
    RestAuthRegisterView,
    RestAuthResendEmailVerificationView,
    RestAuthVerifyEmailView,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from shared_apps.audit.idempotency import LONGEST_KEY, SHORTEST_KEY
from shared_apps.web.paging import LARGEST_PAGE, PAGE_SIZE
from shared_apps.web.schema import LIST_MARK, contract_of

JSON = "application/json"

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": SHORTEST_KEY, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER,
    required=True,
    description="A repeat with the same key and body gets the first answer and has no effect.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the object that the change is based on.",
)
PAGING = (
    OpenApiParameter(
        "page", {"type": "integer", "minimum": 1}, description="A numbered page, with a count."
    ),
    OpenApiParameter(
        "cursor", str, description="A page by cursor, without a count; follow next and previous."
    ),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
    ),
)


class ApiSchema(AutoSchema):
    """Describes one endpoint: path ids as references, tags by resource, the headers it needs."""

    def get_tags(self) -> list[str]:
        """Return the resource: what follows the section (business, admin) in the path."""
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return [parts[2] if parts[1:2] in (["business"], ["admin"]) else parts[1]]

    def get_operation_id(self) -> str:
        """Return the address and the action: `business_payments_approve`."""
        parts = [part.replace("-", "_") for part in self._tokenize_path()]
        action = getattr(self.view, "action", None) or self.method.lower()
        return "_".join(parts if parts[-1:] == [action] else [*parts, action])

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """Return the component's name: the class's, after its app unless it says so itself."""
        name: str = super().get_serializer_name(serializer, direction)
        app = type(serializer).__module__.split(".")[1].title().replace("_", "")
        return name if name.startswith(app.removesuffix("s")) else f"{app}{name}"

    def get_override_parameters(self) -> list[Any]:
        """Return the stated parameters with those of paging and the headers of safe writing."""
        parameters = list(super().get_override_parameters())
        if self._is_idempotent():
            parameters.append(IDEMPOTENCY_KEY)
        if self.method == "PATCH":
            parameters.append(IF_MATCH)
        if LIST_MARK in self.get_extensions():
            parameters.extend(PAGING)
        return parameters

    def map_parsers(self) -> list[Any]:
        """Return the forms of a body: JSON, and a form where files are taken."""
        contract = contract_of(getattr(self.view, getattr(self.view, "action", ""), None))
        if contract is not None and not contract.takes_files:
            return [JSON]
        described: Any = super().map_parsers
        return list(described())

    def map_renderers(self, attribute: str) -> list[Any]:
        """Return JSON alone: a refusal's other form is added to every endpoint alike."""
        return [JSON] if attribute == "media_type" else super().map_renderers(attribute)

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        return [
            {
                "in": "path",
                "name": variable,
                "required": True,
                "schema": {"type": "string"},
                "description": "The id, or the code where the object has one (DL-0001).",
            }
            for variable in variables
        ]

    def _map_response_type_hint(self, method: Any) -> Any:
        described: Any = super()._map_response_type_hint
        return described(_with_return_hint_alone(method))

    def _is_idempotent(self) -> bool:
        actions: frozenset[str] = getattr(self.view, "idempotent_actions", frozenset())
        return getattr(self.view, "action", None) in actions


def _with_return_hint_alone(method: Any) -> Any:
    """Return the method without its parameters' hints, which may name what only mypy imports."""
    function = getattr(method, "__func__", method)
    if not isinstance(function, FunctionType):
        return method
    copy = FunctionType(function.__code__, function.__globals__, function.__name__)
    copy.__annotations__ = {
        name: hint for name, hint in function.__annotations__.items() if name == "return"
    }
    copy.__dict__.update(function.__dict__)
    return copy


_self_registration: tuple[Any, ...] = (
    RestAuthRegisterView,
    RestAuthResendEmailVerificationView,
    RestAuthVerifyEmailView,
)
for _view in _self_registration:
    _view.target_class = None  # it is not part of the product, and importing it warns
