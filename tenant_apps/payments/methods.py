"""What each method of payment asks for: one table for checks and risk. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from tenant_apps.payments.models import Method


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodRule:
    """How a method is written down.

    `reference_name` is what a maker calls the reference; `needs_reference` asks for one at the
    submission and `is_reference_unique` lets it stand on one live payment only. `takes_fee` and
    `takes_withholding` say whether something can have been kept of the gross amount on its way.
    `needs_remarks` asks for words where the method says nothing. `risk_points` is how much harder
    than a bank transfer it is to verify, see risk.py.
    """

    label: str
    reference_name: str
    needs_reference: bool = False
    is_reference_unique: bool = False
    takes_fee: bool = True
    takes_withholding: bool = True
    needs_remarks: bool = False
    risk_points: int = 0


METHODS: Mapping[Method, MethodRule] = {
    Method.BANK_TRANSFER: MethodRule(
        label=gettext_noop("Bank transfer"), reference_name=gettext_noop("transfer reference")
    ),
    Method.CARD: MethodRule(
        label=gettext_noop("Card"),
        reference_name=gettext_noop("authorisation code"),
        takes_withholding=False,
    ),
    Method.CASH: MethodRule(
        label=gettext_noop("Cash"),
        reference_name=gettext_noop("receipt number"),
        takes_fee=False,
        risk_points=15,
    ),
    Method.CHEQUE: MethodRule(
        label=gettext_noop("Cheque"),
        reference_name=gettext_noop("cheque's number"),
        needs_reference=True,
        is_reference_unique=True,
        risk_points=10,
    ),
    Method.WALLET: MethodRule(
        label=gettext_noop("Wallet"),
        reference_name=gettext_noop("transaction id"),
        takes_withholding=False,
        risk_points=10,
    ),
    Method.OTHER: MethodRule(
        label=gettext_noop("Other"),
        reference_name=gettext_noop("reference"),
        needs_remarks=True,
        risk_points=20,
    ),
}


UNKNOWN = ""  # while nobody has said how the money came: it asks for nothing
_OF_UNKNOWN = MethodRule(label="", reference_name="")


def rule_of(method: str) -> MethodRule:
    """Return the rule of a method by its name. Raises: ValueError for one that does not exist."""
    return METHODS[Method(method)] if method != UNKNOWN else _OF_UNKNOWN
