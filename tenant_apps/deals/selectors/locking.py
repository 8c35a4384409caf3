"""Deals locked for changing: the first lock of every movement of money."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.kernel.errors import PermissionRefused
from tenant_apps.deals.models import Deal
from tenant_apps.deals.selectors.lists import EDIT, visible_deals

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


def lock_deal(deal_id: UUID) -> Deal:
    """Return a deal as it is under its lock.

    Raises: Deal.DoesNotExist.
    """
    return _locked(Deal.objects.all()).get(pk=deal_id)


def lock_visible_deal(*, deal_id: UUID, by: "User", permission: str = EDIT) -> Deal:
    """Return a deal for changing it, locked.

    Raises: Deal.DoesNotExist when the person may not see it, PermissionRefused when only see.
    """
    deal = _locked(visible_deals(by, permission)).filter(pk=deal_id).first()
    if deal is not None:
        return deal
    if visible_deals(by).filter(pk=deal_id).exists():
        raise PermissionRefused
    raise Deal.DoesNotExist


def _locked(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """Lock without a join: after a wait PostgreSQL re-reads the locked row only, so a deal that
    got a new version meanwhile would no longer match its joined version and be missed.
    """
    return deals.select_for_update(no_key=True, of=("self",))
