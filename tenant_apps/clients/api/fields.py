"""References to objects and people in requests, and their short forms in answers."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from shared_apps.kernel.errors import NotFound
from shared_apps.web.references import parse_reference
from shared_apps.web.serializers import InputSerializer, OutputSerializer


class _Reference(serializers.Field[UUID | str, Any, Any, Any]):
    default_error_messages = {"invalid": "Name it by its UUID or its code."}

    def to_internal_value(self, data: Any) -> UUID | str:
        """Return the reference that was sent: as text, or as the object that the API shows."""
        if isinstance(data, Mapping):
            data = data.get("id")
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return parse_reference(data)
        except NotFound:
            self.fail("invalid")

    def to_representation(self, value: UUID | str) -> str:
        """Return the reference as text."""
        return str(value)


@extend_schema_field({"type": "string", "description": "UUID or code", "examples": ["CL-0001"]})
class CodeOrIdField(_Reference):
    """An object that has a code, by it or by its UUID."""


@extend_schema_field({"type": "string", "format": "uuid"})
class IdField(_Reference):
    """An object or a person by UUID."""

    default_error_messages = {"invalid": "Name it by its UUID."}

    def to_internal_value(self, data: Any) -> UUID:
        """Return the id that was sent."""
        reference = super().to_internal_value(data)
        if not isinstance(reference, UUID):
            self.fail("invalid")
        return reference


class PartIn(InputSerializer):
    """A part of a body that is always sent whole, on PATCH too.

    `shown_only` names what the API shows of it but does not read: on PATCH it may be sent back.
    """

    shown_only: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """Read the part; on PATCH its required fields stay required."""
        if not (isinstance(data, Mapping) and getattr(self.root, "partial", False)):
            return super().to_internal_value(data)
        sent = {name: value for name, value in data.items() if name not in self.shown_only}
        missing = {
            name: [ErrorDetail("This field is required.", code="required")]
            for name, field in self.fields.items()
            if field.required and name not in sent
        }
        if missing:
            raise serializers.ValidationError(missing)
        return super().to_internal_value(sent)


class PersonNameOut(OutputSerializer):
    """A person by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="full_name")


class ClientNameOut(OutputSerializer):
    """A client by id, code and name."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
