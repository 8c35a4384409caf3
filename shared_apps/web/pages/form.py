"""Forms as the portal keeps them: what was typed, and what was said about it, by JSON pointer.

The API's own input serializers check what was typed, so no rule is written twice. The control of
"/lines/0/quantity" is named "lines.0.quantity".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, NamedTuple, NoReturn, TypeVar
from uuid import uuid4

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework.exceptions import ValidationError

from shared_apps.kernel.errors import (
    DomainError,
    FieldProblem,
    StaleVersion,
    ValidationFailed,
)
from shared_apps.web.pointers import problems_of
from shared_apps.web.serializers import InputSerializer

MARKS = frozenset({"csrfmiddlewaretoken", "request_key", "version", "step", "unclear"})
# controls of the question who it is, which may stand beside those of any form
CONFIRMING = "confirm."
MOST_ROWS = 200
# what stands for half a date, which a browser sends as none
UNREADABLE = "?"
UNCLEAR = gettext_noop("Write all of it, or leave it empty.")

T = TypeVar("T")


class Place(NamedTuple):
    """A problem, where it is put right, and the part of the form that this is in."""

    anchor: str
    message: str
    part: str = ""


@dataclass
class Form:
    """A form on its way: `typed` is nested text, lists are lists; `key` names this filling-in.

    `focus` points at the control that has the keyboard when the page comes. `controls` says by
    which control a value is given where that is not its own ("/proofs" by "/proof"), `anchors` the
    id of a control that is not made of its pointer, `parts` what a part is called where controls of
    several have one label ("/lines/1": "Line 2"), `unclear` what the browser could not
    read: half a date.
    """

    typed: dict[str, Any] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)
    notice: str = ""
    status: int = 400
    retry_after: str = ""
    version: str = ""
    focus: str = ""
    controls: Mapping[str, str] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    unclear: Sequence[str] = ()
    key: str = field(default_factory=lambda: str(uuid4()))

    @property
    def is_refused(self) -> bool:
        """Return whether anything was said against it."""
        return bool(self.problems or self.notice)

    def value(self, pointer: str) -> Any:
        """Return what stands in a control; of what is unclear, that it is nothing to read."""
        found: Any = self.typed
        for part in pointer.strip("/").split("/"):
            found = _part(found, part)
        return "" if found is None else found

    def errors(self, pointer: str) -> list[str]:
        """Return what is wrong at a control, in its parts or in the id that it chooses."""
        return [each.message for each in self.problems if _is_at(each.field, pointer)]

    @property
    def said(self) -> str:
        """Return everything that was said against it, for where there is no form to say it in."""
        return " ".join([self.notice, *(each.message for each in self.problems)]).strip()

    @property
    def places(self) -> list[Place]:
        """Return each problem with the anchor of its control and the part that it is in."""
        return [
            Place(
                self.anchors.get(each.field) or _anchor(each.field),
                each.message,
                self._part_of(each.field),
            )
            for each in self.problems
        ]

    def _part_of(self, pointer: str) -> str:
        """Return the name of the innermost part that a control is in, empty without one."""
        found = [place for place in self.parts if _is_at(pointer, place)]
        return self.parts[max(found, key=len)] if found else ""

    def expected_version(self) -> int:
        """Return the version that the form is based on. Raises: StaleVersion for none of ours."""
        if not self.version.isascii() or not self.version.isdigit() or len(self.version) > 9:
            raise StaleVersion
        return int(self.version)

    def _at_control(self, problem: FieldProblem) -> FieldProblem:
        for place, control in self.controls.items():
            if problem.field == place or problem.field.startswith(f"{place}/"):
                return replace(problem, field=control)
        return problem

    def _said_unclear(self) -> list[FieldProblem]:
        return [FieldProblem(each, "invalid", _(UNCLEAR)) for each in self.unclear]

    def check(self, work: Callable[[], object]) -> NoReturn:
        """Say what is wrong beside what is unclear: nothing of what `work` does stays.

        Raises: DomainError, always.
        """
        with transaction.atomic():
            work()
            raise ValidationFailed(problems=self._said_unclear())

    def refuse(self, refusal: DomainError) -> None:
        """Take a service's refusal: at its places, or as a sentence about the whole."""
        self.status = refusal.status
        self.retry_after = refusal.headers.get("Retry-After", "")
        problems = refusal.said_at_fields
        self.problems = [self._at_control(each) for each in problems if each.field]
        about_whole = [each.message for each in problems if not each.field]
        is_said = bool(self.problems) and not about_whole
        self.notice = "" if is_said else " ".join(about_whole) or refusal.detail
        self.problems = [each for each in self.problems if each.field not in self.unclear]
        self.problems += self._said_unclear()
        if isinstance(refusal, StaleVersion):
            self.notice = _(
                "Somebody changed this since you opened it. See in another tab how it stands now"
                " and bring your changes there; what you typed stays here until then."
            )
        self.key = str(uuid4())  # a corrected form is another request


