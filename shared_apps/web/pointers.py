"""DRF's nested messages as a flat list with JSON pointers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared_apps.kernel.errors import FieldProblem

_WHOLE = frozenset({"non_field_errors", "__all__"})


def problems_of(detail: Any, pointer: str = "") -> list[FieldProblem]:
    """Return each message with its place: "/lines/0/quantity", "" for the whole body."""
    return list(_walk(detail, pointer))


def _walk(detail: Any, pointer: str) -> Iterator[FieldProblem]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _walk(inner, pointer if name in _WHOLE else f"{pointer}/{_escaped(name)}")
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for index, inner in enumerate(detail):
            is_message = isinstance(inner, str)
            yield from _walk(inner, pointer if is_message else f"{pointer}/{index}")
    else:
        code = getattr(detail, "code", None) or "invalid"
        yield FieldProblem(pointer, str(code), str(detail))


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
