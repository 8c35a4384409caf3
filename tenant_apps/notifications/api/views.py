"""/api/notifications/: the viewer's own inbox, whatever their roles."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from shared_apps.kernel.errors import FieldProblem, NotFound, ValidationFailed
from shared_apps.web.paging import Page
from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet
from tenant_apps.notifications.api.serializers import (
    EXAMPLE,
    InboxQuery,
    MarkedOut,
    NotificationOut,
    PageSize,
    ReadAll,
    UnreadOut,
)
from tenant_apps.notifications.selectors import Slice, head_of, inbox_of, unread_count
from tenant_apps.notifications.services import mark_all_read, mark_read

LARGEST_SEQ = 2**63 - 1


class NotificationViewSet(ApiViewSet):
    """A person's inbox. The numbers are the cursor; `page` counts, as on every list."""

    permissions: ClassVar[dict[str, str | None]] = {
        "list": None,
        "read_one": None,
        "read_all": None,
        "unread": None,
    }
    key_actions: ClassVar = frozenset({"list", "read_one", "read_all", "unread"})

    @documented(response=NotificationOut, query=InboxQuery, example=EXAMPLE)
    def list(self, request: Request) -> Response:
        """List the viewer's notifications, newest first, or onwards from a number."""
        wanted = self.query(InboxQuery)
        part = Slice(
            after=wanted.get("after"),
            before=wanted.get("before"),
            is_unread_only=wanted.get("unread", False),
        )
        inbox = inbox_of(recipient_id=self.viewer.pk, part=part)
        if "page" in request.query_params:
            return self.page(inbox, NotificationOut)
        _refuse_other_cursor(request)
        size = _page_size(request)
        page = _page(request, list(inbox[: size + 1]), size=size, way=part.way)
        results = NotificationOut(page.rows, many=True).data
        return Response({"results": results, "pagination": page.as_json()})

    @documented(response=NotificationOut, example={**EXAMPLE, "read_at": "2026-03-02T11:05:00Z"})
    def read_one(self, _request: Request, seq: int) -> Response:
        """Mark one notification read."""
        if seq > LARGEST_SEQ:
            raise NotFound
        notification = mark_read(recipient_id=self.viewer.pk, seq=seq, at=self.at)
        return self.one(notification, NotificationOut)

    @documented(
        request=ReadAll, request_example={"up_to": 7}, response=MarkedOut, example={"marked": 3}
    )
    def read_all(self, _request: Request) -> Response:
        """Mark everything up to a number read."""
        values = self.read(ReadAll)
        marked = mark_all_read(recipient_id=self.viewer.pk, up_to=values["up_to"], at=self.at)
        return self.one({"marked": marked}, MarkedOut)

    @documented(response=UnreadOut, example={"unread": 3, "head": 7})
    def unread(self, _request: Request) -> Response:
        """Count the unread notifications."""
        counted = {
            "unread": unread_count(recipient_id=self.viewer.pk),
            "head": head_of(self.viewer.pk),
        }
        return self.one(counted, UnreadOut)


def _refuse_other_cursor(request: Request) -> None:
    """Refuse the cursor of another list. Raises: ValidationFailed."""
    if "cursor" in request.query_params:
        message = "Use after or before with a number of the inbox."
        raise ValidationFailed(problems=[FieldProblem("/cursor", "invalid", message)])


def _page_size(request: Request) -> int:
    sent = request.query_params.get("page_size")
    reader = PageSize(data={} if sent is None else {"page_size": sent})
    reader.is_valid(raise_exception=True)
    size: int = reader.validated_data["page_size"]
    return size


def _page(request: Request, rows: Sequence[Any], *, size: int, way: str) -> Page:
    """Return the page and the way on: behind or before the number of its last message."""
    shown = rows[:size]
    next_url = None
    if len(rows) > size:
        next_url = replace_query_param(request.build_absolute_uri(), way, shown[-1].seq)
    return Page(rows=shown, page_size=size, count=None, next=next_url, previous=None)