def _anchor(pointer: str) -> str:
    return "f" + pointer.removesuffix("_id").replace("/", "-")


def say_when(response: HttpResponse, form: object) -> None:
    """Let the answer to a form that came too often be 429, and say when to come again."""
    if isinstance(form, Form) and form.status == HTTPStatus.TOO_MANY_REQUESTS:
        response.status_code = form.status
        response["Retry-After"] = form.retry_after


def read_form(post: QueryDict) -> Form:
    """Return what was typed."""
    typed: dict[str, Any] = {}
    for name in post:
        if name not in MARKS and not name.startswith(CONFIRMING):
            _put(typed, name.split("."), str(post[name]))
    unclear = post.getlist("unclear")
    for name in unclear:
        _put(typed, name.split("."), UNREADABLE)
    return Form(
        typed={name: _as_lists(value) for name, value in typed.items()},
        unclear=[f"/{name.replace('.', '/')}" for name in unclear],
        version=str(post.get("version", "")),
        key=str(post.get("request_key") or uuid4()),
    )


def attempt(form: Form, work: Callable[[], T]) -> T | None:
    """Return what `work` makes of the form; None when it was refused, and the form says why."""
    try:
        if form.unclear:
            form.check(work)
        return work()
    except ValidationError as error:
        form.refuse(ValidationFailed(" ", problems=problems_of(error.detail)))
    except DomainError as refusal:
        form.refuse(refusal)
    return None


def checked(serializer: type[InputSerializer], data: Mapping[str, Any], **options: Any) -> Any:
    """Return the validated values, by the API's own rules. Raises: ValidationError."""
    reader = serializer(data=dict(data), **options)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def without_blanks(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that were typed: a control left empty says nothing."""
    return {name: value for name, value in values.items() if value not in ("", None)}


def money(amount: Any, currency: str) -> dict[str, Any]:
    """Return an amount as the API reads it."""
    return {"amount": amount, "currency": currency}


def rows(typed: Mapping[str, Any], name: str, *, telling: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a group that say something in one of the `telling` controls."""
    sent = typed.get(name, [])
    found = sent if isinstance(sent, list) else []
    return [
        row for row in found if isinstance(row, dict) and any(row.get(each) for each in telling)
    ]


def _part(found: Any, part: str) -> Any:
    if isinstance(found, Mapping):
        return found.get(part)
    if isinstance(found, list) and part.isdigit() and int(part) < len(found):
        return found[int(part)]
    return None


def _is_at(place: str, pointer: str) -> bool:
    return place in (pointer, f"{pointer}_id") or place.startswith(f"{pointer}/")


def _put(into: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        inner = into.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        into = inner
    into[path[-1]] = value


def _as_lists(value: Any) -> Any:
    """Return dicts whose names are all numbers as lists in their order."""
    if not isinstance(value, dict):
        return value
    inner = {name: _as_lists(each) for name, each in value.items()}
    if inner and all(name.isdigit() and len(name) < 4 for name in inner):
        return [inner[name] for name in _in_order(inner)][:MOST_ROWS]
    return inner


def _in_order(names: Mapping[str, Any]) -> Iterator[str]:
    return iter(sorted(names, key=int))
