"""What the packages of identity bring along: their routes and their views, found and not listed."""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import isclass
from types import ModuleType
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver
from django.utils.regex_helper import normalize
from django.views import View

PACKAGES = (
    "allauth",
    "dj_rest_auth",
    "rest_framework_simplejwt",
    "rest_framework",
    "django.contrib.auth",
)
# What a module says that needs an app, a package or a setting which is not there: such a one
# cannot be mounted here at all.
NOT_USABLE = (ImportError, ImproperlyConfigured, RuntimeError, AttributeError)
EXAMPLE = "1"


@dataclass(frozen=True)
class StockPath:
    """One address of a package, relative to where its routes are mounted."""

    module: str
    path: str

    def __str__(self) -> str:
        return f"{self.module}: {self.path}"


@cache
def url_modules() -> list[ModuleType]:
    """Return every module of routes that can be mounted here."""
    found = (_usable(name) for name in _modules() if name.endswith("urls"))
    return [module for module in found if module and hasattr(module, "urlpatterns")]


@cache
def stock_paths() -> list[StockPath]:
    """Return an example of every address of every module of routes."""
    return [
        StockPath(module.__name__, example)
        for module in url_modules()
        for example in sorted(set(_examples(module.urlpatterns, "")))
    ]


@cache
def stock_views() -> dict[str, type[View]]:
    """Return every view class of the packages by its full name, whether or not a route has it."""
    modules = (_usable(name) for name in _modules() if name.rpartition(".")[2].endswith("views"))
    return {
        f"{each.__module__}.{each.__qualname__}": each
        for module in modules
        if module
        for each in vars(module).values()
        if isclass(each) and issubclass(each, View) and each.__module__ == module.__name__
    }


def _modules() -> list[str]:
    found: set[str] = set()
    for package in PACKAGES:
        root = import_module(package)
        walked = pkgutil.walk_packages(root.__path__, f"{package}.", onerror=lambda _name: None)
        found |= {each.name for each in walked if ".tests" not in each.name}
    return sorted(found)


def _usable(name: str) -> ModuleType | None:
    """Return a module; None where it would bring tables that nobody has installed."""
    tables = RuntimeError("These tables are not installed.")
    try:
        with patch.object(apps, "register_model", side_effect=tables):
            return import_module(name)
    except NOT_USABLE:
        return None


def _examples(patterns: list[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        for start in _filled(pattern):
            if isinstance(pattern, URLResolver):
                yield from _examples(pattern.url_patterns, prefix + start)
            elif isinstance(pattern, URLPattern):
                yield prefix + start


def _filled(pattern: URLPattern | URLResolver) -> list[str]:
    """Return the forms of a pattern with an example in each place."""
    forms = normalize(pattern.pattern.regex.pattern.removeprefix("^"))
    return [text % dict.fromkeys(names, EXAMPLE) for text, names in forms]
