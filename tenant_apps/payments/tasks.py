"""Celery edges of payments."""

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.tasks import tenant_task
from tenant_apps.payments import services


@tenant_task("payments.watch_reviews")
def watch_reviews() -> int:
    """Note the reviews of one organization that are overdue, and those that ran out."""
    at = utc_now()
    return services.note_overdue_reviews(at=at) + services.note_lapsed_reviews(at=at)
