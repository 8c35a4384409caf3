"""The history of a deal over HTTP, and notes into it."""

from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.activity import ACTIVITY_EXAMPLE, ActivityOut
from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.deals.selectors import get_deal
from tenant_apps.deals.services import note_deal
from tenant_apps.invoices.client_accounts import activity_of_deal


class NoteIn(InputSerializer):
    """A note."""

    text = serializers.CharField(max_length=2000)


class DealActivityViewSet(ApiViewSet):
    """What happened to a deal and its papers, newest first."""

    permissions: ClassVar = {"list": "deals.view", "create": "deals.edit"}
    pagination: ClassVar = "cursor"

    @documented(response=ActivityOut, example=ACTIVITY_EXAMPLE)
    def list(self, request: Request, reference: str) -> Response:
        """List what happened to a deal, its payments and its invoices."""
        deal = get_deal(reference=parse_reference(reference), viewer=self.viewer)
        return self.page(activity_of_deal(deal, viewer=self.viewer), ActivityOut)

    @documented(request=NoteIn, request_example={"text": "The board decides on Monday."})
    def create(self, request: Request, reference: str) -> Response:
        """Write a note into a deal's history."""
        deal = get_deal(reference=parse_reference(reference), viewer=self.viewer)
        text = self.read(NoteIn)["text"]
        note_deal(deal_id=deal.pk, text=text, by=self.viewer, at=self.at)
        return self.nothing()
