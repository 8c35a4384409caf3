"""Which steps a page offers for a deal or a payment; whether one is allowed, its service says."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from shared_apps.web.pages.form import Form
from tenant_apps.portal.wording import Text

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal
    from tenant_apps.payments.models import Payment


class Move(NamedTuple):
    """A step: its name in the address, its button, what is asked before it is taken.

    `done` is said once it is taken, where its page says nothing of its own.
    """

    name: str
    label: Text
    icon: str
    question: Text
    text: Text
    tone: str = ""
    needs_reason: bool = False
    done: Text = ""


def reason_of(step: Move, form: Form) -> dict[str, str]:
    """Return the reason where a step asks why; its service refuses silence."""
    return {"reason": str(form.value("/reason"))} if step.needs_reason else {}


DEAL_MOVES: Mapping[str, tuple[Move, ...]] = {
    "draft": (
        Move(
            "submit",
            _("Hand in"),
            "send",
            _("Hand in this deal?"),
            _("It becomes an open deal. Its terms can still be changed until it is won."),
            "primary",
            done=_("The deal is handed in."),
        ),
        Move(
            "archive",
            _("Put away"),
            "archive",
            _("Put this draft away?"),
            _("It leaves the lists. Only drafts without money can be put away."),
            "danger",
            done=_("The draft is put away."),
        ),
    ),
    "open": (
        Move(
            "win",
            _("Win"),
            "trophy",
            _("Win this deal?"),
            _("Its price is owed from now on; later changes of its terms are amendments."),
            "primary",
            done=_("The deal is won."),
        ),
        Move(
            "lose",
            _("Lose"),
            "circle-x",
            _("Lose this deal?"),
            _("It can be reopened later."),
            "danger",
            needs_reason=True,
            done=_("The deal is lost."),
        ),
    ),
    "won": (
        Move(
            "reopen",
            _("Reopen"),
            "rotate-ccw",
            _("Reopen this deal?"),
            _("What it booked is taken back. Not possible once verified money lies on it."),
            done=_("The deal is open again."),
        ),
        Move(
            "cancel",
            _("Cancel the deal"),
            "ban",
            _("Cancel this deal?"),
            _("It is called off for good; its money must be returned first."),
            "danger",
            needs_reason=True,
            done=_("The deal is cancelled."),
        ),
    ),
    "lost": (
        Move(
            "reopen",
            _("Reopen"),
            "rotate-ccw",
            _("Reopen this deal?"),
            _("It becomes an open deal again."),
            done=_("The deal is open again."),
        ),
    ),
}

WITHDRAW = Move(
    "withdraw",
    _("Withdraw"),
    "undo-2",
    _("Withdraw this payment?"),
    _("Nobody will decide on it. You can submit it again as a new payment."),
    "danger",
    done=_("The payment is withdrawn."),
)
TAKE_OVER = Move(
    "take-over",
    _("Take it over"),
    "user-round-check",
    _("Take this review over?"),
    _("The one who holds it hears why."),
    "primary",
    needs_reason=True,
)
PAYMENT_MOVES: Mapping[str, tuple[Move, ...]] = {
    "draft": (
        Move(
            "submit",
            _("Submit"),
            "send",
            _("Submit this payment?"),
            _("Those who verify payments hear of it at once."),
            "primary",
            done=_("The payment waits for verification."),
        ),
    ),
    "submitted": (WITHDRAW,),
    "changes_requested": (
        Move(
            "resubmit",
            _("Submit again"),
            "send",
            _("Submit this payment again?"),
            _("Change what was asked for first; earlier decisions are void."),
            "primary",
            done=_("The payment waits for verification again."),
        ),
        WITHDRAW,
    ),
}


def moves_of_deal(deal: "Deal") -> tuple[Move, ...]:
    """Return the steps from where a deal stands."""
    return () if deal.is_archived else DEAL_MOVES.get(deal.status, ())


def moves_of_payment(payment: "Payment") -> tuple[Move, ...]:
    """Return its maker's steps from where a payment stands."""
    return PAYMENT_MOVES.get(payment.status, ())


def find_move(table: Mapping[str, tuple[Move, ...]], name: str) -> Move | None:
    """Return the step of this name."""
    found = (move for moves in table.values() for move in moves)
    return next((move for move in found if move.name == name), None)
