"""What commission does when something happens elsewhere."""

from shared_apps.kernel.events import Occurrence, reaction
from tenant_apps.commissions.services import accrue_commission
from tenant_apps.payments.events import PaymentApplied


@reaction("commissions.accrue")
def accrue(event: PaymentApplied, occurrence: Occurrence) -> None:
    """Pay commission on what a payment collected."""
    accrue_commission(applied=event, occurrence=occurrence)
