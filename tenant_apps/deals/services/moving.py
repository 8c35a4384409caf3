"""Move a deal through its states; each move is one event with the state before and after."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from tenant_apps.deals.events import (
    DealArchived,
    DealCancelled,
    DealLost,
    DealRecovered,
    DealReopened,
    DealSubmitted,
    DealWon,
    DealWrittenOff,
)
from tenant_apps.deals.models import Deal, DealStatus
from tenant_apps.deals.selectors import lock_deal, lock_visible_deal
from tenant_apps.deals.services.discounting import check_held_discount, withdraw_discount
from tenant_apps.deals.services.guards import (
    DealIsArchived,
    lock_deal_in_use,
    refuse_held_money,
    refuse_review,
    refuse_taken_money,
    refuse_won_ahead,
)
from tenant_apps.deals.terms import InvalidTerms
from tenant_apps.ledger.selectors import outstanding_of_deal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared_apps.kernel.events import Actor, Event
    from tenant_apps.accounts.models import User


class DealNotDraft(DomainError):
    """Only a draft can be handed in or put away."""

    code, status = "deal_not_draft", 409
    message = "The deal is not a draft any more."


class DealNotOpen(DomainError):
    """Only an open deal can be won, lost or changed freely."""

    code, status = "deal_not_open", 409
    message = "The deal is not open."


class DealNotWon(DomainError):
    """Only a won deal can be amended or cancelled."""

    code, status = "deal_not_won", 409
    message = "The deal is not won."


class DealNotClosed(DomainError):
    """Only a lost or won deal can be opened again."""

    code, status = "deal_not_closed", 409
    message = "Only a lost or won deal can be reopened."


class DealNotBadDebt(DomainError):
    """Only a deal that was written off can be recovered."""

    code, status = "deal_not_bad_debt", 409
    message = "Only a deal that was written off can be recovered."


class NothingOwed(DomainError):
    """There is nothing to write off."""

    code, status = "nothing_owed", 409
    message = "Nothing is owed on this deal."


@transaction.atomic
def submit_deal(*, deal_id: UUID, by: "User", at: datetime) -> Deal:
    """Hand in a draft with lines; records DealSubmitted. Locks the deal.

    Splits total 100 % and instalments the price from the moment they are written.
    Raises: DealNotDraft, DealIsArchived, InvalidTerms, Deal.DoesNotExist, PermissionRefused.
    """
    deal = lock_deal_in_use(deal_id=deal_id, by=by)
    _check_submission(deal)
    return _moved(deal, DealStatus.OPEN, DealSubmitted(deal_id=deal.pk), by=by.actor, at=at)


@transaction.atomic
def win_deal(*, deal_id: UUID, by: "User", at: datetime) -> Deal:
    """Win an open deal; records DealWon. Locks the deal.

    Raises: DealNotOpen, DiscountNeedsApproval, ValidationFailed for a day to come,
    Deal.DoesNotExist, PermissionRefused.
    """
    deal = lock_deal_in_use(deal_id=deal_id, by=by)
    _check_win(deal, by=by, at=at)
    deal.won_at = at
    won = DealWon(deal_id=deal.pk, version_id=deal.current_version_id)
    return _moved(deal, DealStatus.WON, won, by=by.actor, at=at)


@transaction.atomic
def lose_deal(*, deal_id: UUID, reason: str, by: "User", at: datetime) -> Deal:
    """Lose an open deal on which no money lies; records DealLost. Locks the deal.

    Raises: DealNotOpen, DealHoldsMoney, ValidationFailed without a reason, Deal.DoesNotExist,
    PermissionRefused.
    """
    if not reason.strip():
        raise ValidationFailed.at("/reason", "Say why the deal is lost.")
    deal = lock_deal_in_use(deal_id=deal_id, by=by)
    _check_loss(deal)
    withdraw_discount(deal, reason="The deal is lost.", actor=by.actor, at=at)
    deal.lost_reason = reason.strip()
    lost = DealLost(deal_id=deal.pk, reason=deal.lost_reason)
    return _moved(deal, DealStatus.LOST, lost, by=by.actor, at=at, reason=deal.lost_reason)


@transaction.atomic
def reopen_deal(*, deal_id: UUID, by: "User", at: datetime) -> Deal:
    """Open a lost deal, or a won one without verified money; records DealReopened. Locks the deal.

    Invoices lie above deals: whoever issued one objects by an atomic reaction to DealReopened,
    which undoes everything.
    Raises: DealNotClosed, DealHoldsMoney, Deal.DoesNotExist, PermissionRefused.
    """
    deal = lock_deal_in_use(deal_id=deal_id, by=by)
    _check_reopening(deal)
    deal.won_at, deal.lost_reason = None, ""
    return _moved(deal, DealStatus.OPEN, DealReopened(deal_id=deal.pk), by=by.actor, at=at)


@transaction.atomic
def cancel_deal(*, deal_id: UUID, reason: str, by: "User", at: datetime) -> Deal:
    """Call a won deal off once its money is returned or credited and nothing is in review.

    Money that came for it and that no deal has taken is the client's credit, and stays that. Locks
    the deal; records DealCancelled. Whoever holds an uncredited invoice objects by an atomic
    reaction, as in reopen_deal.
    Raises: DealNotWon, DealHoldsMoney, DealInReview, ValidationFailed without a reason,
    Deal.DoesNotExist, PermissionRefused.
    """
    if not reason.strip():
        raise ValidationFailed.at("/reason", "Say why the deal is cancelled.")
    deal = lock_deal_in_use(deal_id=deal_id, by=by)
    _check_cancellation(deal)
    withdraw_discount(deal, reason="The deal is cancelled.", actor=by.actor, at=at)
    cancelled = DealCancelled(deal_id=deal.pk)
    return _moved(deal, DealStatus.CANCELLED, cancelled, by=by.actor, at=at, reason=reason.strip())


@transaction.atomic(savepoint=False)
def write_off_deal(*, deal_id: UUID, reason: str, actor: "Actor", at: datetime) -> Deal:
    """Give up what is owed on a won deal; records DealWrittenOff. Locks the deal.

    Raises: DealNotWon, DealInReview, NothingOwed, Deal.DoesNotExist.
    """
    deal = lock_deal(deal_id)
    if not deal.is_won:
        raise DealNotWon
    refuse_review(deal)
    if outstanding_of_deal(deal_id, deal.current_version.currency).amount <= 0:
        raise NothingOwed
    event = DealWrittenOff(deal_id=deal.pk)
    return _moved(deal, DealStatus.BAD_DEBT, event, by=actor, at=at, reason=reason)


@transaction.atomic(savepoint=False)
def recover_deal(*, deal_id: UUID, reason: str, actor: "Actor", at: datetime) -> Deal:
    """Expect a written-off deal's money again; records DealRecovered. Locks the deal.

    Raises: DealNotBadDebt, Deal.DoesNotExist.
    """
    deal = lock_deal(deal_id)
    if deal.status != DealStatus.BAD_DEBT:
        raise DealNotBadDebt
    event = DealRecovered(deal_id=deal.pk)
    return _moved(deal, DealStatus.WON, event, by=actor, at=at, reason=reason)


@transaction.atomic
def archive_deal(*, deal_id: UUID, by: "User", at: datetime) -> None:
    """Put a draft without money away; records DealArchived once. Locks the deal.

    Raises: DealNotDraft, DealHoldsMoney, DealInReview, Deal.DoesNotExist, PermissionRefused.
    """
    deal = lock_visible_deal(deal_id=deal_id, by=by)
    if deal.is_draft and deal.is_archived:
        return
    _check_putting_away(deal)
    withdraw_discount(deal, reason="The deal is put away.", actor=by.actor, at=at)
    deal.archived_at = at
    deal.save(update_fields=["archived_at", *deal.mark_changed(by_id=by.pk, at=at)])
    record(DealArchived(deal_id=deal.pk), actor=by.actor, at=at)


def check_move(deal: Deal, move: str, *, by: "User", at: datetime) -> None:
    """Refuse what a move ("submit", "win", "lose", "reopen", "cancel", "archive") would refuse now.

    Asked before the person is asked whether it is meant; the move asks the same under the lock.
    Raises: DealIsArchived, and what the move raises about the deal itself.
    """
    if deal.is_archived:
        raise DealIsArchived
    if move == "win":
        _check_win(deal, by=by, at=at)
    else:
        _CHECKS[move](deal)


def _check_submission(deal: Deal) -> None:
    if not deal.is_draft:
        raise DealNotDraft
    if not deal.current_version.lines.exists():
        raise InvalidTerms.at("/lines", "A deal that is handed in has at least one line.")


def _check_win(deal: Deal, *, by: "User", at: datetime) -> None:
    if not deal.is_open:
        raise DealNotOpen
    refuse_won_ahead(deal.deal_on, at=at)
    check_held_discount(deal, by=by, at=at)


def _check_loss(deal: Deal) -> None:
    if not deal.is_open:
        raise DealNotOpen
    refuse_held_money(deal)


def _check_reopening(deal: Deal) -> None:
    if deal.status not in {DealStatus.LOST, DealStatus.WON}:
        raise DealNotClosed
    if deal.is_won:
        refuse_held_money(deal)


def _check_cancellation(deal: Deal) -> None:
    if not deal.is_won:
        raise DealNotWon
    refuse_taken_money(deal)
    refuse_review(deal)


def _check_putting_away(deal: Deal) -> None:
    if not deal.is_draft:
        raise DealNotDraft("Only a draft can be put away; lose or cancel the deal instead.")
    refuse_held_money(deal)
    refuse_review(deal)


_CHECKS: "Mapping[str, Callable[[Deal], None]]" = {
    "submit": _check_submission,
    "lose": _check_loss,
    "reopen": _check_reopening,
    "cancel": _check_cancellation,
    "archive": _check_putting_away,
}


def _moved(
    deal: Deal, status: DealStatus, event: "Event", *, by: "Actor", at: datetime, reason: str = ""
) -> Deal:
    before = {"status": deal.status}
    deal.status = status
    changed = deal.mark_changed(by_id=by.user_id, at=at)
    deal.save(update_fields=["status", "won_at", "lost_reason", *changed])
    record(event, actor=by, at=at, before=before, after={"status": status}, reason=reason)
    return deal
