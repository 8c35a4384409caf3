"""Write notes into a deal's history."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.wording import worded
from tenant_apps.deals.events import DealNoted
from tenant_apps.deals.selectors import get_deal

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

LONGEST_NOTE = 2000


@transaction.atomic
def note_deal(*, deal_id: UUID, text: str, by: "User", at: datetime) -> None:
    """Write a note into the history of a deal that the person may edit. Records DealNoted.

    Raises: Deal.DoesNotExist, PermissionRefused, ValidationFailed.
    """
    note = text.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise ValidationFailed.at(
            "/text", worded("Write 1 to %(most)s characters.", most=LONGEST_NOTE)
        )
    deal = get_deal(reference=deal_id, viewer=by, permission="deals.edit")
    record(DealNoted(deal_id=deal.pk, text=note), actor=by.actor, at=at)
