"""Files in an S3 bucket, each organization's below its own prefix."""

from typing import Any, NoReturn

from django.core.exceptions import SuspiciousFileOperation
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage
from storages.utils import safe_join

from shared_apps.tenancy.context import current_schema


@deconstructible(path="shared_apps.tenancy.storage_s3.TenantS3Storage")
class TenantS3Storage(S3Storage):  # type: ignore[misc]  # the package ships no types
    """An S3 storage whose keys begin with the schema of the organization at work.

    Files have no URL of their own: a view checks the permission and streams them.
    Raises: NoTenant from every method when no organization is selected, SuspiciousFileOperation for
    a name that leaves the prefix.
    """

    def _normalize_name(self, name: str) -> str:
        """Return the key of a name. Overrides the one place where the package makes keys."""
        try:
            key: str = safe_join(current_schema(), name)
        except ValueError:
            raise SuspiciousFileOperation(f"{name} leaves the organization's prefix.") from None
        return key

    def url(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: files are served by a view."""
        raise NotImplementedError("Files have no URL of their own.")
