"""A catalog as statements that build it in an empty schema on the search path.

As much as possible is said inside CREATE TABLE: a constraint that is added later costs the server
another pass over the table's catalog entries, and a foreign key a query over its rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

from shared_apps.tenancy.blueprint.catalog import Catalog
from shared_apps.tenancy.blueprint.content import literal
from shared_apps.tenancy.blueprint.lines import Line

Constraints = dict[str, list[Line]]

WITH_AN_INDEX = ("primary key", "unique", "exclusion")
CONSTRAINTS = (*WITH_AN_INDEX, "not null", "check", "foreign key")


def statements_of(catalog: Catalog) -> list[str]:
    """Return the statements in an order that builds the catalog."""
    order = _referenced_first(catalog)
    within, after = _sorted_constraints(catalog, order)
    return [
        *map(_sequence, catalog.of("sequence")),
        *_tables(catalog, order, within),
        *map(_owned, (line for line in catalog.of("sequence") if line.refers_to)),
        *(line.definition for line in catalog.of("index")),
        *_rows(catalog),
        *map(_position, catalog.of("position")),
        *map(_constraint, after),
        *map(_comment, catalog.of("comment")),
        *_grants(catalog),
    ]


def _referenced_first(catalog: Catalog) -> list[str]:
    """Return the tables so that a table comes after those it refers to, but for circles."""
    targets: dict[str, list[str]] = {line.relation: [] for line in catalog.of("table")}
    for line in catalog.of("foreign key"):
        targets[line.relation].append(line.refers_to)
    order: dict[str, None] = {}
    started: set[str] = set()

    def visit(table: str) -> None:
        if table not in started:
            started.add(table)
            for target in targets[table]:
                visit(target)
            order[table] = None

    for table in targets:
        visit(table)
    return list(order)


def _sorted_constraints(catalog: Catalog, order: list[str]) -> tuple[Constraints, list[Line]]:
    """Return the constraints that CREATE TABLE can say, by table, and those that come last."""
    within: Constraints = defaultdict(list)
    after: list[Line] = []
    made = {table: place for place, table in enumerate(order)}
    filled = {line.relation for line in catalog.of("row")}
    indexed: set[tuple[str, str]] = set()
    for line in catalog.of(
        "not null", "primary key", "unique", "exclusion", "check", "foreign key"
    ):
        if line.kind == "foreign key":
            is_ahead = made[line.refers_to] > made[line.relation]
            is_late = bool(is_ahead or line.place or line.relation in filled)
        else:
            is_late = _is_repeated(line, indexed)
        (after if is_late else within[line.relation]).append(line)
    return within, after


def _is_repeated(line: Line, indexed: set[tuple[str, str]]) -> bool:
    # CREATE TABLE drops the second of two constraints whose indexes are alike; ALTER TABLE does not
    if line.kind not in WITH_AN_INDEX:
        return False
    key = (line.relation, line.definition.removeprefix("PRIMARY KEY").removeprefix("UNIQUE"))
    is_repeated = key in indexed
    indexed.add(key)
    return is_repeated


def _sequence(line: Line) -> str:
    return f"CREATE SEQUENCE {line.relation} {line.definition}"


def _owned(line: Line) -> str:
    return f"ALTER SEQUENCE {line.relation} OWNED BY {line.refers_to}"


def _tables(catalog: Catalog, order: Iterable[str], within: Constraints) -> Iterator[str]:
    options = {line.relation: line.definition for line in catalog.of("table")}
    columns: Constraints = defaultdict(list)
    for line in sorted(catalog.of("column", "generated column"), key=lambda line: line.place):
        columns[line.relation].append(line)
    for table in order:
        parts = [f"{line.name} {line.definition}" for line in columns[table]]
        parts += [f"CONSTRAINT {line.name} {line.definition}" for line in within[table]]
        with_options = f" WITH ({options[table]})" if options[table] else ""
        yield f"CREATE TABLE {table} ({', '.join(parts)}){with_options}"


def _rows(catalog: Catalog) -> Iterator[str]:
    columns: dict[str, list[str]] = defaultdict(list)
    for line in sorted(catalog.of("column"), key=lambda line: line.place):
        columns[line.relation].append(line.name)
    for table, lines in groupby(catalog.of("row"), key=lambda line: line.relation):
        values = ", ".join(line.definition for line in lines)
        names = ", ".join(columns[table])
        yield f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE VALUES {values}"  # noqa: S608  names and literals of the catalog


def _position(line: Line) -> str:
    return f"SELECT setval({literal(line.relation)}, {line.definition})"


def _constraint(line: Line) -> str:
    return f"ALTER TABLE {line.relation} ADD CONSTRAINT {line.name} {line.definition}"


def _comment(line: Line) -> str:
    subject = f"{line.relation}.{line.name}" if line.name else line.relation
    return f"COMMENT ON {line.definition} {subject} IS {line.refers_to}"


def _grants(catalog: Catalog) -> Iterator[str]:
    lines = sorted(catalog.of("grant"), key=lambda line: (line.definition, line.refers_to))
    for (rights, role), alike in groupby(lines, key=lambda line: (line.definition, line.refers_to)):
        relations = ", ".join(line.relation for line in alike)
        yield f"GRANT {rights} {relations} TO {role}"
