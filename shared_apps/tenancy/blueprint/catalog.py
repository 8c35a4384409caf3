"""What a schema consists of, read from PostgreSQL's catalogs against an allow-list.

Every query selects text without the schema's own name, so that two schemas built alike read alike.
The search path is `<schema>, extensions` while reading: names print unqualified.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection

from shared_apps.tenancy.context import use_schema

# Kinds of objects that a replay can repeat; anything else sends provisioning to the migrations.
UNKNOWN_OBJECTS = """
SELECT 'relation ' || relname || ' of kind ' || relkind::text FROM pg_class c
 WHERE relnamespace = %(schema)s::regnamespace
   AND (relkind NOT IN ('r', 'i', 'S') OR relpersistence <> 'p' OR reloptions IS NOT NULL
        OR reltablespace <> 0 OR relrowsecurity OR relhastriggers AND EXISTS (
            SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
        OR relhasrules OR relispartition
        OR relkind = 'r' AND relreplident <> 'd')
UNION ALL
SELECT 'sequence ' || c.relname || ' that no identity column owns' FROM pg_class c
 WHERE relnamespace = %(schema)s::regnamespace AND relkind = 'S' AND NOT EXISTS (
       SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
UNION ALL
SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'type ' || typname FROM pg_type t
 WHERE typnamespace = %(schema)s::regnamespace AND typtype <> 'c' AND typelem = 0
UNION ALL
SELECT 'statistics ' || stxname FROM pg_statistic_ext
 WHERE stxnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'policy ' || polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
 WHERE c.relnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'comment on ' || c.relname FROM pg_description d JOIN pg_class c ON c.oid = d.objoid
 WHERE d.classoid = 'pg_class'::regclass AND c.relnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'column option of ' || c.relname || '.' || a.attname
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r' AND a.attnum > 0
   AND NOT a.attisdropped
   AND (a.attstorage <> t.typstorage OR a.attcollation <> t.typcollation
        OR a.attcompression <> '' OR a.attoptions IS NOT NULL OR a.attacl IS NOT NULL)
UNION ALL
SELECT 'constraint ' || conname || ' of kind ' || contype::text FROM pg_constraint
 WHERE connamespace = %(schema)s::regnamespace
   AND (contype NOT IN ('p', 'u', 'c', 'x', 'f', 'n') OR NOT convalidated)
"""

COLUMNS = """
SELECT c.relname, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid)
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r'
 ORDER BY c.relname, a.attnum
"""

# PostgreSQL 18 also lists NOT NULL here (kind n); the columns say it already.
CONSTRAINTS = """
SELECT c.relname, quote_ident(o.conname), o.contype::text, pg_get_constraintdef(o.oid, true)
  FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
 WHERE o.connamespace = %(schema)s::regnamespace AND o.contype <> 'n'
 ORDER BY o.contype = 'f', o.contype <> 'p', c.relname, o.conname
"""

INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid, 0, true)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = %(schema)s::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_constraint o
                    WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'))
 ORDER BY c.relname
"""

SEQUENCES = """
SELECT s.relname, t.relname, a.attname, q.seqstart, q.seqincrement, q.seqmax, q.seqmin, q.seqcycle
  FROM pg_class s
  JOIN pg_depend d ON d.objid = s.oid AND d.deptype = 'i'
  JOIN pg_class t ON t.oid = d.refobjid
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
  JOIN pg_sequence q ON q.seqrelid = s.oid
 WHERE s.relnamespace = %(schema)s::regnamespace AND s.relkind = 'S'
 ORDER BY s.relname
"""

Row = tuple[Any, ...]


class UnknownObject(RuntimeError):
    """The schema has an object that a replay would lose."""


@dataclass(frozen=True)
class Catalog:
    """A schema's content: rows of the queries above, and each table's rows as text."""

    columns: tuple[Row, ...]
    constraints: tuple[Row, ...]
    indexes: tuple[Row, ...]
    sequences: tuple[Row, ...]
    seeds: dict[str, tuple[Row, ...]]

    @property
    def tables(self) -> list[str]:
        """Return the tables' names, in order."""
        return sorted({str(row[0]) for row in self.columns})

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of everything: equal for schemas that are alike."""
        parts = (self.columns, self.constraints, self.indexes, self.sequences, self.seeds)
        return sha256(_canonical(repr(parts)).encode()).hexdigest()


def read_catalog(schema: str) -> Catalog:
    """Return what a schema consists of. Raises: UnknownObject."""
    with use_schema(schema):
        refuse_unknown_objects(schema)
        columns = _rows(COLUMNS, schema)
        tables = sorted({str(row[0]) for row in columns})
        return Catalog(
            columns=columns,
            constraints=_rows(CONSTRAINTS, schema),
            indexes=_rows(INDEXES, schema),
            sequences=_rows(SEQUENCES, schema),
            seeds={table: rows for table in tables if (rows := _seed_rows(table))},
        )


def refuse_unknown_objects(schema: str) -> None:
    """Raise UnknownObject, naming them, when the schema has objects outside the allow-list."""
    unknown = [str(row[0]) for row in _rows(UNKNOWN_OBJECTS, schema)]
    if unknown:
        raise UnknownObject("; ".join(sorted(unknown)))


def _canonical(text: str) -> str:
    """Return definitions in the one form that reading and repeating them does not change.

    PostgreSQL prints `ARRAY['a'::varchar]::text[]` and reads it as `ARRAY['a'::varchar::text]`: the
    same values in other words (it happens to a dump that is restored, too).
    """
    return text.replace("::character varying::text", "::character varying").replace(
        "]::text[]", "]"
    )


def _rows(query: str, schema: str) -> tuple[Row, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"schema": schema})
        return tuple(tuple(row) for row in cursor.fetchall())


def _seed_rows(table: str) -> tuple[Row, ...]:
    """Return a table's rows with every value as PostgreSQL's own text, in a stable order."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608  names from the catalog
        names = ", ".join(f'"{column.name}"::text' for column in cursor.description or ())
        query = f'SELECT {names} FROM "{table}" ORDER BY 1'  # noqa: S608  same
        cursor.execute(query)
        return tuple(tuple(row) for row in cursor.fetchall())
