"""A person's messages: the newest in the bell's menu, all of them on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from tenant_apps.notifications.messages import Message
from tenant_apps.notifications.selectors import Slice, get_notification, inbox_of
from tenant_apps.notifications.services import mark_all_read, mark_read
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page

if TYPE_CHECKING:
    from tenant_apps.notifications.models import Notification

NEWEST = 8
ANYONE: Mapping[str, str | None] = {"get": None}


@dataclass(frozen=True)
class Note:
    """A message as its reader sees it: in their language, whatever was said when it happened."""

    message: "Notification"

    @property
    def title(self) -> str:
        """Return the headline."""
        return self._said("title")

    @property
    def body(self) -> str:
        """Return the sentence below it."""
        return self._said("body")

    def _said(self, part: str) -> str:
        message = Message(kind=self.message.kind, params=self.message.params)
        try:
            return str(getattr(message, part))
        except KeyError:  # a kind, or a value, that has been given up since
            return str(getattr(self.message, part))


class Inbox(Page):
    """All messages, the newest first."""

    permissions: ClassVar[Mapping[str, str | None]] = ANYONE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the messages."""
        messages = inbox_of(recipient_id=self.viewer.pk, part=Slice())
        shown = page_of(messages, request)
        notes = [Note(message) for message in shown.rows]
        return self.show("inbox.html", shown=shown, notes=notes)


class InboxMenu(Page):
    """The newest messages, for the bell."""

    permissions: ClassVar[Mapping[str, str | None]] = ANYONE

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the newest messages."""
        messages = inbox_of(recipient_id=self.viewer.pk, part=Slice())[:NEWEST]
        return self.show("inbox_menu.html", notes=[Note(message) for message in messages])


class MessageText(Page):
    """What a message says, for the toast of a page in another language."""

    permissions: ClassVar[Mapping[str, str | None]] = ANYONE

    def get(self, _request: HttpRequest, seq: int) -> HttpResponseBase:
        """Answer with headline and sentence."""
        note = Note(get_notification(recipient_id=self.viewer.pk, seq=seq))
        return JsonResponse({"title": note.title, "body": note.body})


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
