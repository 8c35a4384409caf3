"""The tax rates of the organization: dated, and with the sentence where none is charged."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.web.pages.form import Form, attempt, checked, read_form, without_blanks
from shared_apps.web.references import parse_id
from tenant_apps.deals import selectors, services
from tenant_apps.deals.api.catalog import EDIT, VIEW
from tenant_apps.deals.api.taxing import TaxRateChangesIn, TaxRateIn
from tenant_apps.portal.formatting import read_amount
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.views.settings import settings_tabs
from tenant_apps.portal.wording import choices_of

if TYPE_CHECKING:
    from tenant_apps.deals.models import TaxRate

CHANGE: Mapping[str, str | None] = {"get": EDIT, "post": EDIT}
TYPED = ("code", "name", "treatment", "rate_percent", "reason", "valid_from", "valid_to")


class TaxRates(Page):
    """The tax rates of all days."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "settings"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show them by code, the newest first."""
        shown = page_of(selectors.list_tax_rates(), request)
        return self.show(
            "settings/taxes.html",
            parts=settings_tabs(self, "taxes"),
            shown=shown,
            may_change=self.may(EDIT) and self.is_writable,
            today=self.today,
        )


class NewTaxRate(Page):
    """A rate from a day on; the one before it ends there."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "settings"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the form, for the next rate of a tax that was chosen before."""
        typed = {"valid_from": self.today.isoformat(), "treatment": "taxed"}
        code = request.GET.get("code", "")
        before = selectors.list_tax_rates(code=code).first() if code else None
        if before is not None:
            typed |= {"code": before.code, "name": before.name, "treatment": before.treatment}
        return self._show(Form(typed=typed))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Enter the rate, once."""
        form = read_form(request.POST)
        make = partial(self._make, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._show(form, status=form.status)
        return self.go(to, _("The rate holds for new terms of deals from its first day on."))

    def _make(self, form: Form) -> str:
        body = without_blanks({name: form.value(f"/{name}") for name in TYPED})
        body["rate_percent"] = read_amount(str(body.get("rate_percent", "0")))
        new = services.NewTaxRate(**checked(TaxRateIn, body))
        services.create_tax_rate(new=new, by=self.viewer, at=self.at)
        return reverse("portal:taxes")

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        return self.show(
            "settings/tax_form.html",
            status=status,
            form=form,
            rate=None,
            treatments=choices_of("treatment"),
        )


class EditTaxRate(Page):
    """Rename a rate, or choose its end."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "settings"

    def get(self, _request: HttpRequest, rate: str) -> HttpResponseBase:
        """Show the form."""
        found = self._find(rate)
        end = found.valid_to.isoformat() if found.valid_to else ""
        typed = {"name": found.name, "valid_to": end}
        return self._show(found, Form(typed=typed, version=str(found.version)))

    def post(self, request: HttpRequest, rate: str) -> HttpResponseBase:
        """Keep what was changed."""
        found, form = self._find(rate), read_form(request.POST)
        if attempt(form, partial(self._keep, found, form)) is None:
            return self._show(found, form, status=form.status)
        return self.go(reverse("portal:taxes"), _("The rate is saved."))

    def _keep(self, rate: "TaxRate", form: Form) -> object:
        body: dict[str, Any] = {
            "name": form.value("/name"),
            "valid_to": form.value("/valid_to") or None,
        }
        return services.update_tax_rate(
            tax_rate_id=rate.pk,
            changes=checked(TaxRateChangesIn, body),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
        )

    def _find(self, rate: str) -> "TaxRate":
        return selectors.get_tax_rate(tax_rate_id=parse_id(rate))

    def _show(self, rate: "TaxRate", form: Form, status: int = 200) -> HttpResponseBase:
        return self.show("settings/tax_form.html", status=status, form=form, rate=rate)
