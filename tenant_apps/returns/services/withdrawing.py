"""Take a return back before anybody has decided on it."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from tenant_apps.approvals.services import RequestStatus, close_request
from tenant_apps.returns.events import ReturnWithdrawn
from tenant_apps.returns.models import Return, Status
from tenant_apps.returns.services.deciding import ReturnAlreadyDecided
from tenant_apps.returns.services.settling import lock_return, move_return

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class NotTheRequester(DomainError):
    """Only whoever asked for a return takes it back."""

    code, status = "not_the_requester", 403
    message = "Only the person who asked for this can take it back."


@transaction.atomic
def withdraw_return(*, return_id: UUID, by: "User", at: datetime) -> Return:
    """Take back what one has asked for, while it waits. Locks its deal, then its row.

    Approvals of a policy that asks for more people are void. Records ReturnWithdrawn; no money
    moves.
    Raises: ReturnAlreadyDecided, NotTheRequester, Return.DoesNotExist.
    """
    asked = lock_return(return_id)
    check_withdrawal(asked, by=by)
    before = {"status": asked.status}
    close_request(subject_id=asked.pk, status=RequestStatus.WITHDRAWN, at=at)
    move_return(asked, Status.WITHDRAWN, by_id=by.pk, at=at)
    event = ReturnWithdrawn(return_id=asked.pk, kind=asked.kind)
    record(event, actor=by.actor, at=at, before=before, after={"status": asked.status})
    return asked


def check_withdrawal(asked: Return, *, by: "User") -> None:
    """Refuse what taking a return back would refuse this person.

    Raises: ReturnAlreadyDecided, NotTheRequester.
    """
    if not asked.is_requested:
        raise ReturnAlreadyDecided("This was decided or taken back before.")
    if asked.requested_by_id != by.pk:
        raise NotTheRequester
