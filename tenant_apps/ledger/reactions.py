"""What the ledger does when something happens elsewhere."""

from shared_apps.kernel.events import Event, Occurrence, reaction
from shared_apps.organizations.events import OrganizationChanged
from tenant_apps.ledger import services


@reaction("ledger.seed_accounts")
def seed_accounts(event: Event, occurrence: Occurrence) -> None:
    """Give a new organization its chart of accounts."""
    services.seed_accounts()


@reaction("ledger.refuse_other_currency")
def refuse_other_currency(event: OrganizationChanged, occurrence: Occurrence) -> None:
    """Keep the currency that money was posted in. Raises: CurrencyLocked."""
    if "currency" in event.changed:
        services.refuse_once_posted()
