"""What the ledger does when something happens elsewhere."""

from shared_apps.kernel.events import Event, Occurrence, reaction
from tenant_apps.ledger import services


@reaction("ledger.seed_accounts")
def seed_accounts(event: Event, occurrence: Occurrence) -> None:
    """Give a new organization its chart of accounts."""
    services.seed_accounts()
