"""The organization's choices, part by part."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.kernel.errors import NotFound
from shared_apps.organizations.api.serializers import SettingsIn, SettingsOut, as_changes
from shared_apps.organizations.api.views import MANAGE, VIEW
from shared_apps.organizations.selectors import Chosen, read_choices
from shared_apps.organizations.services import OrganizationChanges, change_organization
from shared_apps.organizations.settings import INVOICE_POLICIES, METHODS
from shared_apps.organizations.tolerance import most_tolerance
from shared_apps.tenancy.context import current_tenant
from tenant_apps.access.api.security_views import PolicyIn
from tenant_apps.access.selectors import list_roles
from tenant_apps.access.services import change_sign_in_policy, sign_everyone_out
from tenant_apps.access.sign_in_policy import PolicyTerms, read_policy
from tenant_apps.accounts.browser_door import leave
from tenant_apps.documents.selectors import files_by_id, read_content
from tenant_apps.documents.services import store_file
from tenant_apps.ledger.selectors import has_postings
from tenant_apps.portal.choices import country_choices, currency_choices
from tenant_apps.portal.formatting import show_day, show_month_name
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form
from tenant_apps.portal.forms.settings import PARTS, settings_body, typed_settings
from tenant_apps.portal.moves import Move
from tenant_apps.portal.pages import Page
from tenant_apps.portal.views.people import ticked
from tenant_apps.portal.views.person import About
from tenant_apps.portal.wording import Text, role_label, word_for

READ: Mapping[str, str | None] = {"get": VIEW}
CHANGE: Mapping[str, str | None] = {"get": VIEW, "post": MANAGE}
MONDAY = date(2024, 1, 1)
LABELS: Mapping[str, Text] = {
    "organization": gettext_lazy("Organization"),
    "branding": gettext_lazy("Branding"),
    "money": gettext_lazy("Money"),
    "time": gettext_lazy("Working time"),
    "invoices": gettext_lazy("Invoices"),
    "verification": gettext_lazy("Verification"),
}
EVERYONE = Move(
    "everyone",
    gettext_lazy("Sign everyone out"),
    "log-out",
    gettext_lazy("Sign everyone out?"),
    gettext_lazy("Every sign-in and every token of the organization ends, yours too."),
    "danger",
)


def settings_tabs(page: Page, current: str) -> list[tuple[str, Text, bool]]:
    """Return the parts of the room that the person may see, as tabs."""
    parts: list[tuple[str, Text, str]] = []
    if page.may(VIEW):
        parts += [
            (reverse("portal:settings_part", args=[each]), LABELS[each], each) for each in PARTS
        ]
        parts.append((reverse("portal:sign_in_policy"), _("Sign-in"), "sign-in"))
        parts.append((reverse("portal:sso"), _("Single sign-on"), "sso"))
    if page.may("products.view"):
        parts += [
            (reverse("portal:products"), _("Products"), "products"),
            (reverse("portal:stages"), _("Stages"), "stages"),
            (reverse("portal:taxes"), _("Taxes"), "taxes"),
        ]
    if page.may("approvals.view"):
        parts.append((reverse("portal:policies"), _("Approval policies"), "policies"))
    return [(url, label, name == current) for url, label, name in parts]


class SettingsHome(Page):
    """The first part of the room."""

    permissions: ClassVar[Mapping[str, str | None]] = READ
    room = "settings"

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show it."""
        return SettingsPart.as_view()(self.request, part="organization")


