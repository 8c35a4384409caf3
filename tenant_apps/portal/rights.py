"""Rights as a form gives them: a scope for each permission, no wider than one's own."""

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.scopes import granted_permissions
from tenant_apps.portal.forms.form import Form
from tenant_apps.portal.permission_words import area_text, permission_text
from tenant_apps.portal.wording import Text, word_for

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class Right(NamedTuple):
    """A permission of the form: its pointer, and the scopes that the person may give."""

    pointer: str
    text: Text
    scopes: list[tuple[str, Text]]


def areas_to_give(viewer: "User", names: Collection[str]) -> list[tuple[Text, list[Right]]]:
    """Return those of the permissions that the person can give, by area."""
    own = granted_permissions(viewer)
    areas: dict[str, list[Right]] = {}
    for name in (each for each in names if each in own):
        area, _dot, verb = name.partition(".")
        pointer, text = f"/grants/{area}/{verb}", permission_text(name)
        areas.setdefault(area, []).append(Right(pointer, text, _scopes(name, own[name])))
    return [(area_text(area), rights) for area, rights in areas.items()]


def grants_of(form: Form) -> list[dict[str, str]]:
    """Return the rights of a form as the API reads them; one without a scope is none."""
    areas = form.value("/grants")
    return [
        {"permission": f"{area}.{verb}", "scope": str(scope)}
        for area, verbs in (areas.items() if isinstance(areas, dict) else ())
        for verb, scope in (verbs.items() if isinstance(verbs, dict) else ())
        if scope
    ]


def _scopes(name: str, widest: ScopeKind) -> list[tuple[str, Text]]:
    """Return what a permission can be given for: plain members of a team only ever read."""
    kinds = (kind for kind in ScopeKind if kind.width <= widest.width)
    return [
        (kind.value, word_for("scope", kind.value).label)
        for kind in kinds
        if kind is not ScopeKind.PEERS or name.endswith(".view")
    ]
