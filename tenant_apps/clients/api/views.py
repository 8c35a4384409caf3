"""Clients over HTTP."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.organizations.selectors import local_day_of
from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.clients import selectors, services
from tenant_apps.clients.api.serializers import (
    ClientIn,
    ClientOut,
    ClientQuery,
    MergeIn,
    NewClientIn,
    ReasonIn,
    as_columns,
)
from tenant_apps.clients.models import Client

CLIENT_REQUEST: dict[str, Any] = {
    "name": "Northwind",
    "legal_name": "Northwind GmbH",
    "billing_address": {
        "line1": "Hafenstrasse 1",
        "city": "Hamburg",
        "postal_code": "20457",
        "country": "DE",
    },
    "tax_id": "DE123456789",
    "email": "billing@northwind.example",
    "contacts": [{"name": "Nora Wind", "role": "CFO", "email": "nora@northwind.example"}],
    "tags": ["shipping"],
}
CLIENT_EXAMPLE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000001",
    "code": "CL-0001",
    "external_id": None,
    "name": "Northwind",
    "legal_name": "Northwind GmbH",
    "billing_address": {
        "line1": "Hafenstrasse 1",
        "line2": "",
        "city": "Hamburg",
        "postal_code": "20457",
        "region": "",
        "country": "DE",
    },
    "tax_id": "DE123456789",
    "email": "billing@northwind.example",
    "phone": "",
    "contacts": [
        {"name": "Nora Wind", "role": "CFO", "email": "nora@northwind.example", "phone": ""}
    ],
    "owner": {"id": "0197f1a0-0000-7000-8000-000000000003", "name": "Sam Seller"},
    "status": "prospect",
    "tags": ["shipping"],
    "remarks": "",
    "satisfaction": 4,
    "merged_into": None,
    "anonymised_at": None,
    "archived_at": None,
    "created_at": "2026-03-02T11:00:00Z",
    "updated_at": "2026-03-02T11:00:00Z",
    "version": 1,
}


class ClientViewSet(ApiViewSet):
    """The clients that a person may see."""

    permissions: ClassVar = {
        "list": "clients.view",
        "retrieve": "clients.view",
        "create": "clients.create",
        "partial_update": "clients.edit",
        "destroy": "clients.archive",
        "restore": "clients.archive",
        "merge": "clients.merge",
        "anonymise": "clients.anonymise",
    }
    idempotent_actions: ClassVar = frozenset({"merge"})

    @documented(response=ClientOut, query=ClientQuery, example=CLIENT_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List the clients that you may see."""
        filters = selectors.ClientFilters(**as_columns(self.query(ClientQuery)))
        clients = selectors.list_clients(
            viewer=self.viewer, filters=filters, on=local_day_of(self.at)
        )
        return self.page(clients, ClientOut)

    @documented(
        request=NewClientIn,
        response=ClientOut,
        status=201,
        request_example=CLIENT_REQUEST,
        example=CLIENT_EXAMPLE,
    )
    def create(self, request: Request) -> Response:
        """Enter a client."""
        new = services.NewClient(**as_columns(self.read(NewClientIn)))
        client = services.create_client(new=new, by=self.viewer, at=self.at)
        return self._show(client, status=201)

    @documented(response=ClientOut, example=CLIENT_EXAMPLE)
    def retrieve(self, request: Request, reference: str) -> Response:
        """Show a client."""
        return self.one(self._get(reference), ClientOut)

    @documented(
        request=ClientIn,
        response=ClientOut,
        request_example={"status": "active"},
        example=CLIENT_EXAMPLE,
    )
    def partial_update(self, request: Request, reference: str) -> Response:
        """Change a client."""
        client = self._get(reference)
        changes = as_columns(self.read(ClientIn, current=ClientOut(client)))
        changed = services.update_client(
            client_id=client.pk,
            changes=changes,
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self._show(changed)

    @documented()
    def destroy(self, request: Request, reference: str) -> Response:
        """Archive a client; its history stays."""
        client = self._get(reference)
        services.archive_client(client_id=client.pk, by=self.viewer, at=self.at)
        return self.nothing()

    @documented(response=ClientOut, example=CLIENT_EXAMPLE)
    def restore(self, request: Request, reference: str) -> Response:
        """Put an archived client back into the lists."""
        client = self._get(reference)
        restored = services.restore_client(client_id=client.pk, by=self.viewer, at=self.at)
        return self._show(restored)

    @documented(
        request=MergeIn,
        response=ClientOut,
        status=200,
        request_example={"duplicate": "CL-0007", "reason": "Same VAT number."},
        example=CLIENT_EXAMPLE,
    )
    def merge(self, request: Request, reference: str) -> Response:
        """Move a duplicate's deals, payments, invoices and balances here and archive it."""
        given = self.read(MergeIn)
        client = self._get(reference)
        duplicate = selectors.get_duplicate(reference=given["duplicate"], viewer=self.viewer)
        merged = services.merge_clients(
            client_id=client.pk,
            duplicate_id=duplicate.pk,
            reason=given["reason"],
            by=self.viewer,
            at=self.at,
        )
        return self._show(merged)

    @documented(
        request=ReasonIn,
        response=ClientOut,
        status=200,
        request_example={"reason": "Asked for erasure on 1 March 2026."},
        example={
            **CLIENT_EXAMPLE,
            "name": "[erased] CL-0001",
            "anonymised_at": "2026-03-02T11:00:00Z",
        },
    )
    def anonymise(self, request: Request, reference: str) -> Response:
        """Erase a client's personal data for good; papers and money stay."""
        client = self._get(reference)
        reason = self.read(ReasonIn)["reason"]
        erased = services.anonymise_client(
            client_id=client.pk, reason=reason, by=self.viewer, at=self.at
        )
        return self._show(erased)

    def _get(self, reference: str) -> Client:
        return selectors.get_client(reference=parse_reference(reference), viewer=self.viewer)

    def _show(self, client: Client, *, status: int = 200) -> Response:
        """Show a client that the person has just written, whoever owns it now."""
        return self.one(client, ClientOut, status=status)
