"""The platform's event log at the console: in words, with whom it is about."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.filters import AllValuesFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList

from shared_apps.platform_admin.console.happenings import (
    actor_word,
    event_word,
    events_saying,
    subjects_of,
)
from shared_apps.platform_admin.console.reading import (
    NOTHING,
    ReadOnlyAdmin,
    WhenEmpty,
    as_text,
    column,
    moment,
    with_code,
)
from shared_apps.platform_admin.console.words import FIELDS, KindFilter, in_words, word_for


class EventFilter(AllValuesFieldListFilter):
    """Which kind of event."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices in words."""
        every, *kinds = super().choices(changelist)
        yield every
        yield from in_words(iter(kinds), event_word)


class EventList(ChangeList):  # type: ignore[misc]  # unfold is untyped
    """A page of events that know whom they are about."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, and the subjects of all its events at once."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        subjects = subjects_of(self.result_list)
        for row in self.result_list:
            row.about = subjects[row.pk]


class EventRecordAdmin(ReadOnlyAdmin):
    """What happened on the platform, and by whom."""

    list_display = (
        *(moment("recorded_at", _("When")), "what", "about", "who"),
        *("on_behalf_of", "reason", column("ip", _("From"))),
    )
    list_filter = (("actor_kind", KindFilter), ("name", EventFilter))
    search_fields = ("=subject_id", "=actor_id", "actor_label", "name", "reason")
    ordering = ("-recorded_at", "-id")
    date_hierarchy = "recorded_at"
    fields = (
        *("recorded_at", "what", "about", "who", "kind", "on_behalf_of", "reason"),
        *("said", "was", "became", "subject_type", "subject_id", "actor_id", "ip", "request_id"),
    )
    when_empty = WhenEmpty(
        _("What operators, sign-ups and sign-ins do on the platform is written down here."),
        _("There is nothing to do: events come by themselves, and none is ever removed."),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EventList]:
        """Return the kind of list."""
        return EventList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search as Django does, and among the words for what happened."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            found |= queryset.filter(name__in=events_saying(search_term.strip()))
        return found, may_repeat

    def title_of(self, row: Any) -> str:
        """Return what happened, and to whom."""
        about = subjects_of([row])[row.pk]
        return f"{event_word(row.name)}: {about}" if about else str(event_word(row.name))

    @display(description=_("What"), ordering="name")  # type: ignore[untyped-decorator]  # unfold is untyped
    def what(self, row: Any) -> str:
        """Return what happened."""
        return with_code(event_word(row.name), row.name)

    @display(description=_("About"))  # type: ignore[untyped-decorator]  # unfold is untyped
    def about(self, row: Any) -> str:
        """Return which organization, or whom, it is about; the list knows all of its page."""
        known = getattr(row, "about", None)
        return (subjects_of([row])[row.pk] if known is None else known) or NOTHING

    @display(description=_("Who"), ordering="actor_label")  # type: ignore[untyped-decorator]  # unfold is untyped
    def who(self, row: Any) -> str:
        """Return who did it."""
        return str(actor_word(row))

    @display(description=FIELDS["actor_kind"])  # type: ignore[untyped-decorator]  # unfold is untyped
    def kind(self, row: Any) -> str:
        """Return what kind of actor it was."""
        return str(word_for(row.actor_kind))

    @display(description=_("Payload"))  # type: ignore[untyped-decorator]  # unfold is untyped
    def said(self, row: Any) -> str:
        """Return what the event says."""
        return as_text(row.payload)

    @display(description=_("Before"))  # type: ignore[untyped-decorator]  # unfold is untyped
    def was(self, row: Any) -> str:
        """Return the values that were changed."""
        return as_text(row.before)

    @display(description=_("After"))  # type: ignore[untyped-decorator]  # unfold is untyped
    def became(self, row: Any) -> str:
        """Return what they were changed to."""
        return as_text(row.after)
