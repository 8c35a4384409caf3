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
