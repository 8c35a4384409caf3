"""What changed of a payment since its reviewer saw it, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shared_apps.kernel.money import Money
from tenant_apps.clients.selectors import clients_by_id
from tenant_apps.deals.selectors import deals_by_id
from tenant_apps.payments.differences import AMOUNTS, ContentDiff
from tenant_apps.portal import formatting
from tenant_apps.portal.wording import Text, word_for

if TYPE_CHECKING:
    from tenant_apps.payments.models import Payment

NOTHING = "\u2013"
_LABELS: Mapping[str, Text] = {
    "amount": _("Amount, gross"),
    "bank_fee": _("Bank fee"),
    "client": _("Client"),
    "currency": _("Currency"),
    "deal": _("Deal"),
    "fx_rate": _("Exchange rate"),
    "fx_rate_on": _("Day of the rate"),
    "fx_source": _("Source of the rate"),
    "method": _("How it came"),
    "proofs": _("Proof"),
    "received_on": _("Received on"),
    "reference": _("Reference"),
    "withholding": _("Tax withheld"),
}


@dataclass(frozen=True, slots=True)
class SaidChange:
    """One part of the content before and after, as people read it."""

    label: Text
    before: Text
    after: Text


def say_changes(diff: ContentDiff, payment: "Payment") -> list[SaidChange]:
    """Return what differs, in the order of the content's names. Asks for names that it needs."""
    names = _Names(diff, payment)
    return [
        SaidChange(
            label=_LABELS[each.field],
            before=names.say(each.field, each.before),
            after=names.say(each.field, each.after),
        )
        for each in diff.changes
    ]


class _Names:
    """How the values of one diff read."""

    def __init__(self, diff: ContentDiff, payment: "Payment") -> None:
        values = {each.field: (each.before, each.after) for each in diff.changes}
        clients = clients_by_id(_ids(values.get("client")))
        deals = deals_by_id(_ids(values.get("deal")))
        files = {proof.sha256: proof.file.name for proof in payment.proofs.all()}
        currency = "" if "currency" in values else payment.currency
        self._sayers: Mapping[str, Callable[[Any], Text]] = {
            **dict.fromkeys(AMOUNTS, lambda value: _money(value, currency)),
            "client": lambda value: clients[UUID(value)].name,
            "deal": lambda value: f"{deals[UUID(value)].code} {deals[UUID(value)].name}",
            "fx_rate": lambda value: formatting.show_number(Decimal(value)),
            "fx_rate_on": lambda value: formatting.show_day(date.fromisoformat(value)),
            "method": lambda value: word_for("method", value).label,
            "proofs": lambda value: ", ".join(
                files.get(sha, gettext("another file")) for sha in value
            ),
            "received_on": lambda value: formatting.show_day(date.fromisoformat(value)),
        }

    def say(self, field: str, value: Any) -> Text:
        """Return one value in words; a dash for nothing."""
        return self._sayers.get(field, str)(value) if value else NOTHING


def _ids(values: tuple[Any, ...] | None) -> list[UUID]:
    return [UUID(value) for value in values or () if value]


def _money(value: str, currency: str) -> str:
    return formatting.show_money(Money.of(value, currency)) if currency else value
