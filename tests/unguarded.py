"""Doing on purpose what the application's role may not: tampering, and looking past every guard.

The owner's connection sees nothing of a test's open transaction. So the tests' database has one
function that works as the owner inside it; only the tests' database has it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model
from psycopg.pq import TransactionStatus

from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.rights.declared import privileges_of
from shared_apps.tenancy.rights.grants import regrant
from shared_apps.tenancy.rights.roles import application_role, as_owner

_FUNCTION = """
CREATE SCHEMA IF NOT EXISTS unguarded;
GRANT USAGE ON SCHEMA unguarded TO PUBLIC;
CREATE OR REPLACE FUNCTION unguarded.run(statement text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN EXECUTE statement; END $$
"""


def install() -> None:
    """Make the function in the tests' database."""
    with as_owner(), use_platform(), connection.cursor() as cursor:
        cursor.execute(_FUNCTION)


def run_as_owner(statement: str) -> None:
    """Run one statement as the owner of the tables, inside the open transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT unguarded.run(%s)", [statement])


@contextmanager
def unguarded(*models: type[Model]) -> Iterator[None]:
    """Let the application change and delete rows of models whose rights forbid it."""
    role = connection.ops.quote_name(application_role())
    for model in models:
        run_as_owner(f"GRANT ALL ON TABLE {model._meta.db_table} TO {role}")
    try:
        yield
    finally:
        # an aborted transaction takes the grants back by itself
        if connection.connection.pgconn.transaction_status != TransactionStatus.INERROR:
            for model in models:
                _guard(model)


def _guard(model: type[Model]) -> None:
    table, wanted = model._meta.db_table, privileges_of(model)
    for statement in regrant(table, wanted, application_role()):
        run_as_owner(statement.as_string())
