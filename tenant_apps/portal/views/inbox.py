"""A person's messages: the newest in the bell's menu, all of them on a page."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from tenant_apps.notifications.selectors import Slice, inbox_of
from tenant_apps.notifications.services import mark_all_read, mark_read
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page

if TYPE_CHECKING:
    from tenant_apps.notifications.models import Notification

NEWEST = 8
ANYONE: Mapping[str, str | None] = {"get": None}


class Inbox(Page):
    """All messages, the newest first."""

    permissions: ClassVar[Mapping[str, str | None]] = ANYONE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the messages."""
        messages = inbox_of(recipient_id=self.viewer.pk, part=Slice())
        return self.show("inbox.html", shown=page_of(messages, request))


class InboxMenu(Page):
    """The newest messages, for the bell."""

    permissions: ClassVar[Mapping[str, str | None]] = ANYONE

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the newest messages."""
        messages = inbox_of(recipient_id=self.viewer.pk, part=Slice())[:NEWEST]
        return self.show("inbox_menu.html", messages=messages)


class ReadAll(Page):
    """Everything is read."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": None}
    allowed_when_suspended = True

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Mark everything up to the number that the page showed."""
        up_to = request.POST.get("up_to", "")
        if up_to.isdigit() and len(up_to) < 19:
            mark_all_read(recipient_id=self.viewer.pk, up_to=int(up_to), at=self.at)
        return self.go(reverse("portal:inbox"), _("All messages are marked read."))


class OpenMessage(Page):
    """What a message is about."""

    permissions: ClassVar[Mapping[str, str | None]] = ANYONE

    def get(self, _request: HttpRequest, seq: int) -> HttpResponseBase:
        """Mark the message read and lead to its room; without one, to the messages."""
        message = mark_read(recipient_id=self.viewer.pk, seq=seq, at=self.at)
        return self.go(room_of(message) or reverse("portal:inbox"))


def room_of(message: "Notification") -> str:
    """Return the address that a message leads to, if a room of the portal is there."""
    try:
        found = resolve(message.link) if message.link else None
    except Resolver404:
        return ""
    is_room = found is not None and found.view_name != "portal:nothing"
    return message.link if is_room else ""
