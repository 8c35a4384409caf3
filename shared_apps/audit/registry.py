"""The one table of what follows from what, found through the setting EVENT_REACTIONS."""

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from shared_apps.kernel.events import Event, Reaction, Reactions

ReactionTable = Mapping[type[Event], Reactions]


class UnknownEvent(LookupError):
    """An event, or an event's stored name, is not in the table of reactions."""


class UnknownReaction(LookupError):
    """A stored reaction name is not in the table of reactions."""


def reactions_to(kind: type[Event]) -> Reactions:
    """Return what follows from an event of this class.

    Raises: UnknownEvent, which names the class and the table that it is missing from.
    """
    try:
        return _table()[kind]
    except KeyError:
        raise UnknownEvent(
            f"{kind.__module__}.{kind.__qualname__} is not in {settings.EVENT_REACTIONS}."
        ) from None


def event_class(name: str) -> type[Event]:
    """Return the class of the event with this stable name. Raises: UnknownEvent."""
    try:
        return _classes_by_name(settings.EVENT_REACTIONS)[name]
    except KeyError:
        raise UnknownEvent(f"No event in {settings.EVENT_REACTIONS} is named {name}.") from None


def kinds_of_events() -> Mapping[str, tuple[str, ...]]:
    """Return the names of the events by the kind under which the audit log lists them, sorted."""
    names: dict[str, list[str]] = {}
    for kind in _table():
        names.setdefault(kind.audit_kind or kind.name.partition(".")[0], []).append(kind.name)
    return {kind: tuple(sorted(names[kind])) for kind in sorted(names)}


def events_naming(field: str) -> tuple[str, ...]:
    """Return the names of the events that name something in this field beside their subject."""
    naming = (
        kind.name
        for kind in _table()
        if kind.subject_field != field and field in {each.name for each in fields(kind)}
    )
    return tuple(sorted(naming))


def reaction_named(name: str) -> Reaction:
    """Return the later reaction with this stable name. Raises: UnknownReaction."""
    try:
        return _later_by_name(settings.EVENT_REACTIONS)[name]
    except KeyError:
        raise UnknownReaction(
            f"No reaction in {settings.EVENT_REACTIONS} is named {name}."
        ) from None


def _table() -> ReactionTable:
    return cast("ReactionTable", import_string(settings.EVENT_REACTIONS))


@lru_cache(maxsize=8)
def _classes_by_name(path: str) -> dict[str, type[Event]]:
    table = cast("ReactionTable", import_string(path))
    return {kind.name: kind for kind in table}


@lru_cache(maxsize=8)
def _later_by_name(path: str) -> dict[str, Reaction]:
    table = cast("ReactionTable", import_string(path))
    return {
        reaction.reaction_name: reaction
        for reactions in table.values()
        for reaction in reactions.later
    }
