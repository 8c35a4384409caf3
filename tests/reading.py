"""The product's code, read once: which file calls, names or imports what."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDERS = ("tenant_apps", "shared_apps", "config")


@dataclass(frozen=True)
class Words:
    """What a file calls, whatever it names, and what it imports: (module, name)."""

    calls: frozenset[str]
    names: frozenset[str]
    imports: frozenset[tuple[str, str]]


@cache
def words() -> dict[str, Words]:
    """Return the words of every file; a file of an organization's app begins with the app."""
    return {
        file.relative_to(CHECKOUT).as_posix().removeprefix("tenant_apps/"): _words_of(file)
        for folder in FOLDERS
        for file in (CHECKOUT / folder).rglob("*.py")
    }


def mentions_of(name: str) -> set[str]:
    """Return the files of the product that define, import, call or hand on a function."""
    return {file for file, said in words().items() if name in said.names}


def callers_of(name: str) -> set[str]:
    """Return the files of the product that call a function or class of this name."""
    return {file for file, said in words().items() if name in said.calls}


def importers_of(name: str) -> set[str]:
    """Return the files of the product that import a part of django.core."""
    return {
        file
        for file, said in words().items()
        if any(
            module.startswith(f"django.core.{name}") or (module, part) == ("django.core", name)
            for module, part in said.imports
        )
    }


def _words_of(file: Path) -> Words:
    calls, names, imports = set(), set(), set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names.add(_name_of(node))
        if isinstance(node, ast.Call):
            calls.add(_name_of(node.func))
        elif isinstance(node, ast.ImportFrom):
            imports |= {(node.module or "", part.name) for part in node.names}
    return Words(frozenset(calls), frozenset(names), frozenset(imports))


def _name_of(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.alias):
        return node.name
    return str(getattr(node, "id", getattr(node, "attr", "")))
