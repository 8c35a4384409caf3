"""The truth about every schema, read from its own history instead of the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from shared_apps.tenancy.context import PUBLIC_SCHEMA, use_platform, use_schema
from shared_apps.tenancy.ledger import note_ready, note_unknown
from shared_apps.tenancy.models import SchemaState, SchemaStatus
from shared_apps.tenancy.plan import plan_hash
from shared_apps.tenancy.rights.grants import apply_grants, schemas_with_wrong_rights
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.runner.plans import Plan
from shared_apps.tenancy.schemas import SCHEMAS_AT_A_TIME, existing_schemas
from shared_apps.tenancy.standing import bring_standing

_HAVE_HISTORY = """
SELECT n.nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
 WHERE n.nspname = ANY (%s) AND c.relname = 'django_migrations' AND c.relkind = 'r'
"""
_HISTORY = """
SELECT '{0}', md5(coalesce(string_agg(app || '.' || name, ','
                                      ORDER BY app COLLATE "C", name COLLATE "C"), ''))
  FROM "{0}".django_migrations
"""


@dataclass
class Findings:
    """What an audit found: schemas by what is the matter with their rows or their rights."""

    schemas: int = 0
    behind: list[str] = field(default_factory=list)
    not_behind: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    wrong_rights: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Return whether nothing is wrong."""
        rows = self.behind or self.not_behind or self.unknown or self.gone
        return not (rows or self.wrong_rights)


def audit_ledger(*, mend: bool) -> Findings:
    """Compare the ledger with the history of each schema, public included; mend it when asked.

    `behind`: the ledger has them up to date, and they are not. `not_behind`: the other way round.
    `unknown` are not in the ledger, `gone` only there. Rows of schemas being migrated are left.
    `wrong_rights`: the application may do more or less there than the models declare. Schemas that
    lack migrations are not asked; the runner grants what they need.
    """
    schemas = [PUBLIC_SCHEMA, *existing_schemas()]
    complete = _complete_ones(schemas)
    with as_owner(), use_platform(), transaction.atomic():
        rows = {row.schema: row for row in SchemaState.objects.select_for_update(no_key=True)}
        found = _compare(schemas, complete, rows)
        if mend:
            note_unknown(found.behind)
            SchemaState.objects.filter(schema__in=found.gone).delete()
    if mend:
        _mend_schemas(found, complete, rows)
    return found


def _compare(
    schemas: Sequence[str], complete: frozenset[str], rows: dict[str, SchemaState]
) -> Findings:
    settled = {name: row for name, row in rows.items() if row.status != SchemaStatus.MIGRATING}
    claimed = {name for name, row in settled.items() if _is_up_to_date(row)}
    return Findings(
        schemas=len(schemas),
        behind=sorted(claimed.intersection(schemas) - complete),
        not_behind=sorted((complete & settled.keys()) - claimed),
        unknown=sorted(set(schemas) - rows.keys()),
        wrong_rights=schemas_with_wrong_rights(sorted(complete & claimed)),
        gone=sorted(settled.keys() - set(schemas)),
    )


def _mend_schemas(found: Findings, complete: frozenset[str], rows: dict[str, SchemaState]) -> None:
    """Mend each schema in a transaction of its own: a server has room for some thousands of locks.

    One that another process took in hand since is left to it.
    """
    ready = [*found.not_behind, *(complete.intersection(found.unknown))]
    for schema in [*ready, *found.wrong_rights]:
        with as_owner(), use_platform(), transaction.atomic():
            if _is_as_it_was(schema, rows.get(schema)):
                apply_grants(schema)
                if schema in ready:
                    bring_standing(schema)
                    note_ready(schema)


def _is_as_it_was(schema: str, row: SchemaState | None) -> bool:
    """Lock the row of a schema; return whether nobody has had it in hand since it was read."""
    now = SchemaState.objects.select_for_update(no_key=True).filter(schema=schema).first()
    return (now and now.generation) == (row and row.generation)


def _is_up_to_date(row: SchemaState) -> bool:
    return row.status == SchemaStatus.READY and row.plan_hash == plan_hash()


def _complete_ones(schemas: Sequence[str]) -> frozenset[str]:
    """Return the schemas that lack no migration; each different history is looked at once."""
    by_history: dict[str, list[str]] = {}
    for schema, history in _histories(schemas):
        by_history.setdefault(history, []).append(schema)
    return frozenset(
        schema for alike in by_history.values() if _lacks_nothing(alike[0]) for schema in alike
    )


def _lacks_nothing(schema: str) -> bool:
    with use_schema(schema):
        return Plan().is_done


def _histories(schemas: Sequence[str]) -> Iterator[tuple[str, str]]:
    with use_platform(), connection.cursor() as cursor:
        cursor.execute(_HAVE_HISTORY, [list(schemas)])
        names = sorted(name for (name,) in cursor.fetchall())
        for start in range(0, len(names), SCHEMAS_AT_A_TIME):
            part = names[start : start + SCHEMAS_AT_A_TIME]
            cursor.execute(" UNION ALL ".join(_HISTORY.format(name) for name in part))
            yield from cursor.fetchall()
