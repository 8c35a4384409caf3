"""Ids in paths: the UUID or the code that people know (DL-0001)."""

import re
from uuid import UUID

from shared_apps.kernel.errors import NotFound

_CODE = re.compile(r"[A-Z]{2,5}-[0-9A-Z][0-9A-Z-]{0,30}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def parse_reference(text: str) -> UUID | str:
    """Return the UUID or the code in a path. Raises: NotFound, what is neither names nothing."""
    if _UUID.fullmatch(text):
        return UUID(text)
    code = text.upper()
    if len(text) <= 40 and _CODE.fullmatch(code):
        return code
    raise NotFound


def parse_id(text: str) -> UUID:
    """Return the UUID in a path that knows no codes. Raises: NotFound."""
    reference = parse_reference(text)
    if isinstance(reference, UUID):
        return reference
    raise NotFound
