"""Expect written-off money again: asked for by one person, decided by another."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.deals.selectors import deal_terms
from tenant_apps.deals.services import recover_deal
from tenant_apps.ledger.selectors import AccountCode, balance_of
from tenant_apps.returns.events import WriteOffRecovered
from tenant_apps.returns.models import Kind, Return, Status
from tenant_apps.returns.services.gaining import who_gains
from tenant_apps.returns.services.requesting import (
    About,
    NewReturn,
    RequesterIsInterested,
    check_reason,
    open_return,
)
from tenant_apps.returns.services.settling import lock_return, move_return

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


ALL_CREDITED = "Credit notes took back all that was lost."


class WriteOffNotPosted(DomainError):
    """Only what was written off can be recovered."""

    code, status = "write_off_not_posted", 409
    message = "Only an approved write-off can be recovered, once."


@transaction.atomic
def request_recovery(*, write_off_id: UUID, reason: str, by: "User", at: datetime) -> Return:
    """Ask for written-off money to be expected again. Locks deal and write-off.

    Its amount is what of the deal stands as bad debt now. Whoever gains by the deal does not ask.
    Records ReturnRequested.
    Raises: WriteOffNotPosted, RequesterIsInterested, ReturnAlreadyRequested, ValidationFailed,
    NoPolicyFits, Return.DoesNotExist.
    """
    check_reason(reason)
    posted = lock_return(write_off_id)
    interested = check_recovery(posted, by=by, at=at)
    deal_id = _deal_of(posted)
    about = About(
        payment_id=None,
        deal_id=deal_id,
        client_id=deal_terms(deal_id).client_id,
        money=_given_up(posted),
        interested=interested,
        write_off_id=posted.pk,
    )
    return open_return(NewReturn(kind=Kind.RECOVERY, reason=reason), about, by=by, at=at)


def check_recovery(posted: Return, *, by: "User", at: datetime) -> frozenset[UUID]:
    """Return who gains by what was written off, where a person may ask to expect it again.

    Raises: WriteOffNotPosted, RequesterIsInterested.
    """
    _refuse_unposted(posted)
    interested = who_gains([_deal_of(posted)], since=local_day_of(at))
    if by.pk in interested:
        raise RequesterIsInterested
    return interested


def recover(asked: Return, *, checker: "User", at: datetime) -> None:
    """Expect the money of an approved recovery again: the deal is won and owed as before.

    Locks the write-off; records WriteOffRecovered and DealRecovered. Raises: WriteOffNotPosted.
    """
    if asked.write_off_id is None:
        raise TypeError(f"{asked} is about no write-off.")
    posted = lock_return(asked.write_off_id)
    _refuse_unposted(posted)
    move_return(posted, Status.RECOVERED, by_id=checker.pk, at=at)
    recovered = WriteOffRecovered(return_id=posted.pk, kind=posted.kind)
    record(recovered, actor=checker.actor, at=at, reason=asked.reason)
    recover_deal(deal_id=_deal_of(posted), reason=asked.reason, actor=checker.actor, at=at)


@transaction.atomic(savepoint=False)
def end_bad_debt(*, deal_id: UUID, actor: Actor, at: datetime) -> None:
    """Call a written-off deal won again once credit notes took back all that was lost of it.

    Nothing was lost then: what is left of the price was paid. Does nothing while a loss stands.
    Runs under the deal's lock; records WriteOffRecovered and DealRecovered.
    """
    terms = deal_terms(deal_id)
    lost = balance_of(AccountCode.BAD_DEBT, currency=terms.currency, deal_id=deal_id)
    if terms.status != "bad_debt" or lost.amount > 0:
        return
    given_up = Return.objects.select_for_update(no_key=True, of=("self",)).filter(
        deal_id=deal_id, kind=Kind.WRITE_OFF, status=Status.APPROVED
    )
    for posted in given_up.order_by("pk"):
        move_return(posted, Status.RECOVERED, by_id=actor.user_id, at=at)
        recovered = WriteOffRecovered(return_id=posted.pk, kind=posted.kind)
        record(recovered, actor=actor, at=at, reason=ALL_CREDITED)
    recover_deal(deal_id=deal_id, reason=ALL_CREDITED, actor=actor, at=at)


def _refuse_unposted(posted: Return) -> None:
    if posted.status == Status.RECOVERED:
        raise WriteOffNotPosted("This write-off has been recovered already.")
    if not posted.is_posted_write_off:
        raise WriteOffNotPosted


def _given_up(posted: Return) -> Money:
    """Return what stands as lost; after credit notes of all of it, what was written off once."""
    standing = balance_of(AccountCode.BAD_DEBT, currency=posted.currency, deal_id=posted.deal_id)
    return standing if standing.amount > 0 else posted.money


def _deal_of(posted: Return) -> UUID:
    if posted.deal_id is None:
        raise TypeError(f"{posted} is about no deal.")
    return posted.deal_id
