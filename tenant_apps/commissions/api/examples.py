"""Answers as one client would see them, for the API's documentation."""

from decimal import Decimal
from uuid import UUID

from shared_apps.kernel.money import Money
from tenant_apps.commissions.explanation import (
    CollectedFacts,
    LadderFacts,
    evaluate,
    explain_line,
)
from tenant_apps.commissions.sentences import sentences_of

_ID = "0192f3a4-7c00-7abc-8def-0123456789{:02x}"
_AT = "2026-03-02T11:00:00Z"

PERSON = {"id": _ID.format(1), "name": "Sam Seller"}
DEAL = {"id": _ID.format(2), "code": "DL-0001"}
PAYMENT = {"id": _ID.format(3), "code": "PY-0001"}
COMPONENT = {
    "id": _ID.format(4),
    "name": "Commission on collected money",
    "measure": "collected",
    "kind": "flat_rate",
    "rate_percent": "5",
}
NEW_VERSION = {
    "effective_from": "2026-01-01",
    "ladder_period": "month",
    "rounding": "half_even",
    "components": [{"name": "Commission on collected money", "rate_percent": "5"}],
}
VERSION = {
    "id": _ID.format(5),
    "plan": _ID.format(6),
    "number": 1,
    "status": "active",
    "effective_from": "2026-01-01",
    "effective_to": None,
    "ladder_period": "month",
    "rounding": "half_even",
    "components": [COMPONENT],
    "author": _ID.format(7),
    "submitted_by": _ID.format(7),
    "submitted_at": _AT,
    "approved_by": _ID.format(8),
    "approved_at": _AT,
    "sole_control": False,
    "version": 3,
}
PLAN = {
    "id": _ID.format(6),
    "name": "Standard",
    "versions": [VERSION],
    "version": 1,
    "created_at": _AT,
}
NEW_ASSIGNMENT = {
    "payee": PERSON["id"],
    "plan": PLAN["id"],
    "valid_from": "2026-01-01",
    "valid_to": None,
}
ASSIGNMENT = {
    "id": _ID.format(9),
    "payee": PERSON,
    "plan": {"id": PLAN["id"], "name": "Standard"},
    "valid_from": "2026-01-01",
    "valid_to": None,
    "version": 1,
}
LINE = {
    "id": _ID.format(10),
    "payee": PERSON,
    "deal": DEAL,
    "payment": PAYMENT,
    "plan": {"id": PLAN["id"], "name": "Standard"},
    "plan_version": 1,
    "component": COMPONENT["name"],
    "rate_percent": "5",
    "period": "2026-03",
    "commission_on": "2026-03-02",
    "ladder_period": "2026-03",
    "ladder_seq": 1,
    "share_percent": "70",
    "base": {"amount": "280.00", "currency": "USD"},
    "amount": {"amount": "14.00", "currency": "USD"},
    "status": "accrued",
    "created_at": _AT,
}


def _usd(amount: str) -> Money:
    return Money.of(amount, "USD")


_TREE = explain_line(
    CollectedFacts(
        event_id=UUID(_ID.format(11)),
        deal_id=UUID(_ID.format(2)),
        deal_version_id=UUID(_ID.format(12)),
        applied_before=_usd("0"),
        applied=_usd("400"),
        deal_net=_usd("1000"),
        deal_total=_usd("1000"),
        net_before=_usd("0"),
        deal_seq=1,
        shares=(Decimal(70), Decimal(30)),
    ),
    position=0,
    ladder=LadderFacts(
        ladder_head_id=UUID(_ID.format(13)),
        ladder_seq=1,
        base_before=_usd("0"),
        accrued_before=_usd("0"),
        component_id=UUID(_ID.format(4)),
        rate_percent=Decimal(5),
        rounding="half_even",
    ),
)
EXPLANATION = {
    "line": _ID.format(10),
    "amount": LINE["amount"],
    "evaluated": evaluate(_TREE).as_json(),
    "sentences": sentences_of(_TREE, period="2026-03"),
    "tree": _TREE,
}
