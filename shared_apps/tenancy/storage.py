"""Files on the local disk, each organization's below its own folder."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from shared_apps.tenancy.context import current_schema


@deconstructible(path="shared_apps.tenancy.storage.TenantStorage")
class TenantStorage(FileSystemStorage):
    """A file system storage whose root is MEDIA_ROOT/<schema>; a path cannot leave it.

    Files have no URL of their own: a view checks the permission and streams them.
    Raises: NoTenant from every method when no organization is selected.
    """

    @property
    def base_location(self) -> str:
        """Return the root of the organization at work."""
        return str(Path(settings.MEDIA_ROOT) / current_schema())

    @property
    def location(self) -> str:
        """Return the absolute root of the organization at work."""
        return str(Path(self.base_location).absolute())
