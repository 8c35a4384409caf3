"""Deals over HTTP."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.deals import selectors, services
from tenant_apps.deals.api.examples import (
    DEAL,
    DEAL_DETAIL,
    DEAL_DIFF,
    DEAL_REQUEST,
    DEAL_VERSION,
)
from tenant_apps.deals.api.outputs import (
    DealDetailOut,
    DealOut,
    DealVersionOut,
    DifferenceOut,
)
from tenant_apps.deals.api.serializers import (
    AmendmentIn,
    DealChangesIn,
    DealIn,
    DealQuery,
    ReasonIn,
    as_deal_changes,
    as_new_deal,
    as_term_changes,
)
from tenant_apps.deals.diff import diff_versions
from tenant_apps.deals.models import Deal

EDIT = selectors.EDIT


class DealViewSet(ApiViewSet):
    """The deals that a person may see."""

    permissions: ClassVar = {
        "list": selectors.VIEW,
        "retrieve": selectors.VIEW,
        "versions": selectors.VIEW,
        "diff": selectors.VIEW,
        "create": "deals.create",
        "partial_update": EDIT,
        "destroy": EDIT,
        "submit": EDIT,
        "win": EDIT,
        "lose": EDIT,
        "reopen": EDIT,
        "amend": EDIT,
        "cancel": EDIT,
    }
    idempotent_actions: ClassVar = frozenset({"create", "win", "reopen", "amend", "cancel"})

    @documented(response=DealOut, query=DealQuery, example=DEAL)
    def list(self, request: Request) -> Response:
        """List the deals that you may see, with how far they are paid."""
        filters = as_filters(self.query(DealQuery))
        deals = selectors.list_deals(
            viewer=self.viewer, filters=filters, today=local_day_of(self.at)
        )
        return self.page(deals, DealOut)

    @documented(
        request=DealIn,
        response=DealDetailOut,
        status=201,
        request_example=DEAL_REQUEST,
        example=DEAL_DETAIL,
    )
    def create(self, request: Request) -> Response:
        """Enter a deal with its lines, splits and instalments, up to won."""
        new = as_new_deal(self.read(DealIn))
        deal = services.create_deal(new=new, by=self.viewer, at=self.at)
        return self.show(deal.pk, status=201)

    @documented(response=DealDetailOut, example=DEAL_DETAIL)
    def retrieve(self, request: Request, reference: str) -> Response:
        """Show a deal with its terms, splits and money."""
        return self.show(parse_reference(reference))

    @documented(
        request=DealChangesIn,
        response=DealDetailOut,
        request_example={"expected_close_on": "2026-04-30"},
        example=DEAL_DETAIL,
    )
    def partial_update(self, request: Request, reference: str) -> Response:
        """Change a deal before it is won, or its notes later."""
        deal = self.find_detail(parse_reference(reference))
        values = self.read(DealChangesIn, current=DealDetailOut(deal))
        services.update_deal(
            deal_id=deal.pk,
            changes=as_deal_changes(values),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self.show(deal.pk)

    @documented()
    def destroy(self, request: Request, reference: str) -> Response:
        """Put a draft away."""
        services.archive_deal(deal_id=self._find(reference), by=self.viewer, at=self.at)
        return self.nothing()

    @documented(response=DealDetailOut, example=DEAL_DETAIL)
    def submit(self, request: Request, reference: str) -> Response:
        """Hand in a draft."""
        return self._move(reference, services.submit_deal)

    @documented(response=DealDetailOut, example=DEAL_DETAIL)
    def win(self, request: Request, reference: str) -> Response:
        """Win an open deal: its price is owed from now on."""
        return self._move(reference, services.win_deal)

    @documented(
        request=ReasonIn,
        response=DealDetailOut,
        request_example={"reason": "Bought elsewhere"},
        example=DEAL_DETAIL,
    )
    def lose(self, request: Request, reference: str) -> Response:
        """Lose an open deal on which no money lies."""
        return self._move(reference, services.lose_deal, **self.read(ReasonIn))

    @documented(response=DealDetailOut, example=DEAL_DETAIL)
    def reopen(self, request: Request, reference: str) -> Response:
        """Open a lost deal again, or a won one without verified money."""
        return self._move(reference, services.reopen_deal)

    @documented(
        request=AmendmentIn,
        response=DealDetailOut,
        request_example={"lines": DEAL_REQUEST["lines"], "reason": "Two more licences"},
        example=DEAL_DETAIL,
    )
    def amend(self, request: Request, reference: str) -> Response:
        """Give a won deal new terms."""
        values = self.read(AmendmentIn)
        return self._move(
            reference,
            services.amend_deal,
            changes=as_term_changes(values),
            reason=values["reason"],
        )

    @documented(
        request=ReasonIn,
        response=DealDetailOut,
        request_example={"reason": "The client withdrew"},
        example=DEAL_DETAIL,
    )
    def cancel(self, request: Request, reference: str) -> Response:
        """Call a won deal off once its money is returned."""
        return self._move(reference, services.cancel_deal, **self.read(ReasonIn))

    @documented(response=DealVersionOut, many=True, example=DEAL_VERSION)
    def versions(self, request: Request, reference: str) -> Response:
        """List the versions of a deal, newest first."""
        versions = selectors.list_versions(deal_id=self._find(reference))
        return self.page(versions, DealVersionOut)

    @documented(response=DifferenceOut(many=True), status=200, example=DEAL_DIFF)
    def diff(self, request: Request, reference: str, number: int) -> Response:
        """Show what a version changed of the one before it."""
        older, newer = selectors.two_versions(deal_id=self._find(reference), number=number)
        return self.page(diff_versions(older, newer), DifferenceOut)

    def find_detail(self, reference: UUID | str) -> Deal:
        """Return a deal that the person may see, with everything that is shown of it."""
        return selectors.get_deal_detail(
            reference=reference, viewer=self.viewer, today=local_day_of(self.at)
        )

    def show(self, reference: UUID | str, *, status: int = 200) -> Response:
        """Answer with a deal that the person may see."""
        return self.one(self.find_detail(reference), DealDetailOut, status=status)

    def _find(self, reference: str) -> UUID:
        return selectors.get_deal(reference=parse_reference(reference), viewer=self.viewer).pk

    def _move(self, reference: str, move: Callable[..., Deal], **values: Any) -> Response:
        deal_id = self._find(reference)
        move(deal_id=deal_id, by=self.viewer, at=self.at, **values)
        return self.show(deal_id)


def as_filters(values: dict[str, Any]) -> selectors.DealFilters:
    """Return validated query parameters under the names of DealFilters."""
    filters = dict(values)
    currency, amount = filters.pop("currency", None), filters.pop("amount_min", None)
    if amount is not None:
        filters["amount_min"] = Money.rounded(amount, currency)
    elif currency is not None:
        filters["currency"] = currency
    for name in ("owner", "stage", "project", "team"):
        if name in filters:
            filters[f"{name}_id"] = filters.pop(name)
    return selectors.DealFilters(**filters)
