"""Roles: the matrix of what each may do, and one role with the people who have it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shared_apps.kernel.errors import NotFound
from tenant_apps.access.selectors import MatrixRow, list_matrix, list_people_in_role, list_roles
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.permission_words import area_text, permission_text
from tenant_apps.portal.staff import staff_rows
from tenant_apps.portal.wording import Text

if TYPE_CHECKING:
    from tenant_apps.access.models import Role

VIEW = "roles.view"


class MatrixLine(NamedTuple):
    """A permission, and the scope that each role of the head has of it, "" for none."""

    permission: str
    text: Text
    scopes: Sequence[str]


class Area(NamedTuple):
    """The permissions about one thing."""

    name: Text
    lines: Sequence[MatrixLine]


class RoleMatrix(Page):
    """What each role may do, and to whose objects."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "roles"

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the matrix."""
        roles = list(list_roles())
        return self.show(
            "roles/matrix.html",
            roles=roles,
            areas=areas_of(list_matrix(), roles),
            may_make=self.may("roles.manage") and self.is_writable,
        )


class RoleDetail(Page):
    """One role."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "roles"

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        """Show what the role may do, and who has it when the person may see people."""
        role = next((each for each in list_roles() if each.code == code), None)
        if role is None:
            raise NotFound
        shown = page_of(list_people_in_role(code), request) if self.may("people.view") else None
        held = [row for row in list_matrix() if code in row.scopes]
        return self.show(
            "roles/detail.html",
            role=role,
            areas=areas_of(held, [role]),
            shown=shown,
            rows=staff_rows(shown.rows, on=self.today) if shown else (),
            may_invite=self.may("people.manage") and self.may("roles.manage"),
            may_change=self.may("roles.manage") and self.is_writable,
        )


def areas_of(rows: Iterable[MatrixRow], roles: "Sequence[Role]") -> list[Area]:
    """Return rows of the matrix by area, each with the scopes of these roles."""
    areas: dict[str, list[MatrixLine]] = {}
    for row in rows:
        line = MatrixLine(
            row.permission,
            permission_text(row.permission, row.description),
            [row.scopes.get(role.code, "") for role in roles],
        )
        areas.setdefault(row.permission.partition(".")[0], []).append(line)
    return [Area(area_text(name), lines) for name, lines in areas.items()]
