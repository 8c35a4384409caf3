"""Writes of files and codes."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.kernel.wording import worded
from shared_apps.tenancy.context import on_commit
from tenant_apps.accounts.services import change_picture
from tenant_apps.documents.codes import next_code, next_codes
from tenant_apps.documents.events import FileStored
from tenant_apps.documents.models import StoredFile
from tenant_apps.documents.pages import PDF, lay_open
from tenant_apps.documents.pictures import CONTENT_TYPE, squared
from tenant_apps.documents.storing import discard, keep
from tenant_apps.documents.uploads import (
    EXTENSIONS,
    ActiveContentRefused,
    CheckedUpload,
    FileTypeRefused,
    UploadTooLarge,
    check_upload,
    refuse_active_pdf,
)

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from tenant_apps.accounts.models import User

__all__ = [
    "ActiveContentRefused",
    "CheckedFile",
    "FileTypeRefused",
    "UploadTooLarge",
    "check_file",
    "keep_file",
    "keep_picture",
    "keeping_files",
    "next_code",
    "next_codes",
    "remove_picture",
    "require_picture",
    "store_file",
]


@dataclass(frozen=True)
class CheckedFile:
    """An upload that may be kept: how it is called, its own bytes' size and hash, what is kept."""

    name: str
    size: int
    sha256: str
    kept: CheckedUpload


def check_file(upload: "UploadedFile[bytes]") -> CheckedFile:
    """Return what may be kept of an upload; nothing is stored.

    The type comes from the bytes, never from the sent name; images are decoded and encoded anew,
    and a PDF is one whose pages can be opened and that does nothing by itself.
    Raises: UploadTooLarge, FileTypeRefused, ActiveContentRefused.
    """
    original = _read_within_limit(upload)
    checked = check_upload(original)
    if checked.content_type == PDF:
        opened = lay_open(checked.content)
        refuse_active_pdf(opened.content)
        checked = replace(checked, perceptual_hash=opened.look)
    name = _plain_name(upload.name, checked.content_type)
    return CheckedFile(name, len(original), hashlib.sha256(original).hexdigest(), checked)


def keep_file(file: CheckedFile, *, by: Actor, at: datetime) -> StoredFile:
    """Keep a checked file under a random name; records FileStored.

    The bytes are written before anything is locked, so nobody else waits for the storage.
    Raises: Unavailable.
    """
    kept = file.kept
    row = StoredFile(
        name=file.name,
        content_type=kept.content_type,
        size=file.size,
        stored_size=len(kept.content),
        sha256=file.sha256,
        stored_sha256=hashlib.sha256(kept.content).hexdigest(),
        perceptual_hash=kept.perceptual_hash,
        storage_name=keep(_random_name(kept.content_type, at), kept.content),
        uploaded_by_id=by.user_id,
        uploaded_at=at,
    )
    with transaction.atomic():
        row.save(force_insert=True)
        record(FileStored(file_id=row.pk, sha256=row.sha256), actor=by, at=at)
    return row


@contextmanager
def keeping_files(
    files: Iterable[CheckedFile], *, by: Actor, at: datetime
) -> Iterator[tuple[StoredFile, ...]]:
    """Keep checked files for what is done with them: if that fails, their bytes go again.

    Records FileStored for each. Raises: Unavailable.
    """
    kept: list[StoredFile] = []
    try:
        for file in files:
            kept.append(keep_file(file, by=by, at=at))  # noqa: PERF401  known if the next one fails
        yield tuple(kept)
    except BaseException:
        for row in kept:
            discard(row.storage_name)
        raise


def store_file(*, upload: "UploadedFile[bytes]", by: Actor, at: datetime) -> StoredFile:
    """Check an upload and keep it; records FileStored. Raises: as check_file and keep_file."""
    return keep_file(check_file(upload), by=by, at=at)


def keep_picture(*, upload: "UploadedFile[bytes]", person: "User", at: datetime) -> None:
    """Make an upload a person's picture; the one before is removed. Records PictureChanged.

    Raises: UploadTooLarge, FileTypeRefused, ActiveContentRefused.
    """
    content = squared(_read_within_limit(upload))
    name = f"people/{secrets.token_urlsafe(24)}{EXTENSIONS[CONTENT_TYPE]}"
    _replace_picture(person, keep(name, content), at)


def remove_picture(*, person: "User", at: datetime) -> None:
    """Take a person's picture away; without one nothing happens. Records PictureChanged."""
    _replace_picture(person, "", at)


def _replace_picture(person: "User", picture: str, at: datetime) -> None:
    before = change_picture(user_id=person.pk, picture=picture, by=person.actor, at=at)
    person.picture = picture
    if before:
        on_commit(partial(default_storage.delete, before), robust=True)


def require_picture(file_id: UUID, *, field: str) -> None:
    """Refuse an id that is not that of an uploaded picture. Raises: ValidationFailed at `field`."""
    file = StoredFile.objects.filter(pk=file_id).first()
    if file is None or not file.content_type.startswith("image/"):
        raise ValidationFailed.at(
            field, "Upload a picture (PNG, JPEG or WebP) first and send its id.", code="not_found"
        )


def _read_within_limit(upload: "UploadedFile[bytes]") -> bytes:
    limit: int = settings.MAX_UPLOAD_BYTES
    if upload.size is None or upload.size > limit:
        raise UploadTooLarge(worded("The file is larger than %(most)s bytes.", most=limit))
    content: bytes = upload.read()
    return content


def _random_name(content_type: str, at: datetime) -> str:
    return f"files/{at:%Y/%m}/{secrets.token_urlsafe(24)}{EXTENSIONS[content_type]}"


def _plain_name(sent: str | None, content_type: str) -> str:
    """Return the sent name without folders and control characters, with the proven extension."""
    stem = PurePosixPath((sent or "").replace("\\", "/")).stem
    plain = "".join(letter for letter in stem if letter.isprintable()).strip(". ")
    return f"{plain[:150] or 'file'}{EXTENSIONS[content_type]}"
