"""Pages of a list: numbered with a count, or by a cursor without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from shared_apps.kernel.errors import FieldProblem, ValidationFailed
from shared_apps.kernel.wording import worded

PAGE_SIZE = 20
LARGEST_PAGE = 100
LARGEST_NUMBER = 1_000_000
PAGING_NAMES = frozenset({"page", "page_size", "cursor"})
_SALT = "prs.cursor"

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list and the way to its neighbours. `count` is None where nobody counted."""

    rows: Sequence[Any]
    page_size: int
    count: int | None
    next: str | None
    previous: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the `pagination` object of the envelope."""
        return {
            "count": self.count,
            "next": self.next,
            "previous": self.previous,
            "page_size": self.page_size,
        }


def page_of(*, rows: QuerySet[M] | Sequence[Any], request: Request, default: str) -> Page:
    """Return the page that the request asks for; `default` is "page" or "cursor".

    A cursor walks a query set along its own order, which ends in the primary key. Raises:
    ValidationFailed, naming the parameter.
    """
    parameters = request.query_params
    if "page" in parameters and "cursor" in parameters:
        raise _wrong("cursor", "Use page or cursor, not both.")
    size = _number(parameters, "page_size", PAGE_SIZE, LARGEST_PAGE)
    by_cursor = "cursor" in parameters or (default == "cursor" and "page" not in parameters)
    if by_cursor and isinstance(rows, QuerySet):
        return _cursor_page(rows, request, size)
    return _numbered_page(rows, request, size)


def _numbered_page(rows: QuerySet[M] | Sequence[Any], request: Request, size: int) -> Page:
    number = _number(request.query_params, "page", 1, LARGEST_NUMBER)
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    first = (number - 1) * size
    shown = list(rows[first : first + size]) if first < count else []
    url = request.build_absolute_uri()
    return Page(
        rows=shown,
        page_size=size,
        count=count,
        next=replace_query_param(url, "page", number + 1) if first + size < count else None,
        previous=replace_query_param(url, "page", number - 1) if number > 1 else None,
    )


def _cursor_page(rows: QuerySet[M], request: Request, size: int) -> Page:
    order = _order_of(rows)
    direction, position = _read_cursor(request.query_params.get("cursor", ""), order)
    backwards = direction == "before"
    walked = rows.order_by(*_reversed(order)) if backwards else rows
    if position is not None:
        walked = walked.filter(_beyond(_reversed(order) if backwards else order, position))
    found = list(walked[: size + 1])
    has_more = len(found) > size
    shown = found[:size][::-1] if backwards else found[:size]
    has_next = bool(shown) and (has_more or backwards)
    has_previous = bool(shown) and position is not None and (has_more or not backwards)
    return Page(
        rows=shown,
        page_size=size,
        count=None,
        next=_cursor_url(request, "after", shown[-1], order) if has_next else None,
        previous=_cursor_url(request, "before", shown[0], order) if has_previous else None,
    )


def _number(parameters: Mapping[str, str], name: str, default: int, largest: int) -> int:
    text = parameters.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and 1 <= int(text) <= largest):
        raise _wrong(
            name, worded("This must be a whole number from 1 to %(largest)s.", largest=largest)
        )
    return int(text)


def _order_of(rows: QuerySet[M]) -> list[str]:
    order = [str(name) for name in rows.query.order_by]
    if not order or order[-1].lstrip("-") not in {"pk", "id"}:
        raise TypeError(f"A list of {rows.model.__name__} needs an order that ends in its key.")
    return order


def _reversed(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def _beyond(order: Sequence[str], position: Sequence[Any]) -> Q:
    """Return the condition "comes after `position`"; PostgreSQL sorts nulls as largest."""
    condition, ties = Q(), Q()
    for name, value in zip(order, position, strict=True):
        field = name.lstrip("-")
        after = _after(field, value, descending=name.startswith("-"))
        condition |= ties & after if after is not None else Q(pk__in=[])
        ties &= Q(**{f"{field}__isnull": True}) if value is None else Q(**{field: value})
    return condition


def _after(field: str, value: Any, *, descending: bool) -> Q | None:
    if value is None:
        return Q(**{f"{field}__isnull": False}) if descending else None
    if descending:
        return Q(**{f"{field}__lt": value})
    return Q(**{f"{field}__gt": value}) | Q(**{f"{field}__isnull": True})


def _cursor_url(request: Request, direction: str, row: Any, order: Sequence[str]) -> str:
    position = [_plain(_value(row, name.lstrip("-"))) for name in order]
    cursor = signing.dumps([direction, ",".join(order), position], salt=_SALT, compress=True)
    url = remove_query_param(request.build_absolute_uri(), "cursor")
    return replace_query_param(url, "cursor", cursor)


def _read_cursor(text: str, order: Sequence[str]) -> tuple[str, list[Any] | None]:
    if not text:
        return "after", None
    try:
        direction, ordering, position = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, InvalidValue, ValueError):
        raise _wrong("cursor", "This cursor is not one of ours; start without it.") from None
    if ordering != ",".join(order):
        raise _wrong("cursor", "This cursor belongs to another ordering; start without it.")
    return direction, position


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name) if row is not None else None
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def _wrong(parameter: str, message: str) -> ValidationFailed:
    return ValidationFailed(problems=[FieldProblem(f"/{parameter}", "invalid", message)])
