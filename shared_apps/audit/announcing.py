"""Hints to the workers that something is owed; the Delivery rows are the truth."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from celery import Celery
from django.conf import settings
from django.utils.module_loading import import_string
from django_redis import get_redis_connection
from kombu.exceptions import OperationalError as BrokerUnreachable
from redis.exceptions import RedisError

from shared_apps.tenancy.context import current_tenant, is_platform
from shared_apps.tenancy.tasks import HEADER

# Shared by all organizations on purpose: it tells the sweep which of them to visit.
DIRTY_KEY = "g:audit:dirty"
PLATFORM = "platform"
DELIVER = "audit.deliver"
DELIVER_ON_PLATFORM = "audit.deliver_on_platform"

log = structlog.get_logger(__name__)


def announce(delivery_ids: Sequence[UUID]) -> None:
    """Tell the workers of owed deliveries, now that they are committed.

    With Redis gone the write has still happened: the loss is logged, the next full sweep finds it.
    """
    try:
        mark_dirty()
        for delivery_id in delivery_ids:
            enqueue(delivery_id)
    except (RedisError, BrokerUnreachable, OSError) as error:
        log.warning("deliveries_not_announced", count=len(delivery_ids), error=str(error))


def enqueue(delivery_id: UUID) -> None:
    """Send one delivery's task, by name, for the organization at work or for the platform."""
    name = DELIVER_ON_PLATFORM if is_platform() else DELIVER
    headers = {} if is_platform() else {HEADER: str(current_tenant().id)}
    _task_app().send_task(name, args=(str(delivery_id),), headers=headers, retry=False)


def send_to_platform(name: str, *args: str) -> None:
    """Send a task of the platform by name; with the broker gone it is logged and not sent."""
    try:
        _task_app().send_task(name, args=args, retry=False)
    except (RedisError, BrokerUnreachable, OSError) as error:
        log.warning("task_not_sent", task=name, error=str(error))


def mark_dirty() -> None:
    """Put the organization at work on the list that the sweep visits every 30 seconds."""
    get_redis_connection("default").sadd(DIRTY_KEY, _place())


def mark_clean() -> None:
    """Take the organization at work off the list that the sweep visits."""
    get_redis_connection("default").srem(DIRTY_KEY, _place())


def dirty_places() -> set[str]:
    """Return the ids of the organizations to visit; PLATFORM stands for the platform's own rows."""
    members = get_redis_connection("default").smembers(DIRTY_KEY)
    return {member.decode() if isinstance(member, bytes) else str(member) for member in members}


def _task_app() -> Celery:
    """Return the Celery app; a web process loads it when it has something to send."""
    app: Celery = import_string(settings.TASK_APP)
    return app


def _place() -> str:
    return PLATFORM if is_platform() else str(current_tenant().id)
