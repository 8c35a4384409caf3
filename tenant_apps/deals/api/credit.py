"""Who is credited on a deal, over HTTP: the shares of all days, and a change from a day on."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.organizations.selectors import local_day_of
from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.deals import selectors, services
from tenant_apps.deals.api.examples import DEAL_DETAIL, DEAL_REQUEST
from tenant_apps.deals.api.outputs import DealDetailOut, SplitOut
from tenant_apps.deals.api.serializers import CreditIn, as_new_credit
from tenant_apps.deals.models import Deal

SPLIT: dict[str, Any] = DEAL_DETAIL["splits"][0]


class CreditViewSet(ApiViewSet):
    """The shares of a deal."""

    permissions: ClassVar = {"list": selectors.VIEW, "create": services.HAND_OVER}

    @documented(response=SplitOut, many=True, example=SPLIT)
    def list(self, request: Request, reference: str) -> Response:
        """List who is credited on which days, the earliest first."""
        deal = self._find(reference)
        return self.page(selectors.list_splits(deal_id=deal.pk), SplitOut)

    @documented(
        request=CreditIn,
        response=DealDetailOut,
        status=201,
        request_example={
            "splits": DEAL_REQUEST["splits"],
            "valid_from": "2026-04-01",
            "reason": "Suki takes over the support",
        },
        example=DEAL_DETAIL,
    )
    def create(self, request: Request, reference: str) -> Response:
        """Credit otherwise from a day on; what was credited before stays."""
        deal = self._find(reference)
        new = as_new_credit(self.read(CreditIn))
        services.change_credit(deal_id=deal.pk, new=new, by=self.viewer, at=self.at)
        changed = selectors.get_deal_detail(
            reference=deal.pk, viewer=self.viewer, today=local_day_of(self.at)
        )
        return self.one(changed, DealDetailOut, status=201)

    def _find(self, reference: str) -> Deal:
        return selectors.get_deal(reference=parse_reference(reference), viewer=self.viewer)
