"""OpenAPI 3.1: the envelope, the refusals and the headers that every endpoint shares."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class ApiSchema(AutoSchema):
    """Describes one endpoint."""


def wrap_envelope(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    return result
