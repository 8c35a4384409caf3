"""The components of the portal, once each: tags that render templates of portal/ui/."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import worded
from shared_apps.tenancy.context import is_platform
from shared_apps.web.pages.form import Form
from shared_apps.web.pages.sending import made_for
from tenant_apps.portal import charts, formatting
from tenant_apps.portal.history import who_of
from tenant_apps.portal.labels import places_on
from tenant_apps.portal.wording import Text, choices_of, word_for

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.portal.figures import Figure

register = template.Library()
register.filter("actor", who_of)
HUES = 6
A_UUID = 36  # letters; what is shorter is a code that people know
MEGABYTE = 1024 * 1024
DASH = "\u2013"
# what ends the part of a template that a tag stands in
ENDS = ("endblock", "endif", "elif", "else", "endfor", "empty", "endwith")


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 18) -> SafeString:
    """Return an icon that says nothing to a screen reader: words stand beside it."""
    drawing = lucide(name + "", size=size, aria_hidden="true", focusable="false")
    return mark_safe(drawing)  # noqa: S308  drawn by the package


@register.filter
def money(value: Money | None) -> str:
    """Return an amount; a dash where there is none."""
    return DASH if value is None else formatting.show_money(value)


@register.filter
def day(value: date | None, pattern: str = "medium") -> str:
    """Return a day; a dash where there is none."""
    return DASH if value is None else formatting.show_day(value, pattern)


@register.filter
def moment(value: datetime | None) -> str:
    """Return an instant in the organization's zone; a dash where there is none."""
    return DASH if value is None else formatting.show_moment(value)


@register.filter
def country(code: str) -> str:
    """Return the name of a country."""
    return formatting.show_country(code)


@register.filter
def number(value: Decimal | int) -> str:
    """Return a number without trailing zeros."""
    return formatting.show_number(value)


@register.filter
def percent(value: Decimal | int) -> str:
    """Return a percentage."""
    return formatting.show_percent(value)


@register.simple_tag(takes_context=True)
def age(context: Mapping[str, Any], since: datetime) -> str:
    """Return how long ago something was, seen from the request's instant."""
    return formatting.show_age(since, at=context["at"])


@register.filter
def word(value: str, kind: str) -> Text:
    """Return the label of a state or kind."""
    return word_for(kind, value).label


@register.simple_tag
def pill(kind: str, value: str) -> SafeString:
    """Return a state as a dot and a word."""
    found = word_for(kind, value)
    return format_html('<span class="pill {}">{}</span>', found.tone, found.label)


@register.simple_tag
def avatar(name: str, shape: str = "") -> SafeString:
    """Return the initials of a name on a colour that is always the same for it."""
    parts = [part for part in name.split() if part[:1].isalnum()]
    named = parts[:1] if shape == "sq" else parts[:1] + parts[1:][-1:]
    initials = "".join(part[0] for part in named)
    hue = crc32(name.encode()) % HUES
    html = '<span class="av h{}{}" aria-hidden="true">{}</span>'
    return format_html(html, hue, f" {shape}" if shape else "", initials.upper() or "?")


@register.simple_tag
def portrait(person: "User") -> SafeString:
    """Return a person's picture, or the initials of who has none."""
    if not person.picture:
        return avatar(person.full_name)
    address = f"{to('picture', person.pk)}?v={person.picture_mark}"
    html = '<img class="av" src="{}" alt="" width="32" height="32">'
    return format_html(html, address)


@register.simple_tag
def meter(part: Decimal) -> SafeString:
    """Return a thin bar filled by a part of one."""
    return charts.meter(part)


@register.simple_tag
def spark(amounts: Sequence[Money]) -> SafeString:
    """Return a small line."""
    return charts.spark(amounts)


@register.inclusion_tag("portal/ui/ring.html")
def ring(part: Decimal | None, label: str, blank: charts.Blank) -> dict[str, Any]:
    """Return a ring; the blank where there is nothing to be a part of."""
    drawing = "" if part is None else charts.ring(part=part, label=label)
    return {"drawing": drawing, "blank": blank}