class SettingsPart(Page):
    """One part of the choices."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "settings"

    def get(self, _request: HttpRequest, part: str) -> HttpResponseBase:
        """Show the part as a form."""
        chosen = read_choices()
        typed = typed_settings(SettingsOut(chosen).data, known(part))
        return self._show(part, chosen, Form(typed=typed, version=str(chosen.version)))

    def post(self, request: HttpRequest, part: str) -> HttpResponseBase:
        """Keep what was changed."""
        form = read_form(request.POST)
        form.controls = {"/file": "/brand_logo"}
        if attempt(form, partial(self._keep, form, known(part))) is None:
            return self._show(part, read_choices(), form, status=400)
        return self.go(reverse("portal:settings_part", args=[part]), _("The settings are saved."))

    def _keep(self, form: Form, part: str) -> object:
        values = checked(SettingsIn, settings_body(form, part), partial=True)
        changes = as_changes(values)
        if part == "branding":
            changes = self._with_logo(changes)
        return change_organization(
            changes=changes,
            expected_version=form.expected_version(),
            by=self.viewer.actor,
            at=self.at,
        )

    def _with_logo(self, changes: OrganizationChanges) -> OrganizationChanges:
        """Keep a picture that came along as the logo; take the logo away when that was ticked."""
        upload = self.request.FILES.get("logo")
        chosen = dict(changes.settings)
        if upload is not None:
            file = store_file(upload=upload, by=self.viewer.actor, at=self.at)
            chosen["brand_logo"] = str(file.pk)
        elif self.request.POST.get("no_logo"):
            chosen["brand_logo"] = ""
        return OrganizationChanges(columns=changes.columns, settings=chosen)

    def _show(self, part: str, chosen: Chosen, form: Form, status: int = 200) -> HttpResponseBase:
        return self.show(
            f"settings/{part}.html",
            status=status,
            part=part,
            parts=settings_tabs(self, part),
            form=form,
            chosen=chosen,
            may_change=self.may(MANAGE) and self.is_writable,
            **CONTEXT.get(part, dict)(),
        )


class Logo(Page):
    """The picture that the organization chose as its logo."""

    permissions: ClassVar[Mapping[str, str | None]] = READ

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Give the picture. Raises: NotFound without one."""
        chosen = read_choices().settings.brand_logo
        file = files_by_id([UUID(chosen)]).get(UUID(chosen)) if chosen else None
        if file is None or not file.content_type.startswith("image/"):
            raise NotFound
        content = b"".join(read_content(file))
        return HttpResponse(content, content_type=file.content_type)


class SignInPolicyPage(Page):
    """Who must have a second factor."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    confirmed: ClassVar[frozenset[str]] = frozenset({"post"})
    room = "settings"

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the policy as a form."""
        policy = read_policy()
        typed = {
            "roles": dict.fromkeys(policy.roles, "true"),
            "grace_days": str(policy.grace_days),
        }
        return self._show(Form(typed=typed, version=str(policy.version)))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep what was changed."""
        form = read_form(request.POST)
        if attempt(form, partial(self._keep, form)) is None:
            return self._show(form, status=400)
        return self.go(
            reverse("portal:sign_in_policy"), _("The policy holds from the next sign-in on.")
        )

    def _keep(self, form: Form) -> object:
        sent = {"roles": ticked(form, "/roles"), "grace_days": form.value("/grace_days")}
        values = checked(PolicyIn, sent)
        terms = PolicyTerms(roles=tuple(values["roles"]), grace_days=values["grace_days"])
        return change_sign_in_policy(
            terms=terms, expected_version=form.expected_version(), by=self.viewer, at=self.at
        )

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        return self.show(
            "settings/sign_in.html",
            status=status,
            parts=settings_tabs(self, "sign-in"),
            form=form,
            roles=[(role.code, role_label(role.code, role.name)) for role in list_roles()],
            may_change=self.may(MANAGE) and self.is_writable,
            everyone=EVERYONE,
        )


class SignEveryoneOut(Page):
    """End every sign-in of the organization."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MANAGE, "post": MANAGE}
    confirmed: ClassVar[frozenset[str]] = frozenset({"post"})
    room = "settings"

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Ask whether it is meant."""
        back = reverse("portal:sign_in_policy")
        about = About(_("Settings"), "")
        return self.show("move.html", step=EVERYONE, form=Form(), back=back, about=about)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Sign everyone out, then lead to the door."""
        sign_everyone_out(by=self.viewer, at=self.at)
        leave(request, at=self.at)
        return self.go(reverse("portal:sign_in"), _("Everyone is signed out."))


def known(part: str) -> str:
    """Return the part of this name. Raises: NotFound."""
    if part not in PARTS:
        raise NotFound
    return part


def _money() -> dict[str, Any]:
    return {
        "currencies": currency_choices(),
        "is_locked": has_postings(),
        "most_tolerance": most_tolerance(current_tenant().currency),
        "months": [(str(month), show_month_name(month)) for month in range(1, 13)],
    }


def _time() -> dict[str, Any]:
    days = [(f"d{day}", show_day(MONDAY.replace(day=day + 1), "EEEE")) for day in range(7)]
    return {"zones": [(zone, zone.replace("_", " ")) for zone in _zones()], "days": days}


def _zones() -> Sequence[str]:
    return sorted(available_timezones())


CONTEXT: Mapping[str, Any] = {
    "organization": lambda: {"countries": country_choices()},
    "money": _money,
    "time": _time,
    "branding": lambda: {"languages": [("en", "English"), ("de", "Deutsch")]},
    "invoices": lambda: {
        "moments": [(name, word_for("invoice_when", name).label) for name in INVOICE_POLICIES]
    },
    "verification": lambda: {
        "methods": [(name, word_for("method", name).label) for name in METHODS]
    },
}
