"""The forms of pages, under the name that the portal uses."""

from shared_apps.web.pages.form import (
    CONFIRMING,
    Form,
    Place,
    attempt,
    checked,
    checked_with,
    money,
    read_form,
    rows,
    without_blanks,
)

__all__ = [
    "CONFIRMING",
    "Form",
    "Place",
    "attempt",
    "checked",
    "checked_with",
    "money",
    "read_form",
    "rows",
    "without_blanks",
]
