"""Who gains by the money of a return, wherever it lies at the moment."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.organizations.selectors import local_day_of
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.approvals.selectors import deciders_of, is_party, people_on_sides
from tenant_apps.approvals.services import MakerIsChecker, add_parties, check_decider
from tenant_apps.deals.selectors import credited_people, deal_terms
from tenant_apps.payments.selectors import PaymentMoney, deals_of_payment, payment_money_of
from tenant_apps.returns.models import Return

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

MAKER, INTERESTED = "maker", "interested"
SIDES = (MAKER, INTERESTED)


def who_gains(deal_ids: Iterable[UUID], *, since: date) -> frozenset[UUID]:
    """Return the owners of deals, and who is credited on them on a day or later."""
    people: set[UUID] = set()
    for deal_id in deal_ids:
        people |= {*credited_people(deal_id, since=since), deal_terms(deal_id).owner_id}
    return frozenset(people)


def who_gains_by_payment(payment: PaymentMoney, *, at: datetime) -> frozenset[UUID]:
    """Return who gains by a payment: its money is credited by the shares of its verification."""
    verified_on = local_day_of(payment.verified_at or at)
    return who_gains(deals_of_payment(payment.id), since=verified_on)


def refuse_who_gains(asked: Return, *, checker: "User", at: datetime) -> None:
    """Refuse a checker who made the payment or gains by the money, and note who gains by it.

    Credit that went to a deal after the return was asked for is found here, under the locks of the
    deals. Raises: MakerIsChecker.
    """
    people = _check_disinterested(asked, checker=checker, at=at)
    if people:
        add_parties(object_id=asked.pk, user_ids=people, side=INTERESTED)


def check_return_decision(asked: Return, *, checker: "User", at: datetime) -> None:
    """Refuse whoever could not decide on a return now, before they try.

    Raises: AlreadyDecided, MakerIsChecker, ApprovalsBlocked, NotADecider.
    """
    _check_disinterested(asked, checker=checker, at=at)
    check_decider(subject_id=asked.pk, actor=checker)


def people_to_decide(asked: Return, *, at: datetime) -> list["User"]:
    """Return who can decide on a return next, by name; nobody: invite somebody.

    As with payments, a permission that is narrower than the organization counts in full here.
    """
    deciders = set(deciders_of(asked.pk)) - _who_gains_by(asked, at=at)
    if asked.payment_id is not None:
        deciders -= people_on_sides(object_id=asked.payment_id, sides=SIDES)
    people = people_by_id(deciders)
    return sorted(people.values(), key=lambda person: (person.full_name, person.pk))


def _check_disinterested(asked: Return, *, checker: "User", at: datetime) -> frozenset[UUID]:
    """Return who gains by the money, unless the checker does or made the payment."""
    people = _who_gains_by(asked, at=at)
    if checker.pk in people or _stands_beside(asked.payment_id, checker):
        raise MakerIsChecker
    return people


def _who_gains_by(asked: Return, *, at: datetime) -> frozenset[UUID]:
    if asked.payment_id is not None:
        return who_gains_by_payment(payment_money_of(asked.payment_id), at=at)
    return who_gains([asked.deal_id] if asked.deal_id else [], since=local_day_of(at))


def _stands_beside(payment_id: UUID | None, checker: "User") -> bool:
    """Return whether the person wrote or changed the payment, or gained by it when it came."""
    return payment_id is not None and is_party(
        object_id=payment_id, user_id=checker.pk, sides=SIDES
    )
