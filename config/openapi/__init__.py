"""OpenAPI 3.1, generated from the views (set as DRF's and drf-spectacular's defaults)."""

from config.openapi.endpoints import ApiSchema
from config.openapi.envelope import wrap_envelope
from config.openapi.serving import (
    leave_out_short_paths,
    openapi_document,
    openapi_paths,
)

__all__ = [
    "ApiSchema",
    "leave_out_short_paths",
    "openapi_document",
    "openapi_paths",
    "wrap_envelope",
]
