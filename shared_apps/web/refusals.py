"""Every refusal that the code knows, for docs/errors.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from inspect import getdoc
from pkgutil import walk_packages

from shared_apps.kernel.errors import DomainError

ROOTS = ("shared_apps", "tenant_apps")
BESIDE = ("config.pages",)
NOT_CODE = (".migrations.", ".management.")

HEADER = """# Errors

Made from the code by `manage.py write_error_docs`; do not edit by hand.

A refusal is `{"success": false, "error": {"code", "message", "errors"}, "meta"}`: `code` is stable
and meant for programs, `message` is one sentence for people and may change, `errors` lists the
places of the request that it is about, each with a JSON pointer. With `Accept:
application/problem+json` the same comes as RFC 9457. Answers with Retry-After are worth repeating;
the others need a change first.

| status | code | when | what a person reads |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True, order=True)
class Refusal:
    """One line of the table: a status and a code, when they are given, and the sentence."""

    status: int
    code: str
    when: str
    message: str

    def as_row(self) -> str:
        """Return the line in Markdown."""
        return f"| {self.status} | `{self.code}` | {self.when} | {self.message} |\n"


def all_refusals() -> list[Refusal]:
    """Return the refusals of all apps, by status and code."""
    for root in ROOTS:
        _import_below(root)
    for module in BESIDE:
        import_module(module)
    return sorted({_refusal(kind) for kind in _below(DomainError) if _is_ours(kind)})


def error_page() -> str:
    """Return docs/errors.md as the code would have it."""
    return HEADER + "".join(refusal.as_row() for refusal in all_refusals())


def _import_below(root: str) -> None:
    package = import_module(root)
    for module in walk_packages(package.__path__, f"{root}."):
        if not any(part in f"{module.name}." for part in NOT_CODE):
            import_module(module.name)


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _is_ours(kind: type[DomainError]) -> bool:
    return not kind.__module__.startswith("tests.")


def _refusal(kind: type[DomainError]) -> Refusal:
    when = (getdoc(kind) or "").split("\n")[0]
    return Refusal(kind.status, kind.code, when, kind.message)
