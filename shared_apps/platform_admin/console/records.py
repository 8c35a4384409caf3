"""The platform's rows as the console lists them: to be read; changes go through services."""

from typing import Any

from django.apps import apps
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from shared_apps.platform_admin.console.life import acts_of
from shared_apps.platform_admin.console.log import EventRecordAdmin
from shared_apps.platform_admin.console.reading import (
    NOTHING,
    ReadOnlyAdmin,
    WhenEmpty,
    column,
    moment,
    status_word,
)
from shared_apps.platform_admin.console.site import site
from shared_apps.platform_admin.console.words import (
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


class OrganizationAdmin(ReadOnlyAdmin):
    """Organizations, with the steps of their life."""

    list_display = (
        *(column("slug", _("Subdomain")), "name", "state", "host"),
        *(column("timezone", _("Time zone")), moment("created_at", _("Since"))),
    )
    list_filter = (("status", StatusFilter),)
    search_fields = ("slug", "name", "domains__domain")
    ordering = ("slug", "pk")
    fields = (
        *("slug", "name", status_word, "failure", "host", "legal_name", "email"),
        *("currency", "timezone", "schema_name", "created_at", "updated_at"),
    )
    when_empty = WhenEmpty(
        _("Every customer of the platform is an organization, with a host and people of its own."),
        _('People found one on the public page "Sign up", or you do it here: "New organization".'),
    )
    change_form_outer_before_template = "console/organization_acts.html"
    change_list_template = "console/organizations.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the organizations with their hosts."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.prefetch_related("domains")

    def title_of(self, row: Any) -> str:
        """Return the organization's name."""
        return str(row.name)

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
        *(column("is_primary", _("Primary"), boolean=True), moment("created_at", _("Since"))),
    )
    fields = ("domain", "tenant", "is_primary", "created_at")
    when_empty = WhenEmpty(
        _("Every host name at which an organization answers stands here."),
        _("An organization gets one as it is founded; others are added on its page."),
    )
    list_filter = ("is_primary",)
    list_select_related = ("tenant",)
    search_fields = ("domain", "tenant__slug")
    ordering = ("domain",)


FINISHED = moment("finished_at", _("Finished"))


class SchemaStateAdmin(ReadOnlyAdmin):
    """Where each schema stands with its migrations."""

    list_display = ("schema", "organization", "state", "attempts", "leased_by", FINISHED, "error")
    list_filter = (("status", StatusFilter),)
    search_fields = ("schema",)
    ordering = ("schema",)
    fields = (
        *(
            "schema",
            "organization",
            "plan_hash",
            status_word,
            "lease_until",
            "leased_by",
            "generation",
        ),
        *("attempts", "error", "started_at", "finished_at", "updated_at"),
    )
    when_empty = WhenEmpty(
        _("How far each schema is with its migrations: the platform's and each organization's."),
        _("They are entered by the command migrate_tenants, which every release runs."),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the schemas with whose they are."""
        organizations = apps.get_model("organizations.Organization")._default_manager  # noqa: SLF001
        owners = organizations.filter(schema_name=OuterRef("schema")).values("slug")
        rows: QuerySet[Any] = super().get_queryset(request).annotate(owner=Subquery(owners))
        return rows

    @display(description=_("Organization"), ordering="owner")  # type: ignore[untyped-decorator]  # unfold is untyped
    def organization(self, row: Any) -> str:
        """Return the subdomain of the organization; the platform's own schema has none."""
        return row.owner or NOTHING

    @display(  # type: ignore[untyped-decorator]  # unfold is untyped
        description=_("Status"),
        label={"ready": "success", "migrating": "info", "failed": "danger"},
    )
    def state(self, row: Any) -> tuple[str, Text]:
        """Return the status, which has its colour, and its word."""
        return row.status, word_for(row.status)


class OperatorAdmin(ReadOnlyAdmin):
    """The operators of the platform."""

    list_display = (
        *(column("email", _("E-mail address")), "first_name", "last_name", "state"),
        moment("last_login", _("Last sign-in")),
    )
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    fields = ("email", "first_name", "last_name", status_word, "last_login", "created_at")
    when_empty = WhenEmpty(
        _("Whoever operates the platform stands here."),
        _('Let another one in by "New operator".'),
    )
    change_form_outer_before_template = "console/operator_acts.html"
    change_list_template = "console/operators.html"

    def title_of(self, row: Any) -> str:
        """Return the operator's name."""
        return str(row.full_name)

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
        moment("started_at", _("Begun")),
        column("operator_label", pgettext_lazy("visit", "Operator")),
        column("organization_slug", _("Organization")),
        column("person_label", _("Acted as")),
        "reason",
        moment("entered_at", pgettext_lazy("visit", "Entered")),
        moment("ended_at", pgettext_lazy("visit", "Ended")),
    )
    list_filter = ("operator_label",)
    search_fields = ("operator_label", "organization_slug", "person_label", "reason")
    ordering = ("-started_at", "-id")
    date_hierarchy = "started_at"
    fields = (
        *("operator_label", "organization_slug", "person_label", "reason"),
        *("started_at", "ends_at", "entered_at", "ended_at"),
        *("created_at", "operator_id", "organization_id", "person_id"),
    )
    when_empty = WhenEmpty(
        _("When operators act as people of an organization, it stands here: who, as whom and why."),
        _('To begin a visit, open an organization and choose "Act as somebody".'),
    )


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
