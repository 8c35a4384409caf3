"""Reads of what was imported before."""

from collections.abc import Iterable

from tenant_apps.imports.models import ImportRow


def imported_rows(kind: str, external_ids: Iterable[str]) -> dict[str, ImportRow]:
    """Return the rows of a kind that were imported before, by their external id. One query."""
    rows = ImportRow.objects.filter(kind=kind, external_id__in=set(external_ids)).order_by("pk")
    return {row.external_id: row for row in rows}
