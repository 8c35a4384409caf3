"""What happens to a client's returns when the client is merged into another."""

from uuid import UUID

from django.db.models import F

from tenant_apps.returns.models import Return


def move_returns(*, client_id: UUID, duplicate_id: UUID) -> None:
    """Give a duplicate's returns to the client that takes over, whatever state they are in.

    Runs after the deals and payments that they are about have moved, under their locks.
    """
    locked = Return.objects.select_for_update(no_key=True, of=("self",))
    ids = list(locked.filter(client_id=duplicate_id).order_by("pk").values_list("pk", flat=True))
    Return.objects.filter(pk__in=ids).update(client_id=client_id, version=F("version") + 1)
