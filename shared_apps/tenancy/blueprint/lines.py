"""One fact about a schema."""

from collections.abc import Sequence
from typing import Any, NamedTuple

# stands for the name of whichever schema a statement runs in
OWN_SCHEMA = ':"schema"'


class Line(NamedTuple):
    """One fact about a schema. Names are quoted.

    `place` is a column's rank in its table; a foreign key with a place comes after the indexes.
    `unusual` says what no statement of ours repeats: a schema with such a line is migrated instead.
    """

    kind: str
    relation: str
    name: str
    place: int
    definition: str
    refers_to: str
    unusual: str

    def __str__(self) -> str:
        details = " ".join(filter(None, (self.definition, self.refers_to, self.unusual)))
        return f"{self.subject}: {details}" if details else self.subject

    @property
    def subject(self) -> str:
        """Return what the line is about, such as "column id of accounts_user"."""
        of = f"{self.name} of {self.relation}" if self.name else self.relation
        return f"{self.kind} {of}"


def line_of(row: Sequence[Any]) -> Line:
    """Return a row of a catalog query as a line; one without a definition is unusual."""
    kind, relation, name, place, definition, refers_to, unusual = row
    if definition is None:
        return Line(kind, relation, name, place, "", refers_to, "without a definition")
    return Line(kind, relation, name, place, definition, refers_to, unusual)
