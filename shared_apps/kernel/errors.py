"""The one family of errors that reaches a person."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

from django.utils.translation import gettext

# of refusals that say what to put right in the form; the others are about the person or the moment
MENDABLE = frozenset({400, 409, 413, 415})

Refusal = TypeVar("Refusal", bound="DomainError")


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
    `gathered` are the refusals that one with several problems was made of.
    """

    code: ClassVar[str] = "conflict"
    status: ClassVar[int] = 409
    message: ClassVar[str] = "The request conflicts with the current state."
    field: str = ""
    gathered: "tuple[DomainError, ...]" = ()

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
    def said_at_fields(self) -> tuple[FieldProblem, ...]:
        """Return the problems; the sentence is one where only the field of the whole is known."""
        if self.field and not any(each.field for each in self.problems):
            return (FieldProblem(self.field, self.code, self.detail), *self.problems)
        return self.problems

    def made_of(self, kind: type[Refusal]) -> Refusal | None:
        """Return the refusal of a kind that this one is, or was made of."""
        found = (each for each in (self, *self.gathered) if isinstance(each, kind))
        return next(found, None)

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


def check_filled(text: str, *, at: str) -> None:
    """Refuse a field that was left empty. Raises: ValidationFailed."""
    if not text.strip():
        raise ValidationFailed.at(at, "This field is required.", code="required")


class Gathering:
    """Checks that do not need each other: what is wrong is said together, not one by one.

    `given` is what was found wrong before: it is said as well, and what a check says of the same
    fields is not: it saw no more than a stand-in for what was typed there.
    """

    def __init__(self, given: Sequence[FieldProblem] = ()) -> None:
        self._given = tuple(given)
        self._refusals: list[DomainError] = []

    @property
    def has_found(self) -> bool:
        """Return whether anything was wrong so far."""
        return bool(self._given or self._refusals)

    def give(self, problems: Sequence[FieldProblem]) -> None:
        """Take what was found wrong before."""
        self._given += tuple(problems)

    @contextmanager
    def part(self, place: str = "") -> Iterator[None]:
        """Keep what a check raises, at `place`; what another form would not mend is raised."""
        try:
            yield
        except DomainError as refusal:
            if refusal.status not in MENDABLE or refusal.headers:
                raise
            self._refusals.append(refusal.below(place))

    def refuse(self) -> None:
        """Raise one refusal with everything that was said, each once.

        One that stands alone is raised as it is; several are what the first one is that is about
        the input, and where all are conflicts, what the first one is. Raises: DomainError.
        """
        if not self.has_found:
            return
        if len(self._refusals) == 1 and not self._given:
            raise self._refusals[0]
        refusal = self._kind()(problems=list(dict.fromkeys((*self._given, *self._found()))))
        refusal.gathered = tuple(each for kept in self._refusals for each in (kept, *kept.gathered))
        raise refusal

    def _kind(self) -> type[DomainError]:
        about_input = (type(each) for each in self._refusals if isinstance(each, ValidationFailed))
        return next(about_input, ValidationFailed if self._given else type(self._refusals[0]))

    def _found(self) -> Iterator[FieldProblem]:
        known = {each.field for each in self._given if each.field}
        for refusal in self._refusals:
            whole = FieldProblem("", refusal.code, refusal.detail)
            said = refusal.said_at_fields or (whole,)
            yield from (each for each in said if each.field not in known)


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
