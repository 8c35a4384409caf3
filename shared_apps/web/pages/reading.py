"""What of a form can be read, where not all of it can: so that all of it is checked at once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from rest_framework import serializers
from rest_framework.fields import SkipField, empty

from shared_apps.kernel.errors import Gathering
from shared_apps.web.pointers import problems_of
from shared_apps.web.serializers import InputSerializer

T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """The values of a form, and what was wrong with the others: `together` has it already."""

    values: dict[str, Any]
    together: Gathering

    @property
    def is_whole(self) -> bool:
        """Return whether everything could be read; otherwise nothing is done, only checked."""
        return not self.together.has_found

    def carry_out(self, work: Callable[[], T]) -> T:
        """Return what `work` makes of the values, where all could be read.

        Otherwise `work` only says what else is wrong: nothing of what it did stays.
        Raises: DomainError, with everything that was said.
        """
        if self.is_whole:
            return work()
        with transaction.atomic():
            with self.together.part():
                done = work()
            self.together.refuse()  # always: something was wrong before
        return done


def read_typed(
    serializer: type[InputSerializer],
    data: Mapping[str, Any],
    *,
    beside: Gathering | None = None,
    **options: Any,
) -> Reading:
    """Return the validated values, by the API's own rules; of what is wrong, what can be read.

    It is said `beside` what was found wrong before.
    """
    together = beside or Gathering()
    reader = serializer(data=dict(data), **options)
    if reader.is_valid():
        return Reading(dict(reader.validated_data), together)
    together.give(problems_of(reader.errors))
    return Reading(readable(reader, data), together)


def readable(reader: object, data: Any) -> dict[str, Any]:
    """Return the values that can be read, at every depth; a row of a list keeps its place."""
    if not isinstance(reader, serializers.Serializer) or not isinstance(data, Mapping):
        return {}
    return dict(_readable(reader, data))


def _readable(
    reader: serializers.Serializer[Any], data: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    for name, field in reader.fields.items():
        sent = data.get(name, empty)
        if isinstance(field, serializers.ListSerializer) and isinstance(sent, list):
            yield name, [readable(field.child, row) for row in sent]
        elif isinstance(field, serializers.Serializer) and isinstance(sent, Mapping):
            yield name, readable(field, sent)
        else:
            with suppress(serializers.ValidationError, SkipField):
                value = field.run_validation(sent)
                check = getattr(reader, f"validate_{name}", None)
                yield name, check(value) if check else value
