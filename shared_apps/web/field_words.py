"""What a field of an input says when it is not well filled in: words for people, in one place.

The API says them too; programs go by the code beside them.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from rest_framework import serializers

_FILL_IN = serializers.Field.default_error_messages["required"]
_MOST, _LEAST = _("At most {max_value} is possible."), _("At least {min_value} is needed.")
_BOUNDS = {"max_value": _MOST, "min_value": _LEAST, "max_string_length": _("This is too long.")}
_CHOOSE = {"invalid_choice": _("Choose one of the options.")}
_ENTRIES = {
    "empty": _("At least one entry is needed."),
    "max_length": ngettext_lazy(
        "At most {max_length} entry is possible.",
        "At most {max_length} entries are possible.",
        "max_length",
    ),
    "min_length": ngettext_lazy(
        "At least {min_length} entry is needed.",
        "At least {min_length} entries are needed.",
        "min_length",
    ),
}
_NUMBER = _("Enter a number, such as 12.5.")

WORDS: Mapping[type[Any], Mapping[str, Any]] = {
    serializers.Field: {"null": _FILL_IN},
    serializers.BooleanField: {"invalid": _("Say yes or no.")},
    serializers.CharField: {
        "invalid": _("Enter a text."),
        "blank": _FILL_IN,
        "max_length": ngettext_lazy(
            "Use at most {max_length} character.",
            "Use at most {max_length} characters.",
            "max_length",
        ),
        "min_length": ngettext_lazy(
            "Use at least {min_length} character.",
            "Use at least {min_length} characters.",
            "min_length",
        ),
    },
    serializers.RegexField: {"invalid": _("This is not written as it has to be.")},
    serializers.EmailField: {
        "invalid": _("Enter an e-mail address, such as name@example.com."),
    },
    serializers.SlugField: {"invalid": _("Use letters, digits, hyphens and underscores.")},
    serializers.URLField: {"invalid": _("Enter an address, such as https://example.com.")},
    serializers.IntegerField: {"invalid": _("Enter a whole number."), **_BOUNDS},
    serializers.FloatField: {"invalid": _NUMBER, **_BOUNDS},
    serializers.DecimalField: {
        "invalid": _NUMBER,
        **_BOUNDS,
        "max_digits": ngettext_lazy(
            "Use at most {max_digits} digit.", "Use at most {max_digits} digits.", "max_digits"
        ),
        "max_decimal_places": ngettext_lazy(
            "Use at most {max_decimal_places} decimal place.",
            "Use at most {max_decimal_places} decimal places.",
            "max_decimal_places",
        ),
        "max_whole_digits": ngettext_lazy(
            "Use at most {max_whole_digits} digit before the decimal point.",
            "Use at most {max_whole_digits} digits before the decimal point.",
            "max_whole_digits",
        ),
    },
    serializers.DateTimeField: {
        "invalid": _("Enter a day and a time, such as 2026-03-31T09:30:00Z."),
        "date": _("Enter a day and a time, such as 2026-03-31T09:30:00Z."),
    },
    serializers.DateField: {
        "invalid": _("Enter a day, such as 2026-03-31."),
        "datetime": _("Enter a day, such as 2026-03-31."),
    },
    serializers.TimeField: {"invalid": _("Enter a time, such as 09:30.")},
    serializers.ChoiceField: _CHOOSE,
    serializers.MultipleChoiceField: {**_CHOOSE, "empty": _("Choose at least one.")},
    serializers.FileField: {
        "required": _("Choose a file."),
        "invalid": _("Choose a file."),
        "empty": _("This file is empty."),
    },
    serializers.ListField: _ENTRIES,
    serializers.ListSerializer: _ENTRIES,
}


def speak_to_people() -> None:
    """Let DRF's fields say these words. A field takes them up whenever a serializer is made."""
    for kind, words in WORDS.items():
        kind.default_error_messages = {**kind.default_error_messages, **words}
