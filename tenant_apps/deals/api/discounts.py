"""Discounts above the limit over HTTP: asked for, approved, refused."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import (
    InputSerializer,
    OutputSerializer,
    QuerySerializer,
    RateField,
)
from shared_apps.web.views import ApiViewSet, parse_id, parse_reference
from tenant_apps.clients.api.fields import ClientNameOut
from tenant_apps.deals import selectors, services
from tenant_apps.deals.api.examples import DEAL, HASH, SAM
from tenant_apps.deals.api.outputs import AmountOut
from tenant_apps.deals.api.serializers import TermsIn, as_term_changes
from tenant_apps.deals.models import DiscountStatus
from tenant_apps.deals.selectors import APPROVE_DISCOUNT

EXAMPLE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000040",
    "deal": {key: DEAL[key] for key in ("id", "code", "name")},
    "status": "requested",
    "version_number": 1,
    "content_hash": HASH,
    "discount_percent": "20",
    "limit_percent": "15",
    "total": {"amount": "800.00", "currency": "USD"},
    "proposal": None,
    "reason": "They sign for two years",
    "requested_by_id": SAM["id"],
    "decided_by_id": None,
    "decided_at": None,
    "decision": "",
    "created_at": "2026-03-02T11:00:00Z",
    "version": 1,
}


class DiscountRequestOut(OutputSerializer):
    """A discount that was asked for; `proposal` has the terms of an amendment to come."""

    id = serializers.UUIDField()
    deal = ClientNameOut()
    status = serializers.ChoiceField(choices=DiscountStatus.choices)
    version_number = serializers.IntegerField()
    content_hash = serializers.CharField()
    discount_percent = RateField()
    limit_percent = RateField()
    total = AmountOut(currency="currency")
    proposal = serializers.DictField(allow_null=True)
    reason = serializers.CharField()
    requested_by_id = serializers.UUIDField()
    decided_by_id = serializers.UUIDField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField()
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class DiscountRequestIn(TermsIn):
    """Why, and for an amendment of a won deal its new terms."""

    reason = serializers.CharField(max_length=500)


class DiscountDecisionIn(InputSerializer):
    """What you saw, and why when you refuse."""

    content_hash = serializers.CharField(max_length=64)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class DiscountQuery(QuerySerializer):
    """Which requests to list."""

    status = serializers.ChoiceField(choices=DiscountStatus.choices, required=False)


class DiscountRequestViewSet(ApiViewSet):
    """The discounts that were asked for."""

    permissions: ClassVar = {
        "list": selectors.VIEW,
        "retrieve": selectors.VIEW,
        "of_deal": selectors.VIEW,
        "ask": selectors.EDIT,
        "approve": APPROVE_DISCOUNT,
        "reject": APPROVE_DISCOUNT,
    }
    idempotent_actions: ClassVar = frozenset({"ask", "approve", "reject"})

    @documented(response=DiscountRequestOut, query=DiscountQuery, example=EXAMPLE)
    def list(self, request: Request) -> Response:
        """List the requests about deals that you may see, the newest first."""
        found = selectors.list_discount_requests(viewer=self.viewer, **self.query(DiscountQuery))
        return self.page(found, DiscountRequestOut)

    @documented(response=DiscountRequestOut, example=EXAMPLE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one request."""
        found = selectors.get_discount_request(request_id=parse_id(pk), viewer=self.viewer)
        return self.one(found, DiscountRequestOut)

    @documented(response=DiscountRequestOut, many=True, example=EXAMPLE)
    def of_deal(self, request: Request, reference: str) -> Response:
        """List the requests about a deal."""
        deal = selectors.get_deal(reference=parse_reference(reference), viewer=self.viewer)
        found = selectors.list_discount_requests(viewer=self.viewer, deal_id=deal.pk)
        return self.page(found, DiscountRequestOut)

    @documented(
        request=DiscountRequestIn,
        response=DiscountRequestOut,
        status=201,
        request_example={"reason": EXAMPLE["reason"]},
        example=EXAMPLE,
    )
    def ask(self, request: Request, reference: str) -> Response:
        """Ask for the discount of a deal's terms, or of an amendment to come."""
        deal = selectors.get_deal(reference=parse_reference(reference), viewer=self.viewer)
        values = self.read(DiscountRequestIn)
        asked = services.request_discount(
            deal_id=deal.pk,
            changes=as_term_changes(values),
            reason=values["reason"],
            by=self.viewer,
            at=self.at,
        )
        return self.one(asked, DiscountRequestOut, status=201)

    @documented(
        request=DiscountDecisionIn,
        response=DiscountRequestOut,
        status=200,
        request_example={"content_hash": HASH},
        example={**EXAMPLE, "status": "approved"},
    )
    def approve(self, request: Request, pk: str) -> Response:
        """Approve exactly the terms that you saw."""
        decided = services.approve_discount(**self._decision(pk))
        return self.one(decided, DiscountRequestOut)

    @documented(
        request=DiscountDecisionIn,
        response=DiscountRequestOut,
        status=200,
        request_example={"content_hash": HASH, "reason": "10 % at most"},
        example={**EXAMPLE, "status": "rejected", "decision": "10 % at most"},
    )
    def reject(self, request: Request, pk: str) -> Response:
        """Refuse the discount."""
        decided = services.reject_discount(**{"reason": "", **self._decision(pk)})
        return self.one(decided, DiscountRequestOut)

    def _decision(self, pk: str) -> dict[str, Any]:
        found = selectors.get_discount_request(
            request_id=parse_id(pk), viewer=self.viewer, permission=APPROVE_DISCOUNT
        )
        given = self.read(DiscountDecisionIn)
        return {"request_id": found.pk, "checker": self.viewer, "at": self.at, **given}
