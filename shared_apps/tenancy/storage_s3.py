"""Files in an S3 bucket, each organization's below its own prefix."""

from django.core.exceptions import SuspiciousFileOperation
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage
from storages.utils import safe_join

from shared_apps.tenancy.context import current_schema
from shared_apps.tenancy.storage_urls import ServedByViews


@deconstructible(path="shared_apps.tenancy.storage_s3.TenantS3Storage")
class TenantS3Storage(ServedByViews, S3Storage):  # type: ignore[misc]  # the package ships no types
    """An S3 storage whose keys begin with the schema of the organization at work.

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
