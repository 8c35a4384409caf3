"""What took commission back: its name, and the way to it for whoever may see it."""

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from tenant_apps.commissions.sources import Source, sources_of
from tenant_apps.invoices.selectors import visible_credit_notes
from tenant_apps.portal.wording import word_for
from tenant_apps.returns.selectors import VIEW as SEES_RETURNS
from tenant_apps.returns.selectors import visible_returns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any
    from uuid import UUID

    from django.db.models import QuerySet

    from tenant_apps.accounts.models import User
    from tenant_apps.commissions.models import CommissionLine

SEES_NOTES = "invoices.view"


class Named(NamedTuple):
    """A return or a credit note by its name; the address is "" where the reader may not open it."""

    name: str
    url: str


def named_sources(
    lines: "Iterable[CommissionLine]", *, viewer: "User", may: "Callable[[str], bool]"
) -> "Mapping[UUID, list[Named]]":
    """Return what took the money of lines back, by line: the return first, then credit notes.

    Five queries at most, however many lines there are; none where no money was taken back.
    """
    sources = sources_of(lines)
    if not sources:
        return {}
    returns = {each.returned.pk for each in sources.values() if each.returned}
    notes = {note.pk for each in sources.values() for note in each.notes}
    seen: set[UUID] = set()
    if returns and may(SEES_RETURNS):
        seen |= set(_ids(visible_returns(viewer), returns))
    if notes and may(SEES_NOTES):
        seen |= set(_ids(visible_credit_notes(viewer), notes))
    return {line_id: list(_named(source, seen)) for line_id, source in sources.items()}


def _ids(rows: "QuerySet[Any]", among: "set[UUID]") -> "QuerySet[Any, UUID]":
    return rows.order_by().filter(pk__in=among).values_list("pk", flat=True)


def _named(source: Source, seen: "set[UUID]") -> "Iterator[Named]":
    returned = source.returned
    if returned:
        name = f"{word_for('return_kind', returned.kind).label} {returned.code}"
        url = reverse("portal:return", args=[returned.code]) if returned.pk in seen else ""
        yield Named(name, url)
    for note in source.notes:
        name = _("Credit note %(number)s") % {"number": note.number}
        url = reverse("portal:credit_note", args=[note.number]) if note.pk in seen else ""
        yield Named(name, url)
