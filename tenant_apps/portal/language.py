"""Language and theme, under the name that the portal uses."""

from shared_apps.web.pages.language import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    THEMES,
    language_of,
    theme_of,
)

__all__ = ["LANGUAGE_COOKIE", "THEMES", "THEME_COOKIE", "language_of", "theme_of"]
