"""The rooms of the portal: the navigation shows those that exist and that the person may enter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shared_apps.tenancy.context import is_platform
from tenant_apps.portal.wording import Text


@dataclass(frozen=True)
class Room:
    """A page of the navigation: the permission that opens it, its heading, its place on a phone.

    `permission` None opens it to every signed-in person.
    """

    name: str
    label: Text
    icon: str
    permission: str | None
    group: Text = ""
    is_on_phone: bool = False

    @property
    def url(self) -> str:
        """Return the address."""
        return reverse(f"portal:{self.name}")


@dataclass(frozen=True)
class ConsoleRoom(Room):
    """A page of the operators' console, which the portal's own pages on their host lead to."""

    path: str = ""

    @property
    def url(self) -> str:
        """Return the address."""
        return self.path


EARNINGS = _("Earnings")
ADMINISTRATION = _("Administration")

ROOMS: tuple[Room, ...] = (
    Room(
        "dashboard",
        pgettext_lazy("room", "Dashboard"),
        "layout-dashboard",
        "analytics.view",
        is_on_phone=True,
    ),
    Room("queue", _("Queue"), "list-checks", "payments.decide", is_on_phone=True),
    Room("clients", _("Clients"), "building-2", "clients.view"),
    Room("deals", _("Deals"), "handshake", "deals.view", is_on_phone=True),
    Room("payments", _("Payments"), "wallet", "payments.view", is_on_phone=True),
    Room("returns", _("Returns"), "undo-2", "payments.view"),
    Room("invoices", _("Invoices"), "file-text", "invoices.view"),
    Room("commissions", _("Commission"), "percent", "commissions.view", EARNINGS),
    Room("people", pgettext_lazy("room", "People"), "users", "people.view", ADMINISTRATION),
    Room("teams", _("Teams"), "network", "teams.view", ADMINISTRATION),
    Room("roles", _("Roles"), "shield-check", "roles.view", ADMINISTRATION),
    Room("keys", _("API keys"), "key", "api_keys.view", ADMINISTRATION),
    Room("settings", _("Settings"), "settings", "settings.view", ADMINISTRATION),
    Room("controls", _("Controls"), "scale", "audit.view", ADMINISTRATION),
    Room("audit", _("Audit log"), "scroll-text", "audit.view", ADMINISTRATION),
    Room("visits", _("Operators' visits"), "eye", "audit.view", ADMINISTRATION),
)


# on the platform's host the pages of one's own security stand beside the console
CONSOLE_ROOMS: tuple[Room, ...] = (
    ConsoleRoom(
        "console", _("Console"), "layout-dashboard", None, is_on_phone=True, path="/console/"
    ),
    Room("security", _("Security"), "shield-check", None, is_on_phone=True),
)


def account_tabs(current: str) -> Sequence[tuple[str, Text, bool]]:
    """Return the parts of one's own account as tabs: address, label, is current."""
    if is_platform():
        return []  # operators have no profile, but for how they sign in
    parts = (("account", _("Profile")), ("security", _("Security")))
    return [(reverse(f"portal:{name}"), label, name == current) for name, label in parts]


def paper_tabs(current: str) -> Sequence[tuple[str, Text, bool]]:
    """Return the kinds of papers as tabs: address, label, is current."""
    parts = (("invoices", _("Invoices")), ("credit_notes", _("Credit notes")))
    return [(reverse(f"portal:{name}"), label, name == current) for name, label in parts]


def rooms_of(granted: Mapping[str, str]) -> Sequence[Room]:
    """Return the rooms that these permissions open."""
    return [room for room in ROOMS if room.permission is None or room.permission in granted]
