"""The version of an object as its ETag."""

import re

_QUOTED = re.compile(r'(?:W/)?"[^"]*"(?:\s*,\s*(?:W/)?"[^"]*")*')
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"', re.ASCII)


def etag_of(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def read_if_match(header: str) -> int | None:
    """Return the version that If-Match names, or None when it names none of ours."""
    found = _ETAG.fullmatch(header.strip())
    return int(found[1]) if found else None


def is_etag(header: str) -> bool:
    """Return whether If-Match names tags at all: "*" and a number without its quotes do not."""
    return _QUOTED.fullmatch(header.strip()) is not None
