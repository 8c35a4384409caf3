"""Who gains by the money of a return, wherever it lies at the moment."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.organizations.selectors import local_day_of
from tenant_apps.approvals.services import MakerIsChecker, add_parties
from tenant_apps.deals.selectors import credited_people, deal_terms
from tenant_apps.payments.selectors import deals_of_payment
from tenant_apps.returns.models import Return

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

INTERESTED = "interested"


def who_gains(deal_ids: Iterable[UUID], *, at: datetime) -> frozenset[UUID]:
    """Return the owners of deals, and who is credited on them now or later."""
    today = local_day_of(at)
    people: set[UUID] = set()
    for deal_id in deal_ids:
        people |= {*credited_people(deal_id, since=today), deal_terms(deal_id).owner_id}
    return frozenset(people)


def refuse_who_gains(asked: Return, *, checker: "User", at: datetime) -> None:
    """Refuse a checker who gains by the money now, and note who gains by it.

    Credit that went to a deal after the return was asked for is found here, under the locks of the
    deals. Raises: MakerIsChecker.
    """
    people = who_gains(_deals_of(asked), at=at)
    if checker.pk in people:
        raise MakerIsChecker
    if people:
        add_parties(object_id=asked.pk, user_ids=people, side=INTERESTED)


def _deals_of(asked: Return) -> frozenset[UUID]:
    if asked.payment_id is not None:
        return deals_of_payment(asked.payment_id)
    return frozenset({asked.deal_id} if asked.deal_id else ())
