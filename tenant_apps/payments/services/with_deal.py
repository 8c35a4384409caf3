"""Make a deal and its first payment together, or neither."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import DomainError, FieldProblem, Gathering, ValidationFailed
from tenant_apps.access.scopes import scope_of
from tenant_apps.deals.services import NewDeal, check_new_deal, enter
from tenant_apps.payments.services.inputs import NewPayment
from tenant_apps.payments.services.submit import submit_payment
from tenant_apps.payments.services.writing import check_new

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


@dataclass(frozen=True)
class Made:
    """What was made: a deal, and its first payment if there was one."""

    deal_id: UUID
    payment_id: UUID | None


@transaction.atomic
def create_deal_with_payment(
    *,
    deal: NewDeal,
    payment: NewPayment | None,
    by: "User",
    at: datetime,
    so_far: Gathering | None = None,
) -> Made:
    """Create a deal, and submit its first payment when there is one; an error undoes both.

    The payment belongs to the new deal and its client, whatever it names; what is wrong with it is
    reported below /payment. What was found wrong before, `so_far`, is said with all that is wrong
    here; nothing is done.
    Raises: PermissionRefused, and whatever check_new_deal and submit_payment raise.
    """
    if payment is not None:
        scope_of(by, "payments.submit")
    together = so_far or Gathering()
    with together.part():
        checked = check_new_deal(new=deal, by=by, at=at)
    if payment is not None and together.has_found:
        with together.part("/payment"):
            _look_ahead(replace(payment, client=deal.client, deal=None, fx=None), by=by, at=at)
    together.refuse()
    made = enter(deal, checked, by=by, at=at)
    if payment is None:
        return Made(made.pk, None)
    first = replace(payment, client=made.client_id, deal=made.pk)
    try:
        return Made(made.pk, submit_payment(new=first, by=by, at=at).pk)
    except DomainError as error:
        raise error.below("/payment") from None


def _look_ahead(payment: NewPayment, *, by: "User", at: datetime) -> None:
    """Refuse the payment of a deal that is not made now for whatever it would be refused for.

    What is wrong with its client the deal says.
    """
    together = Gathering([FieldProblem("/client", "", "")])
    try:
        check_new(payment, by=by, at=at, is_handed_in=True, so_far=together)
    except ValidationFailed as refusal:
        refusal.problems = tuple(each for each in refusal.problems if each.field != "/client")
        if refusal.problems:
            raise
