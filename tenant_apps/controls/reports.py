"""The controls report: what one person could do alone, and who checked whom. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from tenant_apps.controls.duties import Conflict, Duty


@dataclass(frozen=True, kw_only=True)
class PersonName:
    """A person, by name. `status` is invited, active or suspended, "" for somebody unknown."""

    id: UUID
    full_name: str
    status: str


@dataclass(frozen=True, kw_only=True)
class ConflictFound:
    """A person holds both duties of a conflict.

    `roles` are the codes through which they come, `times` how often the person did the first and
    the second within the period.
    """

    person: PersonName
    conflict: Conflict
    roles: tuple[str, ...]
    times: tuple[int, int]

    @property
    def is_used(self) -> bool:
        """Return whether the person did both within the period."""
        return all(self.times)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Who can do a duty for others today. `is_single` means that one person or nobody can."""

    duty: Duty
    people: tuple[PersonName, ...]

    @property
    def is_single(self) -> bool:
        """Return whether the duty hangs on one person, or on none."""
        return len(self.people) < 2


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One person checked another's work.

    `share_percent` is the part of everything of the maker that was checked by this person.
    """

    maker: PersonName
    checker: PersonName
    count: int
    approvals: int
    refusals: int
    share_percent: Decimal
    by_kind: Mapping[str, int]
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that should not be, or is worth a look.

    `code` is self_check, blocked_decision, checker_concentration or pair_concentration; `other` is
    the maker of a pair; `share_percent` the part that a concentration is about.
    """

    code: str
    risk: str
    person: PersonName
    kind: str
    count: int
    at: datetime
    other: PersonName | None = None
    subject_id: UUID | None = None
    share_percent: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ControlsReport:
    """The report over the days from `since` to `until`, both of them included.

    `pairs` are the most frequent ones, at most reports.MOST_PAIRS of `pairs_count`.
    """

    since: date
    until: date
    made_at: datetime
    conflicts: Sequence[ConflictFound]
    duties: Sequence[Coverage]
    pairs: Sequence[Pair]
    pairs_count: int
    findings: Sequence[Finding]

    @property
    def single_duties(self) -> Sequence[Coverage]:
        """Return the duties that hang on one person, or on none."""
        return [coverage for coverage in self.duties if coverage.is_single]
