"""What surrounds every page: the organization, the way to the other rooms, the person, the bell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from shared_apps.tenancy.context import find_current_tenant
from shared_apps.web.pages.language import theme_of
from tenant_apps.access.role_matrix import OPERATOR
from tenant_apps.access.scopes import granted_permissions
from tenant_apps.access.selectors import roles_of
from tenant_apps.notifications.selectors import head_of, unread_count
from tenant_apps.portal.rooms import CONSOLE_ROOMS, Room, rooms_of

if TYPE_CHECKING:
    from tenant_apps.accounts.models import Impersonation, User


PLATFORM_NAME = "PRS"


@dataclass(frozen=True, kw_only=True)
class Shell:
    """The frame of a page; without a person there is no way to any room."""

    organization: str
    host: str
    is_writable: bool
    theme: str
    language: str
    languages: Sequence[tuple[str, str]]
    room: str = ""
    rooms: Sequence[Room] = ()
    person: "User | None" = None
    visit: "Impersonation | None" = None
    role: str = ""
    may_search: bool = False
    has_inbox: bool = False
    unread: int = 0
    head: int = 0

    @property
    def is_system(self) -> bool:
        """Return whether the theme follows the device."""
        return self.theme == "system"

    @property
    def is_light(self) -> bool:
        """Return whether the light theme was chosen."""
        return self.theme == "light"

    @property
    def is_dark(self) -> bool:
        """Return whether the dark theme was chosen."""
        return self.theme == "dark"

    @property
    def phone_rooms(self) -> Sequence[Room]:
        """Return the rooms of the tab bar, four at most."""
        return [room for room in self.rooms if room.is_on_phone][:4]


def shell_of(request: HttpRequest, *, room: str) -> Shell:
    """Return the frame of a page for whoever looks at it; four queries for a person."""
    frame = bare_shell_of(request, room=room)
    person = request.user if request.user.is_authenticated else None
    if person is None:
        return frame
    return _with_person(frame, person) if find_current_tenant() else _with_operator(frame, person)


def bare_shell_of(request: HttpRequest, *, room: str = "") -> Shell:
    """Return the frame for nobody in particular, without a query: also while nothing answers."""
    tenant = find_current_tenant()  # None on the platform's host, at its operators' door
    return Shell(
        organization=tenant.name if tenant else PLATFORM_NAME,
        host=request.get_host(),
        is_writable=tenant is None or tenant.is_writable,
        theme=theme_of(request),
        language=get_language() or settings.LANGUAGE_CODE,
        languages=settings.LANGUAGES,
        room=room,
    )


def _with_operator(frame: Shell, person: "User") -> Shell:
    """Return the frame of an operator's own pages: no inbox, and the way to the console."""
    values = {"person": person, "rooms": CONSOLE_ROOMS, "role": OPERATOR.code}
    return Shell(**vars(frame) | values)


def _with_person(frame: Shell, person: "User") -> Shell:
    granted = granted_permissions(person)
    values = vars(frame) | {
        "person": person,
        "visit": person.impersonation,
        "rooms": rooms_of(granted),
        "role": next(iter(roles_of(person.pk)), ""),
        "has_inbox": True,
        "may_search": bool({"clients.view", "deals.view", "payments.view"} & granted.keys()),
        "unread": unread_count(recipient_id=person.pk),
        "head": head_of(person.pk),
    }
    return Shell(**values)
