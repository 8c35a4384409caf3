"""The sentence of the next page, under the name that the portal uses."""

from shared_apps.web.pages.flash import COOKIE, Flash, find, forget, leave

__all__ = ["COOKIE", "Flash", "find", "forget", "leave"]
