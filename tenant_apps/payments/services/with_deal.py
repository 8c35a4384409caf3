"""Make a deal and its first payment together, or neither."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import DomainError, Gathering
from tenant_apps.access.scopes import scope_of
from tenant_apps.deals.services import NewDeal, create_deal
from tenant_apps.payments.services.checks import check_alone
from tenant_apps.payments.services.inputs import NewPayment
from tenant_apps.payments.services.submit import submit_payment

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


@dataclass(frozen=True)
class Made:
    """What was made: a deal, and its first payment if there was one."""

    deal_id: UUID
    payment_id: UUID | None


@transaction.atomic
def create_deal_with_payment(
    *, deal: NewDeal, payment: NewPayment | None, by: "User", at: datetime
) -> Made:
    """Create a deal, and submit its first payment when there is one; an error undoes both.

    The payment belongs to the new deal and its client, whatever it names; what is wrong with it is
    reported below /payment.
    Raises: PermissionRefused, and whatever create_deal and submit_payment raise.
    """
    if payment is not None:
        scope_of(by, "payments.submit")
    together = Gathering()
    with together.part("/payment"):
        if payment is not None:
            check_alone(payment, at=at, proofs=len(payment.proofs) + len(payment.uploads))
    with together.part():
        made = create_deal(new=deal, by=by, at=at)
    together.refuse()
    if payment is None:
        return Made(made.pk, None)
    first = replace(payment, client=made.client_id, deal=made.pk)
    try:
        return Made(made.pk, submit_payment(new=first, by=by, at=at).pk)
    except DomainError as error:
        raise error.below("/payment") from None
