"""Which texts the product shows people: those of the portal, of the platform's public pages and of
its operators' console, and those that services say.

`python -m tests.portal.extraction` puts what is new into the catalogs, untranslated, and leaves
out what nobody says any more.
"""

import ast
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from config.catalogs import compile_catalog

CHECKOUT = Path(__file__).resolve().parents[2]
PORTAL = CHECKOUT / "tenant_apps" / "portal"
PLATFORM = CHECKOUT / "shared_apps" / "platform_admin"
SERVICES = ("shared_apps", "tenant_apps")
# what the console says beside its templates: its own Python, its way around, what its jobs do
CONSOLE = (
    PLATFORM / "console",
    *(CHECKOUT / "config" / name for name in ("console.py", "jobs.py")),
)
FOR_OPERATORS = frozenset(
    {
        *("imports", "tenancy", "audit", "platform_admin", "sso"),
        *("verifier.py", "table.py", "field_keys.py", "outbound.py"),
        *("audit_views.py", "authentication.py"),
    }
)
FOR_PROGRAMMERS = frozenset(
    {
        *("TypeError", "ValueError", "LookupError", "KeyError", "RuntimeError"),
        *("CurrencyMismatch", "BrokenExplanation", "ImproperlyConfigured"),
    }
)
KEYWORDS: dict[str, tuple[int, ...] | tuple[tuple[int, str], int] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    "worded": (1,),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}


class Text(NamedTuple):
    """A text as it stands in the source: with its plural and its context, where it has them."""

    single: str
    plural: str = ""
    context: str = ""


def shown_texts() -> set[Text]:
    """Return every text that a catalog of the portal must have."""
    return {*_of_pages(PORTAL), *_of_python(), *_of_services()}


def platform_texts() -> set[Text]:
    """Return every text that a catalog of the platform's must have: of its pages and console."""
    return {*_of_pages(PLATFORM), *_of_console()}


def catalogs_of(app: Path) -> list[Path]:
    """Return the catalogs of an app, one for each language."""
    return sorted((app / "locale").glob("*/LC_MESSAGES/django.po"))


def _of_pages(app: Path) -> Iterator[Text]:
    from django.utils.translation.template import templatize  # noqa: PLC0415  needs settings

    for path in (app / "templates").glob("**/*.html"):
        source = templatize(path.read_text(encoding="utf-8"))
        yield from _marked("\n".join(line.strip() for line in source.splitlines()))


def _of_python() -> Iterator[Text]:
    for path in _sources():
        if CONSOLE[0] not in path.parents:
            yield from _marked(path.read_text(encoding="utf-8"))


def _of_console() -> Iterator[Text]:
    for place in CONSOLE:
        for path in sorted(place.glob("*.py")) if place.is_dir() else (place,):
            yield from _marked(path.read_text(encoding="utf-8"))


def _marked(source: str) -> Iterator[Text]:
    stream = io.BytesIO(source.encode())
    for _line, found, _comments, context in extract("python", stream, keywords=KEYWORDS):
        parts = [part for part in (found if isinstance(found, tuple) else (found,)) if part]
        yield Text(parts[0], "".join(parts[1:]), context or "")


def _of_services() -> Iterator[Text]:
    """Yield what services say in plain words: a refusal's message, a notification's wording."""
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield from (Text(said) for said in _said(node))


def _said(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        yield from _message_of(node)
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield from _plain(node.exc.args)
    elif isinstance(node, ast.Call):
        yield from _said_by(node)


def _said_by(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name == "at":  # ValidationFailed.at(field, message)
        yield from _plain(call.args[1:2])
    elif name == "Wording":
        yield from _plain(call.args)
    elif name == "FieldProblem":
        yield from _plain([each.value for each in call.keywords if each.arg == "message"])


def _message_of(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == "message":
            yield from _plain([each.value])


def _plain(nodes: "list[ast.expr]") -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.value


def unsayable_refusals() -> Iterator[str]:
    """Yield where a service refuses in words of one language: an f-string that no catalog knows.

    What operators and programs read (commands, imports, the checker of exports) is English.
    """
    for path in _sources():
        if path.name in FOR_OPERATORS or not FOR_OPERATORS.isdisjoint(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for each in _given(node):
                if isinstance(each, ast.JoinedStr) and _is_sentence(each):
                    yield f"{path.relative_to(CHECKOUT)}:{each.lineno}"


def _given(node: ast.AST) -> "list[ast.expr]":
    """Return what a refusal is made of; errors of programmers (ValueError, ...) are none."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        name = getattr(node.exc.func, "id", "Refused")
        return [] if name in FOR_PROGRAMMERS else node.exc.args
    if not isinstance(node, ast.Call):
        return []
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "FieldProblem":
        return [*node.args[2:], *(each.value for each in node.keywords if each.arg == "message")]
    return node.args[1:2] if name == "at" else []


def _is_sentence(text: ast.JoinedStr) -> bool:
    said = "".join(str(each.value) for each in text.values if isinstance(each, ast.Constant))
    return len(said.split()) > 1


def _sources() -> Iterator[Path]:
    yield CHECKOUT / "config" / "pages.py"  # what is answered before there is a view
    for folder in SERVICES:
        for path in (CHECKOUT / folder).rglob("*.py"):
            if "migrations" not in path.parts and "management" not in path.parts:
                yield path


def renew(path: Path, texts: set[Text]) -> int:
    """Bring a catalog up to date, and its compiled twin; return how many texts are not said yet."""
    old = read_po(io.BytesIO(path.read_bytes()))
    new = Catalog(locale=path.parts[-3], header_comment=old.header_comment, fuzzy=False)
    new.mime_headers = old.mime_headers
    missing = 0
    for text in sorted(texts):
        key = (text.single, text.plural) if text.plural else text.single
        known = old.get(text.single, context=text.context or None)
        string = known.string if known else ("", "") if text.plural else ""
        missing += not all(string if isinstance(string, tuple | list) else (string,))
        flags = known.flags if known else ()
        new.add(key, string, context=text.context or None, flags=flags)
    with path.open("wb") as out:
        write_po(out, new, sort_output=True, no_location=True, width=100)
    compile_catalog(path)
    return missing


if __name__ == "__main__":
    django.setup()
    for app, found in ((PORTAL, shown_texts()), (PLATFORM, platform_texts())):
        for each in catalogs_of(app):
            print(f"{app.name} {each.parts[-3]}: {renew(each, found)} texts to be said")
