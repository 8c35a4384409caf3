"""What the storages outside of the disk have in common."""

from typing import Any, NoReturn


class ServedByViews:
    """Files have no URL of their own: a view checks the permission and streams them."""

    def url(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: files are served by a view."""
        raise NotImplementedError("Files have no URL of their own.")
