"""Operators of the platform who act as people: they come, they leave, and administrators see it."""

from collections.abc import Mapping
from typing import ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from tenant_apps.accounts.browser_door import enter_as_operator, leave
from tenant_apps.accounts.selectors import list_impersonations
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.views.sign_in import DoorPage


class Visit(DoorPage):
    """Where the console leads an operator who gave a reason."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Open the session of the visit; the link is good once, within a minute."""
        enter_as_operator(request, code=request.GET.get("code", ""), at=self.at)
        return self.go(reverse("portal:home"))


class EndVisit(Page):
    """Good-bye."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": None}
    allowed_when_suspended = True
    allowed_when_impersonated = True

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """End the visit; for anybody else nothing happens."""
        if self.viewer.impersonation is None:
            return self.go(reverse("portal:home"))
        leave(request, at=self.at)
        return self.go(reverse("portal:sign_in"), _("The visit is over. You can close this page."))


class VisitList(Page):
    """When operators acted as people here, and why."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": "audit.view"}
    room = "visits"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the visits, the newest first."""
        return self.show("visits.html", shown=page_of(list_impersonations(), request))
