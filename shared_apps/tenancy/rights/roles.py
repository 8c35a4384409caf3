"""The two database roles, and working as the one that owns the tables."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from psycopg import errors, sql

from shared_apps.tenancy.backend.base import DatabaseWrapper
from shared_apps.tenancy.backend.pooling import is_pooled
from shared_apps.tenancy.context import use_platform

_MAY_ANYTHING = """
SELECT r.rolsuper FROM pg_roles r
 WHERE r.rolname = %s
   AND (r.rolsuper OR EXISTS (
        SELECT FROM pg_class c
         WHERE c.oid = to_regclass('public.django_migrations')
           AND pg_has_role(r.oid, c.relowner, 'MEMBER')))
"""


class OwnerInsideTransaction(RuntimeError):
    """The owner has a connection of its own: it would see nothing of the open transaction."""

    def __init__(self) -> None:
        super().__init__("as_owner() inside a transaction: enter it before the transaction begins.")


class OwnerOutOfReach(RuntimeError):
    """What the owner does needs a session of its own, and the pooler lends none."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_OWNER_URL must be set to migrate or to found organizations where "
            "TENANCY_POOLING is transaction; it goes to PostgreSQL directly."
        )


class ApplicationRoleMissing(RuntimeError):
    """The role of DATABASE_URL does not exist and the owner may not create it."""

    def __init__(self, role: str, owner: str) -> None:
        super().__init__(
            f'The role "{role}" of DATABASE_URL does not exist, and "{owner}" may not create '
            f"roles: have an administrator run CREATE ROLE \"{role}\" LOGIN PASSWORD '...'."
        )


@contextmanager
def as_owner() -> Iterator[None]:
    """Let the default connection be the owner's inside: for tables, schemas, grants, migrations.

    It goes to DATABASE_OWNER_URL directly, never through a pooler, and is closed at the end.
    Without that setting one role does everything and nothing changes. Nests.
    Raises: OwnerInsideTransaction, OwnerOutOfReach.
    """
    current = _default()
    if not settings.DATABASE_OWNER and is_pooled():
        raise OwnerOutOfReach
    if not settings.DATABASE_OWNER or current.works_as_owner:
        yield
        return
    if current.in_atomic_block:
        raise OwnerInsideTransaction
    owner = _owner_connection(current)
    connections[DEFAULT_DB_ALIAS] = owner
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = current
        owner.close()


def application_role() -> str:
    """Return the name of the role that the application works as: the user of DATABASE_URL."""
    user = settings.DATABASES[DEFAULT_DB_ALIAS]["USER"]
    return str(user or os.environ.get("PGUSER") or getpass.getuser())


def has_two_roles() -> bool:
    """Return whether DATABASE_OWNER_URL names another role than DATABASE_URL."""
    owner = settings.DATABASE_OWNER
    return bool(owner) and owner["USER"] != settings.DATABASES[DEFAULT_DB_ALIAS]["USER"]


def ensure_application_role() -> None:
    """Create the application's role when the server has none of that name; runs as the owner.

    Raises: ApplicationRoleMissing.
    """
    if not has_two_roles():
        return
    role = application_role()
    with as_owner(), use_platform(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            _create(role)


def why_rights_mean_nothing() -> str:
    """Return why the database does not keep the application to its rights, or an empty text.

    The owner of the tables, its members and superusers may do anything. Raises: DatabaseError.
    """
    role = application_role()
    with use_platform(), connection.cursor() as cursor:
        cursor.execute(_MAY_ANYTHING, [role])
        found = cursor.fetchone()
    if found is None:
        return ""
    return f'"{role}" is a superuser' if found[0] else f'"{role}" may act as owner of the tables'


def _default() -> DatabaseWrapper:
    return cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])


def _owner_connection(current: DatabaseWrapper) -> DatabaseWrapper:
    parts: dict[str, Any] = {**current.settings_dict, **settings.DATABASE_OWNER}
    owner = type(current)(parts, DEFAULT_DB_ALIAS)
    owner.works_as_owner = True
    owner.execute_wrappers = current.execute_wrappers
    return owner


def _create(role: str) -> None:
    parts = settings.DATABASES[DEFAULT_DB_ALIAS]
    pgconn = connection.connection.pgconn
    # hashed here: the password itself must not reach the server's log
    password = pgconn.encrypt_password(parts["PASSWORD"].encode(), role.encode()).decode()
    statement = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}").format(
        sql.Identifier(role), sql.Literal(password)
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        if isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise ApplicationRoleMissing(role, str(settings.DATABASE_OWNER["USER"])) from error
        raise
