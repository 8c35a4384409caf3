"""The way back from a refusal: to the object or the list above the page that was refused."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from shared_apps.kernel.errors import DomainError
from shared_apps.web.pages.page import SignInFirst, WebPage
from tenant_apps.portal.rooms import ROOMS
from tenant_apps.portal.wording import Text

if TYPE_CHECKING:
    from django.urls import ResolverMatch

# what an object is called by on its page, the first that it has
NAMES = ("code", "number", "full_name", "name")
# lists that are no rooms of their own
LISTS: Mapping[str, Text] = {
    "credit_notes": _("Credit notes"),
    "policies": _("Approval policies"),
    "products": _("Products"),
    "sso": _("Single sign-on"),
    "stages": _("Stages"),
    "taxes": _("Taxes"),
}


class WayBack(NamedTuple):
    """A page above the one that was refused, and what it shows."""

    url: str
    label: Text


def find_way_back(request: HttpRequest) -> WayBack | None:
    """Return the nearest page above the asked one that the person may open, the start excepted.

    An object is looked for as its own page looks for it, so nobody hears of one that is not theirs.
    """
    path = _above(request.path)
    while path != "/":
        if way := _way_to(request, path):
            return way
        path = _above(path)
    return None


def _above(path: str) -> str:
    return path.rstrip("/").rpartition("/")[0] + "/"


def _way_to(request: HttpRequest, path: str) -> WayBack | None:
    try:
        match = resolve(path, getattr(request, "urlconf", None))
    except Resolver404:
        return None
    view = _view_of(request, match)
    if view is None:
        return None
    try:
        view.admit("get")
        label = _label_of(view, match)
    except (DomainError, ObjectDoesNotExist, SignInFirst):
        return None
    return WayBack(path, label) if label else None


def _view_of(request: HttpRequest, match: "ResolverMatch") -> Any:
    """Return the page of an address as if it were asked for; None where there is none to read."""
    kind = getattr(match.func, "view_class", None)
    if not (isinstance(kind, type) and issubclass(kind, WebPage)) or not hasattr(kind, "get"):
        return None
    if getattr(kind, "is_public", False) or "get" in getattr(kind, "confirmed", ()):
        return None
    view = kind(**getattr(match.func, "view_initkwargs", {}))
    view.setup(request, *match.args, **match.kwargs)
    return view


def _label_of(view: Any, match: "ResolverMatch") -> Text:
    """Return what the page shows: its object's name, or its room's; "" for any other page.

    Raises: what its page refuses an object with that is not there, or not the person's.
    """
    if match.kwargs:
        find = getattr(view, "find", None)
        return _name_of(find(*match.kwargs.values())) if find and len(match.kwargs) == 1 else ""
    lists = {**{room.name: room.label for room in ROOMS}, **LISTS}
    return lists.get(str(match.url_name), "")


def _name_of(found: Any) -> str:
    names = (getattr(found, name, "") for name in NAMES)
    return next((str(name) for name in names if name), "")
