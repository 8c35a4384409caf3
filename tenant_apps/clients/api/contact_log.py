"""The contact log of a client over HTTP."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import QuerySerializer
from shared_apps.web.views import ApiViewSet, parse_id, parse_reference
from tenant_apps.clients import selectors, services
from tenant_apps.clients.api.fields import ClientNameOut
from tenant_apps.clients.api.serializers import ContactLogIn, ContactLogOut
from tenant_apps.clients.models import Client

CONTACT_REQUEST: dict[str, Any] = {
    "kind": "call",
    "outcome": "Wants an offer for the second plant.",
    "next_step": "Send the offer",
    "next_step_on": "2026-03-09",
}
CONTACT_EXAMPLE: dict[str, Any] = {
    **CONTACT_REQUEST,
    "id": "0197f1a0-0000-7000-8000-000000000011",
    "happened_at": "2026-03-02T11:00:00Z",
    "done_at": None,
    "author": {"id": "0197f1a0-0000-7000-8000-000000000003", "name": "Sam Seller"},
    "created_at": "2026-03-02T11:00:00Z",
}


CLIENT_NAME = {
    "id": "0197f1a0-0000-7000-8000-000000000001",
    "code": "CL-0001",
    "name": "Northwind",
}


class NextStepOut(ContactLogOut):
    """A contact whose next step is still to be done, with its client."""

    client = ClientNameOut()


class NextStepQuery(QuerySerializer):
    """Whose next steps to list, and until when."""

    owner = serializers.UUIDField(required=False, help_text="Of the clients of this person.")
    until = serializers.DateField(required=False, help_text="Due on this day or before.")


class ContactLogViewSet(ApiViewSet):
    """What was said to a client, and what is to be done next."""

    permissions: ClassVar = {
        "list": "clients.view",
        "create": "clients.edit",
        "finish": "clients.edit",
    }
    idempotent_actions: ClassVar = frozenset({"create"})
    pagination = "cursor"

    @documented(response=ContactLogOut, example=CONTACT_EXAMPLE)
    def list(self, request: Request, reference: str) -> Response:
        """List the contacts with a client, newest first."""
        return self.page(selectors.contact_log_of(client=self._client(reference)), ContactLogOut)

    @documented(
        request=ContactLogIn,
        response=ContactLogOut,
        status=201,
        request_example=CONTACT_REQUEST,
        example=CONTACT_EXAMPLE,
    )
    def create(self, request: Request, reference: str) -> Response:
        """Log a contact with a client."""
        new = services.NewContact(**self.read(ContactLogIn))
        client = self._client(reference)
        entry = services.log_contact(client_id=client.pk, new=new, by=self.viewer, at=self.at)
        return self.one(entry, ContactLogOut, status=201)

    @documented(
        response=ContactLogOut, example={**CONTACT_EXAMPLE, "done_at": "2026-03-09T09:30:00Z"}
    )
    def finish(self, request: Request, reference: str, entry_id: str) -> Response:
        """Note that the next step of a contact is done."""
        client = self._client(reference)
        entry = services.finish_next_step(
            client_id=client.pk, entry_id=parse_id(entry_id), by=self.viewer, at=self.at
        )
        return self.one(entry, ContactLogOut)

    def _client(self, reference: str) -> Client:
        return selectors.get_client(reference=parse_reference(reference), viewer=self.viewer)


class NextStepViewSet(ApiViewSet):
    """What is still to be done for clients."""

    permissions: ClassVar = {"list": "clients.view"}

    @documented(
        response=NextStepOut,
        query=NextStepQuery,
        many=True,
        example={**CONTACT_EXAMPLE, "client": CLIENT_NAME},
    )
    def list(self, request: Request) -> Response:
        """List what is still to be done for the clients that you see, the next day first."""
        given = self.query(NextStepQuery)
        steps = selectors.open_next_steps(
            viewer=self.viewer, owner_id=given.get("owner"), until=given.get("until")
        )
        return self.page(steps, NextStepOut)
