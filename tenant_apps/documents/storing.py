"""Keep bytes in the storage and read them again, whichever it is."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from shared_apps.web.errors import Unavailable

CHUNK_BYTES = 64 * 1024
RETRY_AFTER_S = "5"

log = structlog.get_logger(__name__)


def keep(name: str, content: bytes) -> str:
    """Keep bytes under a new name; return the name that the storage gave. Raises: Unavailable."""
    with _answering(name):
        stored: str = default_storage.save(name, ContentFile(content))
        return stored


def discard(name: str) -> None:
    """Remove bytes that nothing names; a storage that does not answer keeps them, and it is noted.

    What they were kept for has failed already, and that is to be said.
    """
    with suppress(Unavailable), _answering(name):
        default_storage.delete(name)


def read_chunks(name: str) -> Iterator[bytes]:
    """Return kept bytes in chunks; the first is there before an answer begins.

    Raises: Unavailable, also for bytes that are gone.
    """
    chunks = _chunks_of(name)
    with _answering(name):
        first = next(chunks, b"")
    # begun: whoever drops the answer unread closes the stream
    return chain((first,), chunks)


def _chunks_of(name: str) -> Iterator[bytes]:
    with default_storage.open(name, "rb") as stream:
        yield from stream.chunks(CHUNK_BYTES)


@contextmanager
def _answering(name: str) -> Iterator[None]:
    """Say of a disk, a bucket or an account that fails that a part is not there at the moment."""
    try:
        yield
    except Exception as error:
        log.exception("storage_unavailable", file=name)
        raise Unavailable(headers={"Retry-After": RETRY_AFTER_S}) from error
