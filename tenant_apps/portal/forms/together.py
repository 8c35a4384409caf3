"""What stands in for what of a form cannot be read, so that the rest of it is checked all the same.

Nothing is made of a stand-in: what it stands for is refused already, and of its field nothing
else is said. It is chosen so that it gives no reason to refuse another field.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shared_apps.kernel.money import Money, is_payable
from shared_apps.tenancy.context import current_tenant
from shared_apps.web.pages.reading import Reading
from tenant_apps.deals.api.serializers import as_deal_changes, as_new_deal
from tenant_apps.deals.services import DealChanges, NewDeal
from tenant_apps.payments.api.inputs import as_changes, as_first_payment, as_new_payment
from tenant_apps.payments.methods import UNKNOWN
from tenant_apps.payments.services import NewPayment

NONE, NO_DAY = "", date.min
LINE, PART, SHARE = {"quantity", "unit_price"}, {"due_on", "amount"}, {"payee", "share_percent"}


def deal_to_check(read: Reading, *, currency: str) -> NewDeal:
    """Return a new deal as far as it can be read."""
    if read.is_whole:
        return as_new_deal(read.values)
    return as_new_deal({"name": NONE, "client": NONE} | _terms(read.values, currency))


def changes_to_check(read: Reading, *, currency: str) -> DealChanges:
    """Return the changes of a deal as far as they can be read."""
    return as_deal_changes(read.values if read.is_whole else _terms(read.values, currency))


def payment_to_check(read: Reading, *, currency: str, key: str) -> NewPayment:
    """Return a new payment as far as it can be read."""
    if read.is_whole:
        return as_new_payment(read.values, reference=key)
    return as_new_payment({"client": NONE} | _payment(read.values, currency), reference=key)


def first_payment_to_check(
    read: Reading, values: Mapping[str, Any], *, currency: str, key: str
) -> NewPayment:
    """Return the first payment of a deal as far as it can be read."""
    known = dict(values) if read.is_whole else _payment(values, currency)
    return as_first_payment(known, reference=key)


def payment_changes_to_check(read: Reading) -> dict[str, Any]:
    """Return the changes of a payment as far as they can be read, under the names of NewPayment."""
    return as_changes(_with_rate(read.values))


def has_whole_lines(read: Reading) -> bool:
    """Return whether all lines can be read: only then it is known what they come to."""
    return _are_whole(read.values.get("lines", []), LINE)


def _terms(values: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return a deal's values with lines that can be checked, and shares and instalments if all can.

    What a line with a wrong price comes to says nothing about the instalments.
    """
    known, no_line = dict(values), {"quantity": Decimal(1), "unit_price": _nothing(currency)}
    lines = known.get("lines", [])
    if "lines" in known:
        known["lines"] = [no_line | line for line in lines]
    if not (_are_whole(lines, LINE) and _are_whole(known.get("instalments", []), PART)):
        known.pop("instalments", None)
    if not _are_whole(known.get("splits", []), SHARE):
        del known["splits"]
    return known


def _payment(values: Mapping[str, Any], currency: str) -> dict[str, Any]:
    stand_ins = {"amount": _nothing(currency), "method": UNKNOWN, "received_on": NO_DAY}
    return _with_rate(stand_ins | dict(values))


def _with_rate(values: Mapping[str, Any]) -> dict[str, Any]:
    rate = values.get("fx")
    whole = {"rate": Decimal(1), "rate_on": NO_DAY, "source": "-", **rate} if rate else None
    return {**values, "fx": whole} if "fx" in values else dict(values)


def _are_whole(rows: list[dict[str, Any]], names: set[str]) -> bool:
    return all(names <= row.keys() for row in rows)


def _nothing(currency: str) -> Money:
    return Money.zero(currency if is_payable(currency) else current_tenant().currency)
