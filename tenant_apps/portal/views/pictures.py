"""Pictures of people: one's own to choose, everybody's to see."""

from collections.abc import Mapping
from typing import ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.errors import DomainError
from tenant_apps.documents.api.pictures import show_picture
from tenant_apps.documents.services import keep_picture, remove_picture
from tenant_apps.portal.pages import Page

POST: Mapping[str, str | None] = {"post": None}


class Picture(Page):
    """The picture of a person of the organization."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": None}

    def get(self, request: HttpRequest, person: str) -> HttpResponseBase:
        """Show it."""
        return show_picture(request, person)


class OwnPicture(Page):
    """Another picture of oneself."""

    permissions: ClassVar[Mapping[str, str | None]] = POST

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep it, or say why not."""
        upload = request.FILES.get("file")
        if upload is None:
            return self._back(_("Choose a picture first."), tone="bad")
        try:
            keep_picture(upload=upload, person=self.viewer, at=self.at)
        except DomainError as refusal:
            return self._back(refusal.detail, tone="bad")
        return self._back(_("Your picture is saved."))

    def _back(self, said: str, *, tone: str = "ok") -> HttpResponseBase:
        return self.go(reverse("portal:account"), said, tone=tone)


class RemoveOwnPicture(Page):
    """No picture of oneself."""

    permissions: ClassVar[Mapping[str, str | None]] = POST

    def post(self, _request: HttpRequest) -> HttpResponseBase:
        """Take it away."""
        remove_picture(person=self.viewer, at=self.at)
        return self.go(reverse("portal:account"), _("Your picture is removed."))
