"""The one family of errors that reaches a person."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar

from django.utils.translation import gettext


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with the input; `field` is a JSON pointer ("/lines/0/quantity")."""

    field: str
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        """Return the problem as the envelope shows it."""
        return {"field": self.field, "code": self.code, "message": self.message}


class DomainError(Exception):
    """A rule of the business said no.

    Subclasses stand beside the service that raises them and state the fact
    (`PaymentAlreadyDecided`). `code` is stable and documented; `status` is the HTTP status;
    `message` is one sentence that a person can act on. `headers` (for example Retry-After) travel
    with the answer. Where somebody reads in another language, plain messages are said in it.
    `field` is the JSON pointer of the one value that the refusal is about; "" for the whole.
    """

    code: ClassVar[str] = "conflict"
    status: ClassVar[int] = 409
    message: ClassVar[str] = "The request conflicts with the current state."
    field: str = ""

    def __init__(
        self,
        message: str | None = None,
        *,
        problems: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.detail = _said(message or self.message)
        self.problems = tuple(replace(each, message=_said(each.message)) for each in problems)
        self.headers = dict(headers or {})
        super().__init__(self.detail)

    def below(self, place: str) -> "DomainError":
        """Return the refusal of a part that stands at `place` (a JSON pointer) of the whole."""
        moved = (replace(each, field=f"{place}{each.field}") for each in self.problems)
        self.problems = tuple(moved)
        self.field = f"{place}{self.field}" if self.field else ""
        return self

    @property
    def explained(self) -> str:
        """Return the sentence with each problem and its place, in one line."""
        problems = "; ".join(f"{each.field}: {each.message}" for each in self.problems)
        return f"{self.detail} {problems}".strip()


class ValidationFailed(DomainError):
    """The input breaks a rule; `problems` names each place."""

    code = "validation_error"
    status = 400
    message = "The request has invalid values; see errors."

    @classmethod
    def at(cls, field: str, message: str, *, code: str = "invalid") -> "ValidationFailed":
        """Return the error for one field (a JSON pointer)."""
        return cls(problems=[FieldProblem(field=field, code=code, message=message)])


class Gathering:
    """Checks that do not need each other: what is wrong is said together, not one by one."""

    def __init__(self) -> None:
        self._refusals: list[ValidationFailed] = []

    @property
    def has_found(self) -> bool:
        """Return whether anything was wrong so far."""
        return bool(self._refusals)

    @contextmanager
    def part(self, place: str = "") -> Iterator[None]:
        """Keep what a check raises, at `place`; what says no place is raised at once."""
        try:
            yield
        except ValidationFailed as refusal:
            if not refusal.problems:
                raise
            refusal.below(place)
            self.add(refusal)

    def add(self, refusal: ValidationFailed) -> None:
        """Keep what was said already."""
        self._refusals.append(refusal)

    def refuse(self) -> None:
        """Raise one refusal with everything that was said, each once.

        Raises: ValidationFailed, of the kind that came first.
        """
        if self._refusals:
            said = [problem for refusal in self._refusals for problem in refusal.problems]
            raise type(self._refusals[0])(problems=list(dict.fromkeys(said)))


class NotFound(DomainError):
    """There is no such object, or it is not this person's to see: the two are never told apart."""

    code = "not_found"
    status = 404
    message = "There is nothing at this address, or it is not yours to see."


class PermissionRefused(DomainError):
    """The person's roles do not hold the permission."""

    code = "permission_denied"
    status = 403
    message = "Your roles do not allow this."


class StaleVersion(DomainError):
    """Somebody else changed the object since it was read."""

    code = "stale_version"
    status = 412
    message = "The object has changed since you read it; fetch it again and repeat the change."


def _said(text: str) -> str:
    """Return a text in the language of whoever reads; what no catalog knows stays as it is."""
    return gettext(text) if text else text
