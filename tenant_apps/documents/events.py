"""What happens to files."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class FileStored(Event):
    """A file was uploaded, checked and kept."""

    name: ClassVar[str] = "documents.file_stored"
    subject_type: ClassVar[str] = "documents.file"
    subject_field: ClassVar[str] = "file_id"

    file_id: UUID
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ListExported(Event):
    """A person took a list away as a file: which one, as it was filtered, and how many rows."""

    name: ClassVar[str] = "documents.list_exported"
    subject_type: ClassVar[str] = "accounts.user"
    subject_field: ClassVar[str] = "user_id"

    user_id: UUID
    what: str
    filters: str
    rows: int
