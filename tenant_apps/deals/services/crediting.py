"""Change who is credited on a deal from a day on: what was credited before stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, PermissionRefused, ValidationFailed
from tenant_apps.approvals.services import add_interested
from tenant_apps.deals.events import DealCreditChanged
from tenant_apps.deals.models import Deal, DealStatus, SalesCreditSplit
from tenant_apps.deals.selectors import CreditedShare, credited_shares, lock_visible_deal
from tenant_apps.deals.services.creating import check_payees
from tenant_apps.deals.services.guards import DealIsArchived
from tenant_apps.deals.terms import DAY_IS_FAR, NewSplit, check_splits, is_far
from tenant_apps.ledger.selectors import last_applied_on

if TYPE_CHECKING:
    from shared_apps.kernel.events import Actor
    from tenant_apps.accounts.models import User

HAND_OVER = "deals.hand_over"
# nothing more is collected on these
FINISHED = (DealStatus.LOST, DealStatus.CANCELLED)


class CreditIsFixed(DomainError):
    """Money that came on or after the day was credited as the shares were then."""

    code, status = "credit_is_fixed", 409
    message = "Money was credited on this deal on or after that day; choose a later day."
    field = "/valid_from"


class DealIsFinished(DomainError):
    """A lost or cancelled deal collects nothing that could be credited."""

    code, status = "deal_is_finished", 409
    message = "This deal is lost or cancelled; nothing is credited on it any more."


class CreditsThemselves(PermissionRefused):
    """Nobody gives a bigger share to themselves."""

    code = "credits_themselves"
    message = "You cannot raise your own share; somebody else must."


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCredit:
    """Who is credited from a day on, and why that changes."""

    splits: tuple[NewSplit, ...]
    valid_from: date
    reason: str


@transaction.atomic
def change_credit(*, deal_id: UUID, new: NewCredit, by: "User", at: datetime) -> Deal:
    """Credit a deal's people otherwise from a day on; records DealCreditChanged. Locks the deal.

    Money is credited by the shares of the day that it is verified on, so the day lies after the
    last money that the deal has taken. What was planned for later days is replaced.
    Raises: CreditIsFixed, CreditsThemselves, DealIsFinished, DealIsArchived, InvalidTerms,
    ValidationFailed, MakerIsChecker, Deal.DoesNotExist, PermissionRefused.
    """
    if not new.reason.strip():
        raise ValidationFailed.at("/reason", "Say why the credit changes.", code="required")
    if is_far(new.valid_from):
        raise ValidationFailed.at("/valid_from", DAY_IS_FAR)
    check_splits(new.splits)
    deal = lock_visible_deal(deal_id=deal_id, by=by, permission=HAND_OVER)
    if deal.is_archived:
        raise DealIsArchived
    if deal.status in FINISHED:
        raise DealIsFinished
    held = credited_shares(deal.pk, on=new.valid_from)
    _refuse_own_gain(held, new.splits, by=by)
    check_payees(new.splits, known={deal.owner_id})
    credit_from(deal, new, actor=by.actor, at=at)
    return deal


def credit_from(deal: Deal, new: NewCredit, *, actor: "Actor", at: datetime) -> None:
    """Write the new shares of a locked deal; records DealCreditChanged.

    Raises: CreditIsFixed, MakerIsChecker.
    """
    last = last_applied_on(deal.pk)
    if last is not None and last >= new.valid_from:
        raise CreditIsFixed
    before = _shown(credited_shares(deal.pk, on=new.valid_from))
    add_interested(context_id=deal.pk, user_ids=[split.payee_id for split in new.splits])
    _end_before(deal, new.valid_from)
    SalesCreditSplit.objects.bulk_create(_rows(deal, new))
    after = [[split.payee_id, split.share_percent] for split in new.splits]
    event = DealCreditChanged(deal_id=deal.pk, valid_from=new.valid_from)
    told: dict[str, Any] = {"before": {"splits": before}, "after": {"splits": after}}
    record(event, actor=actor, at=at, reason=new.reason.strip(), **told)


def first_free_day(deal_id: UUID, *, on: date) -> date:
    """Return the first day from `on` that credit can change on: after the last applied money."""
    last = last_applied_on(deal_id)
    return on if last is None else max(on, last + timedelta(days=1))


def _refuse_own_gain(
    held: Sequence[CreditedShare], splits: Iterable[NewSplit], *, by: "User"
) -> None:
    before = sum(each.share_percent for each in held if each.user_id == by.pk)
    after = sum(split.share_percent for split in splits if split.payee_id == by.pk)
    if after > before:
        raise CreditsThemselves


def _end_before(deal: Deal, day: date) -> None:
    """Let the shares end on the day; those that would have begun later never begin."""
    splits = SalesCreditSplit.objects.filter(deal=deal)
    splits.filter(valid_from__gte=day).delete()
    splits.filter(Q(valid_to=None) | Q(valid_to__gt=day)).update(valid_to=day)


def _rows(deal: Deal, new: NewCredit) -> list[SalesCreditSplit]:
    return [
        SalesCreditSplit(
            deal=deal,
            payee_id=split.payee_id,
            share_percent=split.share_percent,
            valid_from=new.valid_from,
        )
        for split in new.splits
    ]


def _shown(shares: Iterable[CreditedShare]) -> list[list[Any]]:
    return [[each.user_id, each.share_percent] for each in shares]