@register.inclusion_tag("portal/ui/chart.html")
def chart(
    kind: str, points: Sequence[charts.Point], title: str, measure: str, blank: charts.Blank
) -> dict[str, Any]:
    """Return bars or a line, with the same as a table; the blank in their place without data."""
    draw = charts.line_chart if kind == "line" else charts.bar_chart
    drawing = draw(points, title=title) if charts.has_data(points) else ""
    told = {"points": points, "measure": measure, "blank": blank}
    return told | {"drawing": drawing, "kind": kind}


@register.inclusion_tag("portal/ui/kpi.html")
def kpi(tile: Any) -> dict[str, Any]:
    """Return a key figure: what is measured, the amount, and how it moved."""
    return {"tile": tile}


@register.inclusion_tag("portal/ui/field.html")
def field(form: Form, pointer: str, label: str, **options: Any) -> dict[str, Any]:
    """Return a labelled control with what was typed and why it was refused.

    Options: type (an input type, "select", "textarea" or "checkbox"), hint, choices (pairs) or
    kind (of wording), required, optional (when it may stay empty), blank (the first choice of a
    select), and autocomplete, inputmode, rows, size (of the field), kept (a select offers what
    stands there even where it no longer is among the choices), fallback (the value until something
    was typed), key (of the id, where two forms of a page have a control of the same name), name
    (where it is not the pointer's).
    """
    typed = "" if pointer in form.unclear else form.value(pointer)
    kind, value = options.get("kind"), typed or options.get("fallback", "")
    choices = choices_of(kind) if kind else options.get("choices", ())
    if options.get("kept") and value and all(str(key) != value for key, _text in choices):
        choices = [*choices, (value, value if len(value) < A_UUID else _("as it is"))]
    identifier = options.get("key", "f") + pointer.replace("/", "-")
    return {
        "type": "text",
        **options,
        "id": identifier,
        "name": options.get("name") or pointer.strip("/").replace("/", "."),
        "label": label,
        "value": value,
        "errors": form.errors(pointer),
        "choices": choices,
        "autofocus": options.get("autofocus") or (form.focus and form.focus == pointer),
    }


@register.inclusion_tag("portal/ui/passkey.html", takes_context=True)
def passkey(context: Mapping[str, Any], action: str, label: str, **values: Any) -> dict[str, Any]:
    """Return a button that lets a passkey answer, and sends the answer to `action`.

    Values go along as hidden fields, but for: again (pairs that go along too), prefix (of the
    names of the answer), question (to make a passkey; without one it is asked to be used).
    """
    asked = {name: values.pop(name, "") for name in ("again", "prefix", "question")}
    again = [*(asked["again"] or ()), *values.items()]
    token = context.get("csrf_token")
    begin = f"{_auth()}login/passkey/begin/"
    return (
        asked
        | {"again": again, "action": action, "label": label, "begin": begin}
        | {"csrf_token": token}
    )


def _auth() -> str:
    return "/api/platform/auth/" if is_platform() else "/api/auth/"


@register.tag
def problems(parser: Parser, token: Token) -> "ProblemsNode":
    """Say what is wrong with a form, each by the label of its field and with a link to it.

    The labels are those of the controls in the rest of the block that the tag stands in.
    """
    _name, form = token.split_contents()
    is_within = len(parser.command_stack) > 1
    return ProblemsNode(parser.compile_filter(form), parser.parse(ENDS if is_within else None))


class ProblemsNode(template.Node):
    """A form's problems, and the rest of the block, where the labels of their fields stand."""

    child_nodelists = ("rest",)

    def __init__(self, form: FilterExpression, rest: template.NodeList) -> None:
        self.form, self.rest = form, rest

    def render(self, context: template.Context) -> SafeString:
        """Return the problems above the rest of the block."""
        form, rest = self.form.resolve(context), self.rest.render(context)
        if not (isinstance(form, Form) and form.is_refused):
            return rest
        named = {"notice": form.notice, "places": places_on(rest, form.places)}
        page = get_template("portal/ui/problems.html")
        return mark_safe(page.render(named)) + rest  # noqa: S308  made by templates


