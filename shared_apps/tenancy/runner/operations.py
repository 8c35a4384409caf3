"""Which operations say the same to every schema, and which make or change models."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.models import Field

# Subclasses are not meant: what they do beside is unknown.
_PLAIN: frozenset[type[Operation]] = frozenset(
    {
        operations.AddConstraint,
        operations.AddField,
        operations.AddIndex,
        operations.AlterField,
        operations.AlterIndexTogether,
        operations.AlterModelManagers,
        operations.AlterModelOptions,
        operations.AlterModelTable,
        operations.AlterModelTableComment,
        operations.AlterOrderWithRespectTo,
        operations.AlterUniqueTogether,
        operations.CreateModel,
        operations.DeleteModel,
        operations.RemoveConstraint,
        operations.RemoveField,
        operations.RemoveIndex,
        operations.RenameField,
        operations.RenameIndex,
        operations.RunSQL,
        AddConstraintNotValid,
        ValidateConstraint,
    }
)
_LEAVES_MODELS: frozenset[type[Operation]] = frozenset(
    {
        operations.AddConstraint,
        operations.AddField,
        operations.AddIndex,
        operations.AlterField,
        operations.RemoveConstraint,
        operations.RemoveField,
        operations.RemoveIndex,
        operations.RenameField,
        operations.RenameIndex,
        operations.RunPython,
        operations.RunSQL,
        AddConstraintNotValid,
        ValidateConstraint,
    }
)
_EMPTY_VALUES = (list, dict, set, tuple, str, int, bool)


def is_same_everywhere(migrations: Iterable[Migration]) -> bool:
    """Return whether migrations only say SQL that depends on no row and draws no value.

    A default that is called (a key, a time, an id) would be one and the same in every schema.
    """
    return all(_is_plain(operation) for each in migrations for operation in each.operations)


def list_apps_with_other_models(migrations: Iterable[Migration]) -> list[str]:
    """Return the labels of the apps whose content types and permissions may have to follow."""
    return sorted(
        {
            each.app_label
            for each in migrations
            if any(type(operation) not in _LEAVES_MODELS for operation in each.operations)
        }
    )


def _is_plain(operation: Operation) -> bool:
    if type(operation) is operations.SeparateDatabaseAndState:
        return all(_is_plain(each) for each in operation.database_operations)
    return type(operation) in _PLAIN and not any(map(_draws_a_value, _fields_of(operation)))


def _fields_of(operation: Operation) -> "Iterator[Field[Any, Any]]":
    if isinstance(operation, operations.AddField | operations.AlterField):
        yield operation.field


def _is_called(field: "Field[Any, Any]") -> bool:
    return field.has_default() and callable(field.default) and field.default not in _EMPTY_VALUES


def _draws_a_value(field: "Field[Any, Any]") -> bool:
    is_stamped = bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))
    return is_stamped or _is_called(field)
