"""What a notification says: a kind, its values, and the sentence made of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, gettext_noop

from shared_apps.kernel.money import Money, is_currency
from shared_apps.kernel.wording import written
from shared_apps.tenancy.context import current_tenant


class Wording(NamedTuple):
    """The title and the body of a kind, with named places for the values."""

    title: str
    body: str


WORDINGS: Mapping[str, Wording] = {
    "payment_submitted": Wording(
        "{code} waits for your decision",
        "{maker} submitted {amount} from {client} ({method}).",
    ),
    "payment_assigned": Wording(
        "{code} is yours to review",
        "{by} gave you {amount} from {client} to review until {until}.",
    ),
    "payment_overdue": Wording(
        "{code} waits too long",
        "{amount} from {client} should have been decided by now.",
    ),
    "payment_verified": Wording(
        "{code} is verified",
        "{amount} from {client} is verified.",
    ),
    "payment_rejected": Wording(
        "{code} was rejected",
        "{amount} from {client} was rejected: {reason}",
    ),
    "payment_changes_requested": Wording(
        "{code} needs changes",
        "{amount} from {client} came back to you: {reason}",
    ),
    "return_requested": Wording(
        "{code} waits for your decision",
        "{maker} asks for a {kind} of {amount}: {client}.",
    ),
    "return_decided": Wording(
        "{code} was {verdict}",
        "The {kind} of {amount} for {client} was {verdict}.",
    ),
    "discount_requested": Wording(
        "{code}: a discount waits for your decision",
        "{maker} asks for {discount} on {deal}, {amount} in all.",
    ),
    "discount_decided": Wording(
        "{code}: the discount was {verdict}",
        "{discount} on {deal} was {verdict}.",
    ),
    "work_handed_over": Wording(
        "{code}: you go on with the work of {leaver}",
        "Yours from now on (deals: {deals}, clients: {clients}): {reason}",
    ),
    "commission_accrued": Wording(
        "Commission of {amount}",
        "{payment} on {deal} earned you {amount}.",
    ),
    "commission_taken_back": Wording(
        "{amount} of commission taken back",
        "Because of the {kind} {code}, {amount} of your commission on {deal} is taken back.",
    ),
    "payment_unverified": Wording(
        "{code} has waited for a day",
        "Nobody has decided on {amount} from {client} for 24 hours.",
    ),
    "instalment_due_soon": Wording(
        "{amount} of {deal} is due on {day}",
        "{client} owes {amount} by {day}.",
    ),
    "instalment_overdue": Wording(
        "{amount} of {deal} is overdue",
        "{client} owed {amount} by {day}.",
    ),
    "mail_failed": Wording(
        "{number} could not be sent to {client}",
        "The mail server refused {recipient}: {reason}",
    ),
    "operator_visit": Wording(
        "{operator} acts as {person}",
        "An operator of the platform acts as {person} until {until}: {reason}",
    ),
    "approver_made": Wording(
        "{person} may approve what others make",
        "{by} gave {person} the role {role}.",
    ),
    "role_approves": Wording(
        "The role {role} may approve more",
        "{by} changed what it grants. People who have it: {count}.",
    ),
    "tolerance_raised": Wording(
        "Larger remainders are written off by themselves",
        "{by} lets up to {amount} of a deal be given up without a decision.",
    ),
    "invoice_drafted": Wording(
        "An invoice for {client} waits as a draft",
        "It could not be issued: {reason}",
    ),
}


# Values that are words, and said in the reader's language as well.
WORDS = frozenset(
    {
        *(gettext_noop("refund"), gettext_noop("reversal")),
        *(gettext_noop("chargeback"), gettext_noop("write-off"), gettext_noop("recovery")),
        *(gettext_noop("credit note"), gettext_noop("return")),
        *(gettext_noop("approved"), gettext_noop("rejected")),
        *(gettext_noop("bank transfer"), gettext_noop("card"), gettext_noop("cash")),
        *(gettext_noop("cheque"), gettext_noop("wallet"), gettext_noop("other")),
        gettext_noop("The client's name or billing address is incomplete."),
        gettext_noop("The organization's legal name or billing country is missing."),
        *(gettext_noop("Owner"), gettext_noop("Organization Admin")),
        *(gettext_noop("Verifier"), gettext_noop("Reviewer"), gettext_noop("Team Lead")),
    }
)
AMOUNT, DAY = re.compile(r"-?\d+(\.\d+)? [A-Z]{3}"), re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message: `kind` names the wording, `params` fill it, `link` is the path to open.

    The sentence is in the language at work. The values are kept beside what was said when it
    happened, so that each reader sees it in theirs.
    Raises: KeyError for an unknown kind or a missing value.
    """

    kind: str
    params: Mapping[str, str] = field(default_factory=dict)
    link: str = ""

    @property
    def title(self) -> str:
        """Return the headline, cut to what the column holds."""
        return gettext(WORDINGS[self.kind].title).format_map(self._values)[:200]

    @property
    def body(self) -> str:
        """Return the sentence below the headline, cut to what the column holds."""
        return gettext(WORDINGS[self.kind].body).format_map(self._values)[:1000]

    @property
    def _values(self) -> Mapping[str, str]:
        return {name: _said(value) for name, value in self.params.items()}


def _said(value: str) -> str:
    """Return a value in the language at work, others than the following as they are.

    A word, an amount, a day, or an instant in UTC, which is said in the organization's zone.
    """
    if value in WORDS:
        return gettext(value)
    if AMOUNT.fullmatch(value):
        amount, _, currency = value.partition(" ")
        return written(Money.of(amount, currency)) if is_currency(currency) else value
    try:
        if MOMENT.fullmatch(value):
            at = datetime.fromisoformat(value.removesuffix(" UTC")).replace(tzinfo=UTC)
            return written(at.astimezone(ZoneInfo(current_tenant().timezone)))
        return written(date.fromisoformat(value)) if DAY.fullmatch(value) else value
    except ValueError:  # a person's words that look like a day and are none
        return value
