"""What else is wrong with a form of which one part cannot be read: said together with that."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared_apps.kernel.errors import Gathering
from tenant_apps.deals.api.serializers import (
    SplitIn,
    TermsIn,
    instalments_of,
    lines_of,
    splits_of,
)
from tenant_apps.deals.services.versions import check_terms
from tenant_apps.deals.terms import NewTerms, check_splits
from tenant_apps.payments.methods import METHODS
from tenant_apps.payments.services import check_complete

TERMS = ("lines", "instalments", "prices_include_tax")


def check_typed_deal(
    body: Mapping[str, Any], *, currency: str, on: date, files: int, together: Gathering
) -> None:
    """Gather what is wrong with the terms, the shares and the first payment that can be read."""
    terms = TermsIn(data={name: body[name] for name in TERMS})
    with together.part():
        if terms.is_valid():
            check_terms(_new_terms(terms.validated_data, currency), deal_on=on)
    shares = SplitIn(data=body["splits"], many=True)
    with together.part():
        if body["splits"] and shares.is_valid():
            check_splits(splits_of(shares.validated_data))
    if "payment" in body:
        check_typed_payment(body["payment"], files=files, together=together, place="/payment")


def check_typed_payment(
    body: Mapping[str, Any], *, files: int, together: Gathering, place: str = ""
) -> None:
    """Gather what its method asks of a payment, wherever else it may be wrong."""
    method = str(body.get("method", ""))
    said = {name: str(body.get(name, "")) for name in ("reference", "remarks")}
    with together.part(place):
        if method in METHODS:
            check_complete(method, proofs=files, **said)


def _new_terms(values: Mapping[str, Any], currency: str) -> NewTerms:
    return NewTerms(
        currency=currency,
        lines=lines_of(values.get("lines", ())),
        instalments=instalments_of(values.get("instalments", ())),
        prices_include_tax=values.get("prices_include_tax", False),
    )