@register.inclusion_tag("portal/ui/form_marks.html", takes_context=True)
def form_marks(context: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """Return the hidden fields of a form: its token, its key and the version it is based on."""
    return {"form": form, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def file_limit() -> SafeString:
    """Return how much a form takes, for the script: it says so before anything is sent."""
    most: int = settings.MAX_UPLOAD_BYTES
    said = worded("This is larger than %(most)s MB; choose a smaller file.", most=most // MEGABYTE)
    return format_html(' data-most="{}" data-too-large="{}"', most, said)


@register.inclusion_tag("portal/ui/drop.html", takes_context=True)
def drop(
    context: Mapping[str, Any],
    form: Form,
    name: str,
    label: str,
    hint: str,
    accept: str = "",
) -> dict[str, Any]:
    """Return a place to drop files on, and which were sent with what was refused.

    With `accept` (kinds of pictures) it is for one picture, otherwise for proofs.

    A browser chooses no file by itself: what was sent is to be chosen once more, unless the
    script sent it, which keeps it.
    """
    request = context.get("request")
    sent = []
    if request and form.is_refused and not made_for(request):
        sent = request.FILES.getlist(name)
    told = {"name": name, "label": label, "hint": hint, "errors": form.errors(f"/{name}")}
    return told | {"lost": [file.name for file in sent], "accept": accept}


@register.inclusion_tag("portal/ui/empty.html")
def empty(image: str, title: str, text: str, action: str = "", url: str = "") -> dict[str, Any]:
    """Return what stands where nothing is yet: why, and what to do next."""
    return {"image": image, "title": title, "text": text, "action": action, "url": url}


@register.inclusion_tag("portal/ui/empty.html")
def blank(what: charts.Blank, place: str) -> dict[str, Any]:
    """Return what stands in the place of a chart: as high as the chart of that kind."""
    return {**asdict(what), "place": place}


@register.simple_tag(takes_context=True)
def may(context: Mapping[str, Any], permission: str) -> bool:
    """Return whether to lead whoever looks at the page to something; its own page checks it."""
    return bool(context["page"].may(permission) and context["shell"].is_writable)


@register.inclusion_tag("portal/ui/pages.html", takes_context=True)
def pages(context: Mapping[str, Any], shown: Any, file: str = "") -> dict[str, Any]:
    """Return the way to the neighbours of a page of a list, and to its file where it has one.

    `file` names the page that gives the file; it takes what was asked for along.
    """
    return {
        "shown": shown,
        "file": _file(context["request"], file) if file else "",
        "previous": _with_page(context["request"], shown.number - 1) if shown.has_previous else "",
        "next": _with_page(context["request"], shown.number + 1) if shown.has_next else "",
    }


def _file(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return f"{to(name)}?{query.urlencode()}" if query else str(to(name))


def _with_page(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def part(figure: "Figure", row: Any) -> str:
    """Return a row's part of a measure, as text."""
    money = figure.part_of(row)
    return DASH if money is None else formatting.show_money(money)


@register.inclusion_tag("portal/ui/tabs.html", takes_context=True)
def tabs(context: Mapping[str, Any], label: str, entries: Sequence[Any]) -> dict[str, Any]:
    """Return links to the parts of a page; entries are (address, label, is current)."""
    return {"label": label, "entries": entries}


@register.inclusion_tag("portal/ui/seg.html", takes_context=True)
def seg(
    context: Mapping[str, Any], name: str, label: str, choices: Sequence[tuple[str, Text]]
) -> dict[str, Any]:
    """Return a few choices of which one counts: links that change one query parameter."""
    request = context["request"]
    chosen = request.GET.get(name, choices[0][0])
    entries = [(_with(request, name, value), text, value == chosen) for value, text in choices]
    return {"label": label, "entries": entries}


def _with(request: HttpRequest, name: str, value: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def to(name: str, *args: Any) -> str:
    """Return the address of a page of the portal."""
    return reverse(f"portal:{name}", args=args)
