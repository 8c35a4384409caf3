"""docs/table-rights.md: what the database lets the application do, table by table."""

from django.db.models import Model

from shared_apps.kernel.rights import EVERY_FIELD, Rights
from shared_apps.tenancy.rights.declared import (
    MIGRATIONS_TABLE,
    find_rights,
    is_ours,
    is_theirs,
    models_with_tables,
    table_of,
)

_HEAD = """\
# Rights on tables

Written by `manage.py write_rights_docs` from the models; do not edit. The role of DATABASE_URL may
read every table and do what is listed; PostgreSQL refuses it the rest. The role of
DATABASE_OWNER_URL owns them all (tenancy.md).
"""
_ROW = "| `{}` | {} | {} | {} |\n"
_TABLE_HEAD = "| table | add | change | remove |\n| --- | --- | --- | --- |\n"


def rights_page() -> str:
    """Return the page's text."""
    models = models_with_tables()
    ours, theirs = filter(is_ours, models), filter(is_theirs, models)
    history = _ROW.format(MIGRATIONS_TABLE, "-", "-", "-")
    return (
        f"{_HEAD}\n## Ours\n\n{_TABLE_HEAD}{''.join(map(_row, ours))}"
        f"\n## Packages'\n\n{_TABLE_HEAD}{''.join(map(_row, theirs))}{history}"
    )


def _row(model: type[Model]) -> str:
    rights = find_rights(model) or Rights()
    return _ROW.format(
        table_of(model),
        _word(rights.insert),
        _changeable(rights),
        _word(rights.delete),
    )


def _word(is_granted: bool) -> str:  # noqa: FBT001  a word for a fact
    return "yes" if is_granted else "-"


def _changeable(rights: Rights) -> str:
    if rights.update == EVERY_FIELD:
        return "every column"
    return ", ".join(f"`{name}`" for name in sorted(rights.update)) or "-"
