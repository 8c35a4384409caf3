"""Requests for money to go back, as they are typed, in the words of the API."""

from collections.abc import Mapping
from typing import Any

from shared_apps.web.pages.form import Form, money, without_blanks
from shared_apps.web.pages.reading import Reading, read_typed
from shared_apps.web.serializers import InputSerializer
from tenant_apps.portal.formatting import read_amount
from tenant_apps.returns.api.serializers import ChargebackIn, ReasonIn, RefundIn
from tenant_apps.returns.services import Kind, NewReturn

NAMES = ("amount", "reduces_sale", "reference", "reason")
READERS: Mapping[str, type[InputSerializer]] = {
    "refund": RefundIn,
    "reversal": ReasonIn,
    "chargeback": ChargebackIn,
}


def read_request(form: Form, kind: str, currency: str) -> Reading:
    """Return what was asked for, as far as it can be read."""
    typed = without_blanks({name: form.value(f"/{name}") for name in NAMES})
    body = with_money(typed, currency)
    known = READERS[kind]().fields
    return read_typed(READERS[kind], {name: body[name] for name in body if name in known})


def new_return(kind: str, values: Mapping[str, Any]) -> NewReturn:
    """Return what is asked for: without an amount all that there is."""
    known = {"reason": "", **values}
    return NewReturn(kind=Kind(kind), money=known.pop("amount", None), **known)


def with_money(typed: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return what was typed with its amount as the API reads it."""
    body = dict(typed)
    if "amount" in body:
        body["amount"] = money(read_amount(str(body["amount"])), currency)
    return body
