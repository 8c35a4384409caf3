"""Reactions that were given up after their last attempt, and sending them again."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.delivery import replay
from shared_apps.audit.events import DeliveryReplayed
from shared_apps.audit.recording import record
from shared_apps.audit.selectors import list_dead_deliveries
from shared_apps.kernel.errors import DomainError, NotFound
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory

PLATFORM = "platform"
AT_ONCE = 500


class DeliveryNotDead(DomainError):
    """The reaction is owed or done; there is nothing to send again."""

    code = "delivery_not_dead"
    message = "This reaction is not given up (any more): look at the list again."


def place_of(slug: str) -> AbstractContextManager[Any]:
    """Return the context of an organization, or of the platform. Raises: NotFound."""
    if slug == PLATFORM:
        return use_platform()
    tenant = get_directory().by_slug(slug)
    if tenant is None:
        raise NotFound
    return use_tenant(tenant)


def replay_one(*, slug: str, delivery_id: str, by: Actor, at: datetime, reason: str) -> None:
    """Give a dead letter its attempts back. Records DeliveryReplayed in public.

    Raises: NotFound, DeliveryNotDead.
    """
    try:
        wanted = UUID(delivery_id)
    except ValueError:
        raise NotFound from None
    with place_of(slug):
        letter = list_dead_deliveries().filter(pk=wanted).first()
    if letter is None:
        raise DeliveryNotDead
    _replay(slug, letter.pk, letter.reaction, by=by, at=at, reason=reason)


def replay_all(*, slug: str, by: Actor, at: datetime, reason: str) -> int:
    """Give the dead letters of a place their attempts back, 500 at most; return how many.

    Records one DeliveryReplayed for each in public. Raises: NotFound.
    """
    with place_of(slug):
        letters = list(list_dead_deliveries().values_list("pk", "reaction")[:AT_ONCE])
    for delivery_id, reaction in letters:
        _replay(slug, delivery_id, reaction, by=by, at=at, reason=reason)
    return len(letters)


def _replay(
    slug: str, delivery_id: UUID, reaction: str, *, by: Actor, at: datetime, reason: str
) -> None:
    event = DeliveryReplayed(delivery_id=delivery_id, reaction=reaction, organization=slug)
    with use_platform(), transaction.atomic():
        record(event, actor=by, at=at, reason=reason)
        with place_of(slug):
            is_replayed = replay(delivery_id=delivery_id)
        if not is_replayed:
            raise DeliveryNotDead
