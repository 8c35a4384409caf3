"""One search over clients, deals and payments, as far as the person may see them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tenant_apps.clients.selectors import ClientFilters, list_clients
from tenant_apps.deals.selectors import DealFilters, list_deals
from tenant_apps.payments.selectors import PaymentFilters, list_payments
from tenant_apps.portal.pages import Page
from tenant_apps.portal.rows import DealRow

MOST = 6


class Search(Page):
    """What a few letters find."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": None}

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the first finds of each kind; every kind leads to its own list."""
        text = request.GET.get("q", "").strip()[:200]
        found = self._find(text) if text else {}
        is_empty = not any(found.values())
        return self.show("search.html", text=text, searched=text, is_empty=is_empty, **found)

    def _find(self, text: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.may("clients.view"):
            clients = ClientFilters(search=text)
            found["clients"] = list_clients(viewer=self.viewer, filters=clients, on=self.today)
        if self.may("deals.view"):
            deals = DealFilters(search=text)
            found["deals"] = list_deals(viewer=self.viewer, filters=deals, today=self.today)
        if self.may("payments.view"):
            payments = PaymentFilters(search=text)
            found["payments"] = list_payments(viewer=self.viewer, filters=payments)
        rows = {kind: list(each[:MOST]) for kind, each in found.items()}
        return rows | {"deals": [DealRow(deal) for deal in rows.get("deals", [])]}
