"""Give up remainders that are not worth a letter."""

from datetime import datetime
from uuid import UUID

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import organization_settings
from shared_apps.tenancy.context import current_tenant
from tenant_apps.deals.events import RemainderWrittenOff
from tenant_apps.ledger.selectors import outstanding_of_deal


def write_off_remainder(*, deal_id: UUID, currency: str, at: datetime) -> None:
    """Give up what is left to pay of a deal when it is within the organization's tolerance.

    The tolerance is in the organization's currency and counts for deals in it. Runs under the
    deal's lock after money was applied; records RemainderWrittenOff.
    """
    tolerance = organization_settings().write_off_tolerance
    if not tolerance or currency != current_tenant().currency:
        return
    owed = outstanding_of_deal(deal_id, currency)
    if Money.zero(currency) < owed <= Money.rounded(tolerance, currency):
        event = RemainderWrittenOff(deal_id=deal_id)
        record(event, actor=Actor.system("tolerance"), at=at, after={"amount": str(owed)})
