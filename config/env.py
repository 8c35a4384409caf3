"""Typed readers of the environment: a missing or wrong value stops start-up with one sentence.

An empty variable counts as unset, and a reader without a default requires its variable.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from psycopg import pq

_TRUE = frozenset({"true", "yes", "on", "1"})
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?", re.IGNORECASE)
_FALSE = frozenset({"false", "no", "off", "0"})
_DATABASE_SCHEMES = ("postgres", "postgresql")
_SOURCES_IN_PARTS = frozenset({"dbname", "user", "password", "hostaddr"})


class ConfigurationError(Exception):
    """A setting is missing or wrong; the text is one sentence that says what to set."""

    exit_status = 2


class DatabaseParts(TypedDict):
    """The parts of one entry of Django's DATABASES that a URL can tell; ENGINE is the caller's."""

    NAME: str
    USER: str
    PASSWORD: str
    HOST: str
    PORT: str
    OPTIONS: dict[str, Any]


def env_str(name: str, *, default: str | None = None, choices: Sequence[str] = ()) -> str:
    """Return the variable's text, one of `choices` when any are given.

    Raises: ConfigurationError.
    """
    text = os.environ.get(name, "").strip() or default
    if text is None:
        raise ConfigurationError(f"{name} must be set.")
    if choices and text not in choices:
        raise ConfigurationError(f'{name} must be one of {"/".join(choices)} (is "{text}").')
    return text


def env_bool(name: str, *, default: bool | None = None) -> bool:
    """Return the variable as true or false.

    Raises: ConfigurationError.
    """
    text = os.environ.get(name, "").strip()
    if not text and default is not None:
        return default
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ConfigurationError(f'{name} must be one of true/false (is "{text}").')


def env_int(
    name: str,
    *,
    default: int | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
) -> int:
    """Return the variable as a whole number between `minimum` and `maximum`, both included.

    Raises: ConfigurationError.
    """
    text = env_str(name, default=None if default is None else str(default))
    try:
        number = int(text)
    except ValueError:
        raise ConfigurationError(f'{name} must be a whole number (is "{text}").') from None
    if minimum is not None and number < minimum:
        raise ConfigurationError(f"{name} must be at least {minimum} (is {number}).")
    if maximum is not None and number > maximum:
        raise ConfigurationError(f"{name} must be at most {maximum} (is {number}).")
    return number


def env_list(name: str, *, default: Sequence[str] | None = None) -> list[str]:
    """Return the variable's comma-separated items, without blanks and without empty ones.

    Raises: ConfigurationError.
    """
    text = env_str(name, default=None if default is None else ",".join(default))
    return [item.strip() for item in text.split(",") if item.strip()]


def env_host(name: str, *, default: str | None = None) -> str:
    """Return the variable as a host name, with or without a port.

    Raises: ConfigurationError.
    """
    text = env_str(name, default=default)
    if not _HOST.fullmatch(text):
        raise ConfigurationError(
            f'{name} must be a host such as example.com or localhost:8000 (is "{text}").'
        )
    return text


def env_secret(name: str, *, default: str | None = None, min_length: int = 0) -> str:
    """Return the secret in the variable, or in the file that the variable with _FILE names.

    Raises: ConfigurationError, when neither, or both, are set, the file cannot be read or the
    secret is shorter than `min_length`; the text never holds the secret.
    """
    secret = _find_secret(name, default)
    if len(secret) < min_length:
        raise ConfigurationError(f"{name} must have at least {min_length} characters.")
    return secret


def env_secrets(name: str, *, min_length: int) -> list[str]:
    """Return the comma-separated secrets in the variable or its file, [] when neither is set.

    Raises: ConfigurationError.
    """
    text = env_secret(name, default="")
    secrets = [part.strip() for part in text.split(",") if part.strip()]
    if any(len(secret) < min_length for secret in secrets):
        raise ConfigurationError(f"Each key of {name} must have at least {min_length} characters.")
    return secrets


def _find_secret(name: str, default: str | None) -> str:
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if value and path:
        raise ConfigurationError(f"{name} and {name}_FILE are both set: keep one of them.")
    if path:
        return _read_secret(name, Path(path))
    if value:
        return value
    if default is None:
        raise ConfigurationError(f"{name} or {name}_FILE must be set.")
    return default


def env_url(name: str, *, default: str | None = None, schemes: Sequence[str] = ()) -> str:
    """Return the variable as a URL with one of `schemes`; reads secrets from VAR_FILE too.

    Raises: ConfigurationError; the text never holds the URL, which may carry a password.
    """
    text = env_secret(name, default=default)
    if text:
        _split_url(name, text, schemes)
    return text


def parse_database_url(url: str, *, name: str = "DATABASE_URL") -> DatabaseParts:
    """Return the parts of a postgres:// URL as Django's DATABASES wants them.

    `?host=/run/postgresql` names a socket's directory; every other query option is handed to
    libpq, so sslmode, connect_timeout, application_name and their like work.

    Raises: ConfigurationError.
    """
    parts = _split_url(name, url, _DATABASE_SCHEMES)
    options = _database_options(name, parts)
    host, port = options.pop("host", ""), options.pop("port", "")
    database = unquote(parts.path.removeprefix("/"))
    if not database:
        raise ConfigurationError(f"{name} must name a database after the host.")
    return DatabaseParts(
        NAME=database,
        USER=unquote(parts.username or ""),
        PASSWORD=unquote(parts.password or ""),
        HOST=host or unquote(parts.hostname or ""),
        PORT=port or str(parts.port or ""),
        OPTIONS=options,
    )


def _read_secret(name: str, path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{name}_FILE must name a readable file (is {path}).") from None
    if not secret:
        raise ConfigurationError(f"{name}_FILE must name a file that is not empty (is {path}).")
    return secret


def _split_url(name: str, url: str, schemes: Sequence[str]) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ConfigurationError(f"{name} must be a URL with a valid host and port.") from None
    if not parts.scheme or "://" not in url:
        raise ConfigurationError(f"{name} must be a URL such as {_example(schemes)}.")
    if schemes and parts.scheme not in schemes:
        known = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ConfigurationError(f'{name} must begin with {known} (is "{parts.scheme}://").')
    return parts


def _example(schemes: Sequence[str]) -> str:
    return f"{schemes[0] if schemes else 'https'}://host/path"


def _database_options(name: str, parts: SplitResult) -> dict[str, Any]:
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    unknown = sorted(options.keys() - _libpq_keywords()) if options else []
    if unknown:
        raise ConfigurationError(f'{name} has the unknown option "{unknown[0]}".')
    if misplaced := sorted(options.keys() & _SOURCES_IN_PARTS):
        raise ConfigurationError(
            f'{name} has "{misplaced[0]}" as an option; put it before the "?".'
        )
    return options


def _libpq_keywords() -> set[str]:
    return {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
