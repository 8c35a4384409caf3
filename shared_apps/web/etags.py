"""The version of an object as its ETag."""

import re

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"', re.ASCII)


def etag_of(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def read_if_match(header: str) -> int | None:
    """Return the version that If-Match names, or None when it names none of ours."""
    found = _ETAG.fullmatch(header.strip())
    return int(found[1]) if found else None
