"""The forms of pages, under the name that the portal uses."""

from shared_apps.web.pages.form import (
    CONFIRMING,
    Form,
    Place,
    attempt,
    checked,
    money,
    read_form,
    rows,
    without_blanks,
)
from shared_apps.web.pages.reading import Reading, read_typed

__all__ = [
    "CONFIRMING",
    "Form",
    "Place",
    "Reading",
    "attempt",
    "checked",
    "money",
    "read_form",
    "read_typed",
    "rows",
    "without_blanks",
]
