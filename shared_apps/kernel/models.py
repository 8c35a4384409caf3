"""Abstract columns that every table of the business shares."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.money import DECIMAL_PLACES, MAX_DIGITS, Money

if TYPE_CHECKING:
    _DecimalField = models.DecimalField[Decimal, Decimal]
    _CharField = models.CharField[str, str]
    _TextField = models.TextField[str, str]
else:
    _DecimalField, _CharField = models.DecimalField, models.CharField
    _TextField = models.TextField


# what `Entity.mark_changed` writes: every model's `rights` that lets a column change lets these
CHANGE_MARKS = ("updated_at", "updated_by_id", "version")


class Row(models.Model):
    """A row with a time-ordered UUID and the instant of its making."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class Entity(Row):
    """A row that people change: who made it, who changed it last, and its version.

    `version` rises by one with every change and is the ETag; the people are plain ids, so that the
    row never pulls accounts along.
    """

    created_by_id = models.UUIDField(null=True, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_by_id = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def mark_changed(self, *, by_id: UUID | None, at: datetime) -> tuple[str, ...]:
        """Note who changed the row and when, raise its version; return the fields to save."""
        self.updated_by_id, self.updated_at = by_id, at
        self.version += 1
        return CHANGE_MARKS


class Archivable(models.Model):
    """A row that leaves the lists but never the history."""

    archived_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        """Return whether the row has left the lists."""
        return self.archived_at is not None


class AmountField(_DecimalField):
    """NUMERIC(19,4): the amount beside its currency column; read both as Money."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", MAX_DIGITS)
        kwargs.setdefault("decimal_places", DECIMAL_PLACES)
        super().__init__(*args, **kwargs)


class CurrencyField(_CharField):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)


class SealedField(_TextField):
    """A secret as `field_keys.seal` wrote it, or ""; `rotate_field_keys` finds every such column.

    Its model's `rights` let the column be updated.
    """


def money_of(amount: Decimal, currency: str) -> Money:
    """Return a stored amount as Money: NUMERIC(19,4) comes back with four decimals."""
    return Money.rounded(amount, currency)
