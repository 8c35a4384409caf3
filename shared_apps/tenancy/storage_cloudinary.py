"""Files at Cloudinary, each organization's below its own folder."""

import io
import posixpath
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import cloudinary.api
import cloudinary.uploader
import cloudinary.utils
import urllib3
from cloudinary.exceptions import NotFound
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from shared_apps.tenancy.context import current_schema
from shared_apps.tenancy.storage_urls import ServedByViews

TIMEOUT_S = 20
DOWNLOAD_FOR_S = 60


class CloudinaryUnreachable(OSError):
    """Cloudinary did not hand a file out."""


@deconstructible(path="shared_apps.tenancy.storage_cloudinary.TenantCloudinaryStorage")
class TenantCloudinaryStorage(ServedByViews, Storage):
    """Files as private raw assets, whose public ids begin with the organization's schema.

    Raw assets are kept byte by byte; private ones are handed out for a signed request only. An
    asset is never overwritten.
    Raises: NoTenant from every method when no organization is selected, SuspiciousFileOperation for
    a name that leaves the folder, cloudinary.exceptions.Error when the service refuses.
    """

    def __init__(
        self, *, cloud_name: str, api_key: str, api_secret: str, upload_prefix: str = ""
    ) -> None:
        self._account: Mapping[str, Any] = {
            "cloud_name": cloud_name,
            "api_key": api_key,
            "api_secret": api_secret,
            **({"upload_prefix": upload_prefix} if upload_prefix else {}),
            "resource_type": "raw",
            "type": "private",
        }
        self._pool = urllib3.PoolManager(timeout=TIMEOUT_S, retries=False)

    def _save(self, name: str, content: "File[bytes]") -> str:
        content.seek(0)
        cloudinary.uploader.upload(
            io.BytesIO(content.read()),
            public_id=self._public_id(name),
            overwrite=False,
            timeout=TIMEOUT_S,
            **self._account,
        )
        return name

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        if mode != "rb":
            raise ValueError("A file at Cloudinary is only read.")
        answer = self._pool.request("GET", self._download_url(name))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise FileNotFoundError(name)
        if answer.status != HTTPStatus.OK:
            raise CloudinaryUnreachable(f"Cloudinary answered {answer.status}.")
        return ContentFile(answer.data, name=name)

    def exists(self, name: str) -> bool:
        """Return whether there is such an asset."""
        return self._describe(name) is not None

    def size(self, name: str) -> int:
        """Return the size in bytes. Raises: FileNotFoundError."""
        found = self._describe(name)
        if found is None:
            raise FileNotFoundError(name)
        return int(found["bytes"])

    def delete(self, name: str) -> None:
        """Remove an asset, also from the caches; nothing happens when there is none."""
        cloudinary.uploader.destroy(
            self._public_id(name), invalidate=True, timeout=TIMEOUT_S, **self._account
        )

    def _describe(self, name: str) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = cloudinary.api.resource(
                self._public_id(name), timeout=TIMEOUT_S, **self._account
            )
        except NotFound:
            return None
        return found

    def _download_url(self, name: str) -> str:
        url: str = cloudinary.utils.private_download_url(
            self._public_id(name),
            "",
            expires_at=str(int(cloudinary.utils.now()) + DOWNLOAD_FOR_S),
            **self._account,
        )
        return url

    def _public_id(self, name: str) -> str:
        folder = current_schema()
        path = posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))
        if not path.startswith(f"{folder}/"):
            raise SuspiciousFileOperation(f"{name} leaves the organization's folder.")
        return path
