"""Pictures of people: one's own to choose, everybody's to see."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.web.pages.form import Form, attempt
from tenant_apps.documents.api.pictures import show_picture
from tenant_apps.documents.services import keep_picture, remove_picture
from tenant_apps.portal.pages import Page
from tenant_apps.portal.views.account import OWN, AccountPage

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

POST: Mapping[str, str | None] = {"post": None}


class Picture(Page):
    """The picture of a person of the organization."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": None}

    def get(self, request: HttpRequest, person: str) -> HttpResponseBase:
        """Show it."""
        return show_picture(request, person)


class OwnPicture(AccountPage):
    """Another picture of oneself."""

    permissions: ClassVar[Mapping[str, str | None]] = OWN

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Lead to the account, where it is chosen."""
        return self.go(reverse("portal:account"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep it, or say at its field why not."""
        form = Form()
        if attempt(form, partial(self._keep, request.FILES.get("file"))) is None:
            return self.show_account(self.own_form(), picture=form, status=400)
        return self.go(reverse("portal:account"), _("Your picture is saved."))

    def _keep(self, upload: "UploadedFile[bytes] | None") -> bool:
        if upload is None:
            raise ValidationFailed.at("/file", _("Choose a picture first."), code="required")
        keep_picture(upload=upload, person=self.viewer, at=self.at)
        return True


class RemoveOwnPicture(Page):
    """No picture of oneself."""

    permissions: ClassVar[Mapping[str, str | None]] = POST

    def post(self, _request: HttpRequest) -> HttpResponseBase:
        """Take it away."""
        remove_picture(person=self.viewer, at=self.at)
        return self.go(reverse("portal:account"), _("Your picture is removed."))
