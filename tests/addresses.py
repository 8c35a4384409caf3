"""Addresses of the tests' databases, for programs and connections of their own."""

import os
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

URLS = ("DATABASE_URL", "DATABASE_OWNER_URL")


def owner_url() -> str:
    """Return the address of the tests' server for the role that may make databases and tables."""
    return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


def urls_of(database: str) -> dict[str, str]:
    """Return the variables that name a database of the tests' server, for both roles."""
    return {name: at(os.environ[name], database) for name in URLS if os.environ.get(name)}


def urls_of_this_run() -> dict[str, str]:
    """Return the variables that name the database that this process tests on."""
    return urls_of(str(connection.settings_dict["NAME"]))


def at(url: str, database: str) -> str:
    """Return a server's address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
