"""What happens to a client's invoices when the client is merged into another."""

from uuid import UUID

from tenant_apps.invoices.models import Invoice


def move_invoices(*, client_id: UUID, duplicate_id: UUID) -> None:
    """List a duplicate's invoices under the client that takes over.

    The papers stay as they are: whom they were made out to is in their snapshot.
    """
    Invoice.objects.filter(client_id=duplicate_id).update(client_id=client_id)
