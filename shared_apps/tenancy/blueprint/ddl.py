"""A catalog as statements, in an order that builds it: tables, keys, rows, foreign keys."""

from collections.abc import Iterator
from itertools import groupby

from shared_apps.tenancy.blueprint.catalog import Catalog, Row

IDENTITY = {"d": "BY DEFAULT", "a": "ALWAYS"}


def statements_of(catalog: Catalog) -> list[str]:
    """Return the statements that build the catalog in an empty schema on the search path."""
    foreign = [row for row in catalog.constraints if row[2] == "f"]
    others = [row for row in catalog.constraints if row[2] != "f"]
    return [
        *_tables(catalog),
        *map(_constraint, others),
        *(str(definition) for _, definition in catalog.indexes),
        *_seeds(catalog),
        *_sequence_positions(catalog),
        *map(_constraint, foreign),
    ]


def _tables(catalog: Catalog) -> Iterator[str]:
    for table, columns in groupby(catalog.columns, key=lambda row: row[0]):
        yield f'CREATE TABLE "{table}" ({", ".join(map(_column, columns))})'


def _column(row: Row) -> str:
    _, name, kind, not_null, identity, generated, default = row
    parts = [f"{name} {kind}"]
    if identity:
        parts.append(f"GENERATED {IDENTITY[identity]} AS IDENTITY")
    elif generated:
        parts.append(f"GENERATED ALWAYS AS ({default}) STORED")
    elif default is not None:
        parts.append(f"DEFAULT {default}")
    if not_null:
        parts.append("NOT NULL")
    return " ".join(parts)


def _constraint(row: Row) -> str:
    table, name, _, definition = row
    return f'ALTER TABLE "{table}" ADD CONSTRAINT {name} {definition}'


def _seeds(catalog: Catalog) -> Iterator[str]:
    for table, rows in catalog.seeds.items():
        values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
        yield f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE VALUES {values}'  # noqa: S608  names and literals of the catalog


def _sequence_positions(catalog: Catalog) -> Iterator[str]:
    for sequence, table, column, *_ in catalog.sequences:
        if table in catalog.seeds:
            yield f'SELECT setval(\'"{sequence}"\', (SELECT max("{column}") FROM "{table}"))'  # noqa: S608  same


def _literal(value: object) -> str:
    """Return a value's text as a literal; standard_conforming_strings is on everywhere we run."""
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"
