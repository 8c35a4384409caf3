"""Reads of discounts that were asked for: whoever sees the deal sees them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import organization_settings
from tenant_apps.access.scopes import scope_of
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.approvals.selectors import deciders_of
from tenant_apps.deals.models import Deal, DiscountRequest, DiscountStatus
from tenant_apps.deals.selectors.lists import VIEW, visible_deal_ids

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

APPROVE_DISCOUNT = "discounts.approve"


def list_discount_requests(
    *, viewer: "User", status: str | None = None, deal_id: UUID | None = None
) -> QuerySet[DiscountRequest]:
    """Return the requests about deals that the viewer may see, the newest first.

    Raises: PermissionRefused.
    """
    requests = DiscountRequest.objects.filter(deal__in=visible_deal_ids(viewer, VIEW))
    if status is not None:
        requests = requests.filter(status=status)
    if deal_id is not None:
        requests = requests.filter(deal_id=deal_id)
    return requests.select_related("deal").order_by("-created_at", "-pk")


def get_discount_request(
    *, request_id: UUID, viewer: "User", permission: str = VIEW
) -> DiscountRequest:
    """Return one request within the scope of the permission.

    Raises: DiscountRequest.DoesNotExist, PermissionRefused.
    """
    requests = DiscountRequest.objects.filter(deal__in=visible_deal_ids(viewer, permission))
    return requests.select_related("deal").get(pk=request_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscountStanding:
    """The highest discount of a deal's present terms, and what was asked for them last."""

    discount_percent: Decimal
    limit_percent: Decimal
    request: DiscountRequest | None

    @property
    def is_missing(self) -> bool:
        """Return whether the discount is above the limit and nobody has approved it."""
        is_approved = self.request is not None and self.request.status == DiscountStatus.APPROVED
        return self.discount_percent > self.limit_percent and not is_approved


def discount_standing(deal: Deal) -> DiscountStanding:
    """Return how the discount of a deal's current version stands."""
    version = deal.current_version
    discounts = version.lines.values_list("discount_percent", flat=True)
    requests = deal.discount_requests.filter(content_hash=version.content_hash)
    return DiscountStanding(
        discount_percent=max(discounts, default=Decimal(0)),
        limit_percent=organization_settings().discount_limit_percent,
        request=requests.order_by("-created_at", "-pk").first(),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscountFacts:
    """What those who are told of a request need to know."""

    deal_code: str
    deal_name: str
    discount: str
    total: Money
    requested_by_id: UUID
    decider_ids: tuple[UUID, ...]


def discount_facts(request_id: UUID) -> DiscountFacts:
    """Return the facts of one request, whoever asks, and who can decide on it now.

    Raises: DiscountRequest.DoesNotExist.
    """
    found = DiscountRequest.objects.select_related("deal").get(pk=request_id)
    people = people_by_id(deciders_of(request_id))
    deciders = (
        each.pk
        for each in people.values()
        if scope_of(each, APPROVE_DISCOUNT).covers(found.deal.owner_id)
    )
    return DiscountFacts(
        deal_code=found.deal.code,
        deal_name=found.deal.name,
        discount=f"{found.discount_percent.normalize():f} %",
        total=money_of(found.total, found.currency),
        requested_by_id=found.requested_by_id,
        decider_ids=tuple(sorted(deciders)),
    )
