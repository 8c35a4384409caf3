"""The platform's rows as the console lists them: to be read; changes go through services."""

import json
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from shared_apps.platform_admin.console.life import acts_of
from shared_apps.platform_admin.console.site import site
from shared_apps.platform_admin.console.words import (
    FIELDS,
    KindFilter,
    StatusFilter,
    Text,
    name_apps,
    name_fields,
    word_for,
)

TONES = {
    "active": "success",
    "trial": "info",
    "requested": "info",
    "provisioning": "info",
    "past_due": "warning",
    "suspended": "warning",
    "closing": "danger",
    "failed": "danger",
    "erased": "danger",
}


def column(name: str, label: Text, *, order: bool = True) -> Callable[[Any], Any]:
    """Return a column of a list under the name that operators know it by."""

    def shown(row: Any) -> Any:
        return getattr(row, name)

    shown.short_description = label  # type: ignore[attr-defined]  # a function takes attributes
    if order:
        shown.admin_order_field = name  # type: ignore[attr-defined]
    return shown


def as_text(value: Any) -> str:
    """Return JSON as it is read; unfold would colour it with styles that the policy forbids."""
    if not value:
        return "-"
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return format_html('<pre class="console-json">{}</pre>', text)


@display(description=_("Status"))  # type: ignore[untyped-decorator]  # unfold is untyped
def status_word(row: Any) -> str:
    """Return the status of a row on its own page."""
    return str(capfirst(str(word_for(row.status))))


@display(description=FIELDS["actor_kind"])  # type: ignore[untyped-decorator]  # unfold is untyped
def kind_word(row: Any) -> str:
    """Return who acted on the page of an event."""
    return str(word_for(row.actor_kind))


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """Rows that the console shows and never edits."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: rows are changed by services."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: rows stay."""
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to what the audit log knows of the row."""
        events = reverse("admin:audit_eventrecord_changelist")
        return HttpResponseRedirect(f"{events}?q={object_id}")


class OrganizationAdmin(ReadOnlyAdmin):
    """Organizations, with the steps of their life."""

    list_display = (
        *(column("slug", _("Subdomain")), "name", "state", "host"),
        *(column("timezone", _("Time zone")), column("created_at", _("Since"))),
    )
    list_filter = (("status", StatusFilter),)
    search_fields = ("slug", "name", "domains__domain")
    ordering = ("slug", "pk")
    fields = (
        *("slug", "name", status_word, "failure", "host", "legal_name", "email"),
        *("currency", "timezone", "schema_name", "created_at", "updated_at"),
    )
    readonly_fields = ("host", status_word)
    change_form_outer_before_template = "console/organization_acts.html"
    change_list_template = "console/organizations.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the organizations with their hosts."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("domains")

    @display(description=_("Status"), ordering="status", label=TONES)  # type: ignore[untyped-decorator]  # unfold is untyped
    def state(self, row: Any) -> tuple[str, Text]:
        """Return the status, which has its colour, and its word."""
        return row.status, word_for(row.status)

    @display(description=_("Host"))  # type: ignore[untyped-decorator]  # unfold is untyped
    def host(self, row: Any) -> str:
        """Return the primary host."""
        primary = [each.domain for each in row.domains.all() if each.is_primary]
        return str(primary[0]) if primary else "-"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show an organization with the steps that its status allows."""
        row = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if row is not None:
            more = {"acts": acts_of(row.status), "hosts": row.domains.order_by("domain")}
            more["may_be_visited"] = row.is_routable
        answer: HttpResponse = super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **more}
        )
        return answer


class DomainAdmin(ReadOnlyAdmin):
    """Hosts, with whose they are."""

    list_display = (
        *(column("domain", _("Host")), column("tenant", _("Organization"))),
        *("is_primary", column("created_at", _("Since"))),
    )
    list_filter = ("is_primary",)
    list_select_related = ("tenant",)
    search_fields = ("domain", "tenant__slug")
    ordering = ("domain",)


