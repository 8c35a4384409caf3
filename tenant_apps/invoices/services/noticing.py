"""Note, once each, that an instalment is due soon or overdue."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.audit.selectors import payloads_of
from shared_apps.kernel.events import Actor
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.deals.selectors import DueInstalment, lock_deal, open_instalments
from tenant_apps.invoices.events import InstalmentDueSoon, InstalmentEvent, InstalmentOverdue

SOON = timedelta(days=7)
SCHEDULE = Actor.system("instalments")
# what is older was noted long ago, or came with an import
LOOK_BACK = timedelta(days=60)


def note_instalments_due_soon(*, at: datetime) -> int:
    """Note each instalment that is due within seven days and not covered; return how many are new.

    Records InstalmentDueSoon, once per instalment.
    """
    today = local_day_of(at)
    return _note(open_instalments(since=today, until=today + SOON), InstalmentDueSoon, at=at)


def note_overdue_instalments(*, at: datetime) -> int:
    """Note each instalment whose day has passed and that is not covered; return how many are new.

    Records InstalmentOverdue, once per instalment.
    """
    yesterday = local_day_of(at) - timedelta(days=1)
    late = open_instalments(since=yesterday - LOOK_BACK, until=yesterday)
    return _note(late, InstalmentOverdue, at=at)


def _note(parts: list[DueInstalment], kind: type[InstalmentEvent], *, at: datetime) -> int:
    noted = _noted(kind, {part.deal_id for part in parts})
    new = [part for part in parts if part.instalment_id not in noted]
    return sum(_note_one(part, kind, at=at) for part in new)


@transaction.atomic
def _note_one(part: DueInstalment, kind: type[InstalmentEvent], *, at: datetime) -> bool:
    """Record the event under the deal's lock, where it is looked for once more."""
    lock_deal(part.deal_id)
    if part.instalment_id in _noted(kind, {part.deal_id}):
        return False
    event = kind(
        deal_id=part.deal_id,
        instalment_id=part.instalment_id,
        due_on=part.due_on,
        amount=part.open.amount,
        currency=part.open.currency,
    )
    record(event, actor=SCHEDULE, at=at)
    return True


def _noted(kind: type[InstalmentEvent], deal_ids: set[UUID]) -> set[UUID]:
    """Return the instalments of these deals for which the event is there already."""
    payloads = payloads_of(kind.name, deal_ids)
    return {UUID(payload["instalment_id"]) for payload in payloads}
