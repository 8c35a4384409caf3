"""The controls report: what one person could do alone, and who checked whom."""

from collections.abc import Mapping
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shared_apps.kernel.calendar import read_day
from shared_apps.kernel.errors import NotFound
from tenant_apps.controls.api.views import file_of
from tenant_apps.controls.reports import ControlsReport
from tenant_apps.controls.selectors import VIEW, read_controls
from tenant_apps.portal.forms.form import Form, attempt
from tenant_apps.portal.pages import Page

SHOWN_PAIRS = 50


class ControlsPage(Page):
    """A page that reads the report of the days that were asked for."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "controls"

    def read(self, form: Form) -> ControlsReport:
        """Return the report of the days in the form. Raises: ValidationFailed."""
        since, until = (read_day(str(form.value(f"/{name}"))) for name in ("since", "until"))
        return read_controls(since=since, until=until, at=self.at)

    @property
    def asked(self) -> Form:
        """Return the days that were asked for, as a form."""
        sent = self.request.GET
        return Form(typed={name: sent.get(name, "") for name in ("since", "until")})


class Controls(ControlsPage):
    """Conflicting grants, single points of control, and who checked what."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the report."""
        form = self.asked
        report = attempt(form, lambda: self.read(form))
        if report is None:
            return self.show("controls/report.html", status=400, form=form, report=None)
        form.typed = {"since": str(report.since), "until": str(report.until)}
        return self.show(
            "controls/report.html",
            form=form,
            report=report,
            used=sum(found.is_used for found in report.conflicts),
            pairs=report.pairs[:SHOWN_PAIRS],
            days=f"since={report.since}&until={report.until}",
        )


class ControlsFile(ControlsPage):
    """The report as a file, for whoever has just proved who they are."""

    confirmed: ClassVar[frozenset[str]] = frozenset({"get"})

    def get(self, _request: HttpRequest, suffix: str) -> HttpResponse:
        """Give the file. Raises: NotFound for another form than CSV and JSON."""
        if suffix not in ("csv", "json"):
            raise NotFound
        return file_of(self.read(self.asked), suffix)