class SchemaStateAdmin(ReadOnlyAdmin):
    """Where each schema stands with its migrations."""

    list_display = ("schema", "state", "attempts", "leased_by", "finished_at", "error")
    list_filter = (("status", StatusFilter),)
    search_fields = ("schema",)
    ordering = ("schema",)
    fields = (
        *("schema", "plan_hash", status_word, "lease_until", "leased_by", "generation"),
        *("attempts", "error", "started_at", "finished_at", "updated_at"),
    )
    readonly_fields = (status_word,)

    @display(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=_("Status"),
        label={"ready": "success", "migrating": "info", "failed": "danger"},
    )
    def state(self, row: Any) -> tuple[str, Text]:
        """Return the status, which has its colour, and its word."""
        return row.status, word_for(row.status)


class EventRecordAdmin(ReadOnlyAdmin):
    """What happened on the platform, and by whom."""

    list_display = (
        *(
            column("recorded_at", _("When")),
            column("name", _("What")),
            column("actor_label", _("Who")),
        ),
        *("on_behalf_of", "reason", column("ip", _("From"))),
    )
    list_filter = (("actor_kind", KindFilter), "name")
    search_fields = ("=subject_id", "=actor_id", "actor_label", "name", "reason")
    ordering = ("-recorded_at", "-id")
    date_hierarchy = "recorded_at"
    fields = (
        *("recorded_at", "name", kind_word, "actor_label", "on_behalf_of", "reason"),
        *("subject_type", "subject_id", "said", "was", "became", "request_id", "ip", "actor_id"),
    )
    readonly_fields = ("said", "was", "became", kind_word)

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


class OperatorAdmin(ReadOnlyAdmin):
    """The operators of the platform."""

    list_display = (
        *(column("email", _("Address")), "first_name", "last_name", "state"),
        column("last_login", _("Last sign-in")),
    )
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    fields = ("email", "first_name", "last_name", status_word, "last_login", "created_at")
    readonly_fields = fields
    change_form_outer_before_template = "console/operator_acts.html"
    change_list_template = "console/operators.html"

    @display(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=_("Status"),
        label={
            "active": "success",
            "invited": "info",
            "suspended": "danger",
        },
    )
    def state(self, row: Any) -> tuple[str, Text]:
        """Return the status, which has its colour, and its word."""
        return row.status, word_for(row.status)


class VisitAdmin(ReadOnlyAdmin):
    """When operators acted as people, and why."""

    list_display = (
        *(
            column("started_at", _("Begun")),
            column("operator_label", pgettext_lazy("visit", "Operator")),
        ),
        *(column("organization_slug", _("Organization")), column("person_label", _("Acted as"))),
        *(
            "reason",
            column("entered_at", pgettext_lazy("visit", "Entered")),
            column("ended_at", pgettext_lazy("visit", "Ended")),
        ),
    )
    list_filter = ("operator_label",)
    search_fields = ("operator_label", "organization_slug", "person_label", "reason")
    ordering = ("-started_at", "-id")
    date_hierarchy = "started_at"


# model, how its rows are shown, and what operators call one and many of them
RECORDS: tuple[tuple[str, type[ReadOnlyAdmin], Text, Text], ...] = (
    ("organizations.Organization", OrganizationAdmin, _("organization"), _("organizations")),
    ("organizations.Domain", DomainAdmin, _("host"), _("hosts")),
    ("tenancy.SchemaState", SchemaStateAdmin, _("schema"), _("schemas")),
    ("audit.EventRecord", EventRecordAdmin, _("event"), _("events")),
    ("accounts.User", OperatorAdmin, _("operator"), _("operators")),
    ("accounts.Impersonation", VisitAdmin, _("visit"), _("visits")),
)


def register_records() -> None:
    """Give the console its lists, and their rows the names that operators use."""
    name_apps()
    for label, record_admin, one, many in RECORDS:
        model = apps.get_model(label)
        model._meta.verbose_name, model._meta.verbose_name_plural = one, many  # noqa: SLF001  the console alone shows them
        name_fields(model)
        site.register(model, record_admin)
