"""Hand a leaver's deals over: the successor owns them, and is credited from a day on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from shared_apps.audit.recording import record
from tenant_apps.approvals.services import MakerIsChecker, add_interested
from tenant_apps.deals.events import DealChanged
from tenant_apps.deals.models import Deal, SalesCreditSplit
from tenant_apps.deals.selectors import CreditedShare, credited_shares, lock_deal
from tenant_apps.deals.services.crediting import FINISHED, NewCredit, credit_from, first_free_day
from tenant_apps.deals.terms import NewSplit

if TYPE_CHECKING:
    from shared_apps.kernel.events import Actor


@dataclass(frozen=True, kw_only=True, slots=True)
class DealsToHandOver:
    """Whose deals go to whom, and from which day on the credit does, if it does."""

    leaver_id: UUID
    successor_id: UUID
    valid_from: date
    takes_credit: bool
    reason: str


@dataclass(slots=True)
class HandedOverDeals:
    """What became of the deals: ids of those that moved, code and reason of those that stayed."""

    moved: list[UUID] = field(default_factory=list)
    credited: list[UUID] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic(savepoint=False)
def hand_over_deals(*, asked: DealsToHandOver, actor: "Actor", at: datetime) -> HandedOverDeals:
    """Hand over every deal on which money is still to come, one by one, each locked in turn.

    Records DealChanged for a new owner and DealCreditChanged for new shares. A deal on whose money
    the successor has decided stays as it is, and is listed.
    """
    done = HandedOverDeals()
    for deal_id in _unfinished_deals_of(asked):
        deal = lock_deal(deal_id)
        try:
            with transaction.atomic():
                is_moved, is_credited = _hand_over(deal, asked, actor=actor, at=at)
        except MakerIsChecker as refusal:
            done.left.append((deal.code, refusal.detail))
            continue
        done.moved += [deal.pk] if is_moved else []
        done.credited += [deal.pk] if is_credited else []
    return done


def _unfinished_deals_of(asked: DealsToHandOver) -> list[UUID]:
    later = Q(valid_to=None) | Q(valid_to__gt=asked.valid_from)
    credited = SalesCreditSplit.objects.filter(later, payee_id=asked.leaver_id).values("deal_id")
    is_theirs = Q(owner_id=asked.leaver_id)
    if asked.takes_credit:
        is_theirs |= Q(pk__in=credited)
    deals = Deal.objects.filter(is_theirs, archived_at=None).exclude(status__in=FINISHED)
    return list(deals.order_by("pk").values_list("pk", flat=True))


def _hand_over(
    deal: Deal, asked: DealsToHandOver, *, actor: "Actor", at: datetime
) -> tuple[bool, bool]:
    """Return whether the deal has a new owner, and new shares."""
    is_moved = deal.owner_id == asked.leaver_id
    if is_moved:
        _give_owner(deal, asked, actor=actor, at=at)
    if not asked.takes_credit:
        return is_moved, False
    return is_moved, _give_credit(deal, asked, actor=actor, at=at)


def _give_owner(deal: Deal, asked: DealsToHandOver, *, actor: "Actor", at: datetime) -> None:
    add_interested(context_id=deal.pk, user_ids=[asked.successor_id])
    before = {"owner_id": deal.owner_id}
    deal.owner_id = asked.successor_id
    deal.save(update_fields=["owner_id", *deal.mark_changed(by_id=actor.user_id, at=at)])
    record(
        DealChanged(deal_id=deal.pk),
        actor=actor,
        at=at,
        before=before,
        after={"owner_id": deal.owner_id},
        reason=asked.reason,
    )


def _give_credit(deal: Deal, asked: DealsToHandOver, *, actor: "Actor", at: datetime) -> bool:
    """Let the successor have the leaver's share, from the first day that is still free."""
    day = first_free_day(deal.pk, on=asked.valid_from)
    held = credited_shares(deal.pk, on=day)
    if asked.leaver_id not in {each.user_id for each in held}:
        return False
    new = NewCredit(splits=_taken_over(held, asked), valid_from=day, reason=asked.reason)
    credit_from(deal, new, actor=actor, at=at)
    return True


def _taken_over(held: Iterable[CreditedShare], asked: DealsToHandOver) -> tuple[NewSplit, ...]:
    shares: dict[UUID, Decimal] = {}
    for each in held:
        heir = asked.successor_id if each.user_id == asked.leaver_id else each.user_id
        shares[heir] = shares.get(heir, Decimal(0)) + each.share_percent
    return tuple(NewSplit(payee_id=who, share_percent=share) for who, share in shares.items())
