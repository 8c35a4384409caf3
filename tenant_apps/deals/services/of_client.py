"""What happens to a client's deals when the client is merged or anonymised."""

from uuid import UUID

from django.db.models import F

from shared_apps.kernel.errors import DomainError
from tenant_apps.deals.models import Deal, DealStatus

UNFINISHED = (DealStatus.DRAFT, DealStatus.OPEN)


class ClientHasOpenDeals(DomainError):
    """Deals of the client are still being worked on."""

    code, status = "client_has_open_deals", 409
    message = "Deals with this client are open; win, lose or hand them over first."


def move_deals(*, client_id: UUID, duplicate_id: UUID) -> None:
    """Give a duplicate's deals to the client that takes over. Locks them by id."""
    locked = Deal.objects.select_for_update(no_key=True, of=("self",))
    ids = list(locked.filter(client_id=duplicate_id).order_by("pk").values_list("pk", flat=True))
    Deal.objects.filter(pk__in=ids).update(client_id=client_id, version=F("version") + 1)


def refuse_unfinished_deals(*, client_id: UUID) -> None:
    """Refuse while deals with the client are open. Raises: ClientHasOpenDeals."""
    deals = Deal.objects.filter(client_id=client_id, status__in=UNFINISHED, archived_at=None)
    if deals.exists():
        raise ClientHasOpenDeals
