"""Bring the rights on a schema's tables in line with what the models declare."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import connection, transaction
from psycopg import sql

from shared_apps.tenancy.context import EXTENSIONS_SCHEMA, PUBLIC_SCHEMA, use_schema
from shared_apps.tenancy.rights.declared import Privilege, wanted_privileges
from shared_apps.tenancy.rights.roles import application_role, as_owner
from shared_apps.tenancy.schemas import SCHEMAS_AT_A_TIME

Privileges = Mapping[str, frozenset[Privilege]]

# Every table with its columns, and what the role holds on them; (table, column, kind) with gaps.
_HELD = """
WITH tables AS (
    SELECT oid, relname, relacl FROM pg_class
     WHERE relnamespace = %(schema)s::regnamespace AND relkind IN ('r', 'p')
)
SELECT t.relname, a.attname, NULL
  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
 UNION ALL
SELECT t.relname, NULL, e.privilege_type FROM tables t, aclexplode(t.relacl) e
 WHERE e.grantee = (SELECT oid FROM pg_roles WHERE rolname = %(role)s)
 UNION ALL
SELECT t.relname, a.attname, e.privilege_type
  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND NOT a.attisdropped,
       aclexplode(a.attacl) e
 WHERE e.grantee = (SELECT oid FROM pg_roles WHERE rolname = %(role)s)
"""
# How a schema's columns and privileges look, as one value to compare schemas by.
_KINDS = """
SELECT n.nspname, md5(string_agg(part, ',' ORDER BY part COLLATE "C"))
  FROM pg_roles r, pg_namespace n
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p'), LATERAL (
    SELECT format('%%s %%s', c.relname, a.attname)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     UNION ALL
    SELECT format('%%s: %%s', c.relname, e.privilege_type)
      FROM aclexplode(c.relacl) e WHERE e.grantee = r.oid
     UNION ALL
    SELECT format('%%s %%s: %%s', c.relname, a.attname, e.privilege_type)
      FROM pg_attribute a, aclexplode(a.attacl) e
     WHERE a.attrelid = c.oid AND NOT a.attisdropped AND e.grantee = r.oid
       ) AS parts (part)
 WHERE n.nspname = ANY (%(schemas)s) AND r.rolname = %(role)s
 GROUP BY n.nspname
"""
_MAY_ENTER = """
SELECT has_schema_privilege(%(role)s, %(schema)s, 'USAGE'),
       current_user = %(role)s, d.datname, pg_has_role(d.datdba, 'USAGE')
  FROM pg_database d WHERE d.datname = current_database()
"""


def apply_grants(schema: str) -> int:
    """Give the application's role its rights on a schema; return how many tables changed.

    Works as the owner, in one transaction, and touches no row. Tables that no model knows are left
    alone: the version that is being replaced may still work on them. Nothing to do where one role
    does everything.
    """
    role = application_role()
    with as_owner(), use_schema(schema), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MAY_ENTER, {"role": role, "schema": schema})
        may_enter, is_owner, database, owns_database = cursor.fetchone()
        if is_owner:
            return 0
        statements = [] if may_enter else [_usage(schema, role)]
        if schema == PUBLIC_SCHEMA:
            statements += _closed(role, database if owns_database else None)
        tables = list(_outdated(*read_rights(schema, role)))
        statements += [part for table, wanted in tables for part in regrant(table, wanted, role)]
        if statements:
            cursor.execute(sql.SQL(";\n").join(statements))
    return len(tables)


def wrong_rights(schema: str) -> list[str]:
    """Return a schema's tables on which the application has other rights than declared."""
    with as_owner(), use_schema(schema), transaction.atomic():
        return [table for table, _ in _outdated(*read_rights(schema, application_role()))]


def schemas_with_wrong_rights(schemas: Sequence[str]) -> list[str]:
    """Return those of many schemas that `wrong_rights` finds something in, asking few of them.

    Schemas with the same columns and the same privileges are alike; one of each kind is looked at.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    with as_owner(), connection.cursor() as cursor:
        for start in range(0, len(schemas), SCHEMAS_AT_A_TIME):
            part = list(schemas[start : start + SCHEMAS_AT_A_TIME])
            cursor.execute(_KINDS, {"schemas": part, "role": application_role()})
            for schema, kind in cursor.fetchall():
                alike[kind].append(schema)
    return sorted(name for names in alike.values() if wrong_rights(names[0]) for name in names)


def read_rights(schema: str, role: str) -> tuple[dict[str, set[str]], Privileges]:
    """Return the columns of each table of a schema, and the privileges a role holds on it."""
    columns: dict[str, set[str]] = defaultdict(set)
    held: dict[str, set[Privilege]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"schema": schema, "role": role})
        for table, column, kind in cursor.fetchall():
            if kind is None:
                columns[table].add(column)
            else:
                held[table].add(Privilege(kind, column or ""))
    return columns, {table: frozenset(held[table]) for table in columns}


def regrant(table: str, wanted: Iterable[Privilege], role: str) -> list[sql.Composable]:
    """Return the statements that give a role these privileges on a table and no others."""
    on, to = sql.Identifier(table), sql.Identifier(role)
    rights = sql.SQL(", ").join(map(_right, sorted(wanted)))
    return [
        sql.SQL("REVOKE ALL ON TABLE {} FROM {}").format(on, to),
        sql.SQL("GRANT {} ON TABLE {} TO {}").format(rights, on, to),
    ]


def _outdated(
    columns: Mapping[str, set[str]], held: Privileges
) -> Iterator[tuple[str, frozenset[Privilege]]]:
    """Yield the tables whose rights differ, with those they should have."""
    for table, declared in wanted_privileges().items():
        if table in columns:
            # a schema may be at an older plan: a column can be missing
            known = {"", *columns[table]}
            wanted = frozenset(each for each in declared if each.column in known)
            if wanted != held[table]:
                yield table, wanted


def _right(privilege: Privilege) -> sql.Composable:
    kind = sql.SQL(privilege.kind)
    if not privilege.column:
        return kind
    return sql.SQL("{} ({})").format(kind, sql.Identifier(privilege.column))


def _usage(schema: str, role: str) -> sql.Composable:
    return sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(
        sql.Identifier(schema), sql.Identifier(role)
    )


def _closed(role: str, database: str | None) -> list[sql.Composable]:
    """Return what keeps the role from making objects of its own, in public or for a session."""
    statements = [
        _usage(EXTENSIONS_SCHEMA, role),
        sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC").format(sql.Identifier(PUBLIC_SCHEMA)),
    ]
    if database is not None:
        revoke = sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC")
        statements.append(revoke.format(sql.Identifier(database)))
    return statements
