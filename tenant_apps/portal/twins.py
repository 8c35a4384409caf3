"""The payments that one looks like, for whoever enters or reviews it: those that they may see."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.kernel.errors import DomainError
from tenant_apps.payments import selectors
from tenant_apps.payments.services import PossibleDuplicate

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.payments.models import Payment


@dataclass(frozen=True)
class Twins:
    """The look-alikes that a person may see, by code, and whether there are others."""

    payments: Sequence["Payment"]
    has_hidden: bool


def twins_of(ids: Collection[UUID], *, viewer: "User") -> Twins | None:
    """Return look-alikes as a person may see them; None when there are none."""
    if not ids:
        return None
    seen = selectors.visible_payments(viewer).filter(pk__in=ids)
    payments = list(selectors.with_relations(seen).order_by("code", "pk"))
    return Twins(payments, has_hidden=len(payments) < len(ids))


class TwinWatch:
    """Remembers what a refused payment looks like, for the page that shows the form again."""

    def __init__(self) -> None:
        self._ids: Collection[UUID] = ()

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Note what a payment was refused for; the refusal goes on."""
        try:
            yield
        except DomainError as refusal:
            alike = refusal.made_of(PossibleDuplicate)
            self._ids = alike.look_alikes if alike else ()
            raise

    def found(self, viewer: "User") -> Twins | None:
        """Return what was noted."""
        return twins_of(self._ids, viewer=viewer)
