"""What every change of a deal respects: an archived deal rests, and money holds a deal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared_apps.kernel.errors import DomainError, FieldProblem, ValidationFailed
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.approvals.selectors import pending_about
from tenant_apps.deals.models import Deal
from tenant_apps.deals.selectors import lock_visible_deal
from tenant_apps.deals.terms import DAY_IS_FAR, is_far
from tenant_apps.ledger.selectors import applied_to_deal, holds_cash

if TYPE_CHECKING:
    from datetime import date, datetime

    from tenant_apps.accounts.models import User


DISCOUNT = "deals.discount"


class DealIsArchived(DomainError):
    """The deal was put away."""

    code, status = "deal_archived", 409
    message = "The deal is archived; enter a new one."


class DealHoldsMoney(DomainError):
    """Verified money lies on the deal."""

    code, status = "deal_holds_money", 409
    message = "Verified money lies on the deal; return or credit it first."


class DealInReview(DomainError):
    """A payment of the deal waits for a decision."""

    code, status = "deal_in_review", 409
    message = "A payment of this deal is in review; have it decided first."


class DealHasMoney(DomainError):
    """Money in the deal's currency is in review or has been received."""

    code, status = "deal_has_money", 409
    message = "The currency stays: a payment of this deal is in review or has been verified."
    field = "/currency"


def lock_deal_in_use(*, deal_id: UUID, by: "User") -> Deal:
    """Return a deal that is not archived for changing it, locked.

    Raises: DealIsArchived, Deal.DoesNotExist, PermissionRefused.
    """
    deal = lock_visible_deal(deal_id=deal_id, by=by)
    if deal.is_archived:
        raise DealIsArchived
    return deal


def refuse_held_money(deal: Deal) -> None:
    """Refuse while verified money of the deal is held, applied or not. Raises: DealHoldsMoney."""
    if _holds_money(deal):
        raise DealHoldsMoney


def refuse_taken_money(deal: Deal) -> None:
    """Refuse while the deal has taken money; the client's credit is nobody's loss.

    Raises: DealHoldsMoney.
    """
    if applied_to_deal(deal.pk, deal.current_version.currency):
        raise DealHoldsMoney


def refuse_review(deal: Deal) -> None:
    """Refuse while a payment of the deal waits for a decision. Raises: DealInReview."""
    if _is_in_review(deal):
        raise DealInReview


def refuse_other_currency(deal: Deal, currency: str) -> None:
    """Refuse another currency under money that is in review or verified. Raises: DealHasMoney.

    Needs the deal's lock: whoever submits or decides a payment of the deal takes it first.
    """
    if currency == deal.current_version.currency:
        return
    if _is_in_review(deal) or _holds_money(deal):
        raise DealHasMoney


def _is_in_review(deal: Deal) -> bool:
    """Return whether money of the deal waits for a decision; a discount that does holds nothing."""
    return bool(pending_about(deal.pk, but=DISCOUNT))


def check_days(header: Mapping[str, Any]) -> None:
    """Refuse days that no deal of ours has. Raises: ValidationFailed."""
    days = {name: header.get(name) for name in ("deal_on", "expected_close_on")}
    far = [name for name, day in days.items() if day is not None and is_far(day)]
    if far:
        problems = [FieldProblem(f"/{name}", "invalid", DAY_IS_FAR) for name in far]
        raise ValidationFailed(problems=problems)


def refuse_won_ahead(deal_on: "date", *, at: "datetime") -> None:
    """Refuse to win a deal that is dated after today. Raises: ValidationFailed."""
    if deal_on > local_day_of(at):
        raise ValidationFailed.at(
            "/deal_on",
            worded("The deal is dated %(day)s; a won deal is dated today or earlier.", day=deal_on),
        )


def _holds_money(deal: Deal) -> bool:
    currency = deal.current_version.currency
    return bool(applied_to_deal(deal.pk, currency)) or holds_cash(deal.pk)
