"""The components of the rooms for administrators: groups of boxes, words for roles and rights."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shared_apps.kernel.models import money_of
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.portal.devices import device_of
from tenant_apps.portal.formatting import show_day, show_money
from tenant_apps.portal.forms.form import Form
from tenant_apps.portal.permission_words import permission_text, role_text
from tenant_apps.portal.rights import Right
from tenant_apps.portal.wording import Text, role_label

if TYPE_CHECKING:
    from tenant_apps.deals.models import Product

register = template.Library()


class Box(NamedTuple):
    """One box of a group."""

    key: str
    label: Text
    is_ticked: bool
    note: Text = ""
    is_closed: bool = False


register.filter("role_name", role_label)


@register.filter
def device(user_agent: str) -> str:
    """Return what somebody signed in with, in words."""
    return device_of(user_agent)


@register.filter(name="role_text")
def text_of_role(code: str, fallback: str = "") -> Text:
    """Return what a role is for."""
    return role_text(code, fallback)


@register.filter(name="permission_text")
def text_of_permission(name: str) -> Text:
    """Return what a permission lets a person do."""
    return permission_text(name)


@register.filter
def local_day(value: datetime | None) -> str:
    """Return the organization's day of an instant."""
    return "" if value is None else show_day(local_day_of(value))


@register.inclusion_tag("portal/ui/checks.html")
def checks(
    form: Form, pointer: str, label: str, choices: Sequence[tuple[str, Text]], **options: Any
) -> dict[str, Any]:
    """Return a group of boxes of which any may be ticked; `options` as those of a field.

    `shape` is "boxes" (one below the other) or "inline".
    """
    boxes = [Box(key, text, bool(form.value(f"{pointer}/{key}"))) for key, text in choices]
    return _group(form, pointer, label, boxes, options)


@register.inclusion_tag("portal/ui/checks.html")
def role_checks(
    form: Form, pointer: str, label: str, roles: Iterable[Any], **options: Any
) -> dict[str, Any]:
    """Return a box for each role, with what it is for; those beyond the viewer are closed."""
    boxes = [
        Box(
            role.code,
            role_label(role.code, role.name),
            bool(form.value(f"{pointer}/{role.code}")),
            role_text(role.code, role.description),
            is_closed=role.is_beyond,
        )
        for role in roles
    ]
    return _group(form, pointer, label, boxes, options)


@register.inclusion_tag("portal/ui/checks.html")
def team_checks(
    form: Form, pointer: str, label: str, teams: Iterable[Any], **options: Any
) -> dict[str, Any]:
    """Return a box for each team."""
    boxes = [
        Box(str(team.pk), team.name, bool(form.value(f"{pointer}/{team.pk}"))) for team in teams
    ]
    return _group(form, pointer, label, boxes, {"shape": "inline", **options})


def _group(
    form: Form, pointer: str, label: str, boxes: list[Box], options: dict[str, Any]
) -> dict[str, Any]:
    return {
        **options,
        "id": "f" + pointer.replace("/", "-"),
        "name": pointer.strip("/").replace("/", "."),
        "label": label,
        "boxes": boxes,
        "errors": form.errors(pointer),
    }


@register.inclusion_tag("portal/ui/scope.html")
def scope_select(form: Form, right: Right) -> dict[str, Any]:
    """Return the choice of a scope for a right: none, or one no wider than one's own."""
    return {
        "id": "f" + right.pointer.replace("/", ""),
        "name": right.pointer.strip("/").replace("/", "."),
        "value": form.value(right.pointer),
        "choices": right.scopes,
    }


@register.simple_tag
def whole_errors(form: Form, pointer: str) -> list[str]:
    """Return what is wrong with a group of controls, each message once."""
    return list(dict.fromkeys(form.errors(pointer)))


@register.simple_tag
def whole_error(form: Form, pointer: str) -> SafeString:
    """Return what is wrong with several controls together, where the summary leads to."""
    messages = [each.message for each in form.problems if each.field == pointer]
    if not messages:
        return SafeString()
    anchor = "f" + pointer.replace("/", "-")
    return format_html('<p class="error" id="{}">{}</p>', anchor, " ".join(messages))


@register.filter
def price(product: "Product") -> str:
    """Return the list price of a product."""
    return show_money(money_of(product.list_price, product.currency))
