"""Reads of files."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.kernel.errors import NotFound
from tenant_apps.access.scopes import has_permission, scope_of
from tenant_apps.accounts.selectors import get_person
from tenant_apps.documents.models import StoredFile
from tenant_apps.documents.storing import read_chunks

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


def get_file(*, file_id: UUID, viewer: "User") -> StoredFile:
    """Return a file that the viewer uploaded, or any file when they hold files.view at scope all.

    What a file proves may be shown to others by the app that attached it (a payment's reader sees
    its proofs): that app checks its own rule and reads the content with `read_content`.
    Raises: StoredFile.DoesNotExist.
    """
    files = StoredFile.objects.all()
    if not _may_see_every_file(viewer):
        files = files.filter(uploaded_by_id=viewer.pk)
    return files.get(pk=file_id)


def _may_see_every_file(viewer: "User") -> bool:
    return has_permission(viewer, "files.view") and scope_of(viewer, "files.view").user_ids is None


def files_by_id(ids: Iterable[UUID]) -> dict[UUID, StoredFile]:
    """Return the files with these ids, unseen ones left out. The caller has checked who may see."""
    return StoredFile.objects.in_bulk(set(ids))


def read_content(file: StoredFile) -> Iterator[bytes]:
    """Return the kept bytes in chunks. The caller has checked who may see the file.

    Raises: Unavailable.
    """
    return read_chunks(file.storage_name)


def read_picture(user_id: UUID) -> Iterator[bytes]:
    """Return the picture of a person of the organization, in chunks; colleagues see each other.

    Raises: NotFound for nobody, and for a person without one.
    """
    picture = get_person(user_id).picture
    if not picture:
        raise NotFound
    return read_chunks(picture)
