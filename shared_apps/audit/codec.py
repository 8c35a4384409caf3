"""Events and audit values as plain JSON, and events back from it by their declared field types."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from shared_apps.kernel.events import Event
from shared_apps.kernel.money import Money

MASK = "[masked]"
_SECRET_NAME = re.compile(
    r"password|passwd|secret|token|otp|recovery_code|api_?key|private_?key|credential|authorization",
    re.IGNORECASE,
)
_READERS: Mapping[type, Callable[[Any], Any]] = {
    UUID: UUID,
    Decimal: Decimal,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    str: str,
    int: int,
    bool: bool,
}


class UnreadableField(TypeError):
    """An event declares a field of a type that the log cannot keep."""


def encode(event: Event) -> dict[str, Any]:
    """Return the event's fields as JSON values."""
    return {field.name: to_plain(getattr(event, field.name)) for field in fields(event)}


def decode(kind: type[Event], payload: Mapping[str, Any]) -> Event:
    """Return the event that `payload` was made from.

    Fields that the class no longer has are left out; a field added since needs a default.
    Raises: UnreadableField.
    """
    hints = _field_types(kind)
    known = {name: _read(hints[name], value) for name, value in payload.items() if name in hints}
    return kind(**known)


def to_plain(value: object) -> Any:
    """Return `value` as JSON can hold it: decimals, ids, days and instants as strings.

    Raises: UnreadableField, for floats above all.
    """
    if isinstance(value, Enum):
        return to_plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(name): to_plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(item) for item in value]
    return _scalar_to_plain(value)


def masked(values: Mapping[str, object] | None) -> dict[str, Any] | None:
    """Return `values` as JSON, with what the key names as a secret replaced by a mask."""
    return None if values is None else _mask(to_plain(values))


def _scalar_to_plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Money):
        return value.as_json()
    raise UnreadableField(f"The event log cannot keep a {type(value).__name__}.")


def _mask(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: MASK if _SECRET_NAME.search(name) and item else _mask(item)
            for name, item in value.items()
        }
    return [_mask(item) for item in value] if isinstance(value, list) else value


def _field_types(kind: type[Event]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _read(declared: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(declared) in (Union, UnionType):
        declared = next(part for part in get_args(declared) if part is not type(None))
    if get_origin(declared) is tuple:
        return _read_tuple(get_args(declared), value)
    try:
        reader = _READERS[declared]
    except (KeyError, TypeError):
        raise UnreadableField(f"The event log cannot read a field of type {declared}.") from None
    return reader(value)


def _read_tuple(declared: tuple[Any, ...], values: list[Any]) -> tuple[Any, ...]:
    if len(declared) == 2 and declared[1] is Ellipsis:
        return tuple(_read(declared[0], item) for item in values)
    return tuple(_read(kind, item) for kind, item in zip(declared, values, strict=True))
