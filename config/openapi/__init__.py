"""OpenAPI 3.1, generated from the views (set as DRF's and drf-spectacular's defaults)."""

from config.openapi.endpoints import ApiSchema
from config.openapi.envelope import wrap_envelope
from config.openapi.serving import openapi_document, openapi_paths

__all__ = ["ApiSchema", "openapi_document", "openapi_paths", "wrap_envelope"]
