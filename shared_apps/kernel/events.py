"""Domain events: what happened, in the past tense, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar, cast
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a person, a program or the system itself. Ids and labels only.

    `kind` is user | service_account | operator | system; `id` is the row's UUID as text, or a name
    such as "system:import"; `label` is what a reader of the audit log sees, as it was at the time.
    """

    kind: str
    id: str
    label: str
    on_behalf_of: str = ""

    @property
    def user_id(self) -> UUID | None:
        """Return the row of accounts.User that acts: a person's or a service account's, if any."""
        return None if self.kind == "system" else UUID(self.id)

    @classmethod
    def system(cls, name: str) -> "Actor":
        """Return the actor of an effect that nobody pressed a button for."""
        return cls(kind="system", id=f"system:{name}", label=f"system:{name}")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. Carries ids, strings and plain values, never model instances.

    `name` is stable ("payments.payment_verified"): stored rows refer to it, classes may move.
    `subject_type` ("payments.payment") and `subject_field` say whose history it belongs to.
    `audit_kind` is under what a reader of the audit log looks for it; "" is the app in its name.
    Field types allowed: UUID, str, int, bool, date, datetime, Decimal and tuples of them.
    """

    name: ClassVar[str]
    subject_type: ClassVar[str]
    subject_field: ClassVar[str]
    audit_kind: ClassVar[str] = ""

    @property
    def subject_id(self) -> UUID:
        """Return the id of the object that the event happened to."""
        value: UUID = getattr(self, self.subject_field)
        return value


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The circumstances of a recorded event, handed to each reaction beside the event."""

    event_id: UUID
    recorded_at: datetime
    actor: Actor


class Reaction(Protocol):
    """What one event leads to. `reaction_name` is stable and stored; the function may move."""

    reaction_name: str

    def __call__(self, event: Any, occurrence: Occurrence, /) -> None: ...


def reaction(name: str) -> Callable[[Callable[[E, Occurrence], None]], Reaction]:
    """Give a function its stable name as a reaction: `@reaction("commissions.accrue")`."""

    def named(function: Callable[[E, Occurrence], None]) -> Reaction:
        function.reaction_name = name  # type: ignore[attr-defined]  # a function takes attributes
        return cast("Reaction", function)

    return named


@dataclass(frozen=True, kw_only=True)
class Reactions:
    """What follows from one kind of event.

    atomic: run in order inside the transaction that recorded the event; an error undoes it all.
    later:  run once each after commit, in a worker; an error is retried and harms nothing else.
    """

    atomic: tuple[Reaction, ...] = field(default=())
    later: tuple[Reaction, ...] = field(default=())
