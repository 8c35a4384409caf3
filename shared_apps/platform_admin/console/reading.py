"""What every list of the console stands on: rows are read, and instants are written in one way."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.admin.views.main import IGNORED_PARAMS, ChangeList
from django.db.models import DateTimeField, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from shared_apps.platform_admin.console.words import FIELDS, Text, word_for

MINUTE = pgettext_lazy("a day and a minute", "Y-m-d H:i")
NOTHING = "-"


def column(name: str, label: Text, *, boolean: bool = False) -> Callable[[Any], Any]:
    """Return a column of a list under the name that operators know it by."""
    shown = _named(lambda row: getattr(row, name), label, order=name)
    shown.boolean = boolean  # type: ignore[attr-defined]  # a function takes attributes
    return shown


def moment(name: str, label: Text) -> Callable[[Any], Any]:
    """Return a column with an instant, as every page writes it; its head names the zone."""
    return _named(lambda row: minute_of(getattr(row, name)), in_utc(label), order=name)


def minute_of(at: datetime | None) -> str:
    """Return an instant as the console writes it; "-" for one that is not yet."""
    return date_format(at, str(MINUTE)) if at else NOTHING


def in_utc(label: Text) -> Text:
    """Return the name of an instant with the zone in which it is written."""
    return format_lazy("{} (UTC)", label)


def _named(shown: Callable[[Any], Any], label: Text, *, order: str) -> Callable[[Any], Any]:
    shown.short_description = label  # type: ignore[attr-defined]  # a function takes attributes
    shown.admin_order_field = order  # type: ignore[attr-defined]
    return shown


@lru_cache(maxsize=64)
def _moment_of_field(name: str) -> Callable[[Any], Any]:
    return moment(name, _head_of(name))


@lru_cache(maxsize=64)
def _column_of_field(name: str) -> Callable[[Any], Any]:
    """Return a column under its field's word; on a phone it stands before the value as it is."""
    return column(name, _head_of(name))


def _head_of(name: str) -> Text:
    return capfirst(FIELDS[name])  # type: ignore[type-var]  # what is lazy stays lazy


def as_text(value: Any) -> str:
    """Return JSON as it is read; unfold would colour it with styles that the policy forbids."""
    if not value:
        return NOTHING
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return format_html('<pre class="console-json">{}</pre>', text)


def with_code(words: Text, code: str) -> str:
    """Return words with the name that programs and documents use, small below them."""
    return format_html('<span>{}<br><small class="console-code">{}</small></span>', words, code)


@display(description=_("Status"))  # type: ignore[untyped-decorator]  # unfold is untyped
def status_word(row: Any) -> str:
    """Return the status of a row on its own page."""
    return str(capfirst(str(word_for(row.status))))


class WhenEmpty(NamedTuple):
    """What a list says that has no rows at all: what comes here, and what to do for it."""

    what: Text
    how: Text = ""


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Rows that the console shows and never edits; each kind says what stands in an empty list."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    when_empty: WhenEmpty

    def title_of(self, row: Any) -> str:
        """Return what a row is called above its page."""
        return str(row)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return the fields of a row's page; instants are written as in the lists."""
        instants = {
            field.name
            for field in self.model._meta.fields  # noqa: SLF001  as Django's admin reads it
            if isinstance(field, DateTimeField)
        }
        return [_moment_of_field(each) if each in instants else each for each in self.fields]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Return the columns of the list."""
        names = self.list_display
        return [_column_of_field(each) if each in FIELDS else each for each in names]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return all fields."""
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: rows are changed by services."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: rows stay."""
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **options: Any
    ) -> TemplateResponse:
        """Show a row under its title."""
        if row := options.get("obj"):
            context["subtitle"] = self.title_of(row)
        answer: TemplateResponse = super().render_change_form(request, context, **options)
        return answer

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to what the audit log knows of the row."""
        events = reverse("admin:audit_eventrecord_changelist")
        return HttpResponseRedirect(f"{events}?q={object_id}")


def is_narrowed(listing: ChangeList) -> bool:
    """Return whether a list was searched or filtered, so that it may be empty for that."""
    return bool(listing.query or set(listing.params) - set(IGNORED_PARAMS))
