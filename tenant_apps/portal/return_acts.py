"""What can be done with money that goes back; whether it is allowed, its service says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from tenant_apps.portal.wording import Text

if TYPE_CHECKING:
    from tenant_apps.returns.models import Return

DECIDE, SEND, REQUEST = "returns.decide", "returns.send", "returns.request"


class Act(NamedTuple):
    """An act: its name in the address, its permission, its button, and what it asks for.

    Whoever asked for the return takes it back, as `is_own` says; everything else others do.
    """

    name: str
    permission: str
    label: Text
    icon: str
    asks: Text
    field: str = "reason"
    hint: Text = ""
    tone: str = "primary"
    is_needed: bool = True
    is_own: bool = False


APPROVE = Act("approve", DECIDE, _("Approve"), "check", _("Remark"), is_needed=False, tone="good")
REJECT = Act("reject", DECIDE, _("Reject"), "x", _("Why"), tone="danger strong")
LOST = APPROVE._replace(label=_("The bank kept the money"), icon="circle-x", tone="danger strong")
WON = REJECT._replace(
    label=_("The money came back"), icon="check", asks=_("How it was won"), tone="good"
)
SENT = Act(
    "sent",
    SEND,
    _("It has left"),
    "send",
    _("Reference of the transfer"),
    field="reference",
    hint=_("From now on the money is gone from the books as well."),
)
FAILED = Act("failed", SEND, _("It could not be sent"), "circle-x", _("Why"), tone="danger")
WITHDRAW = Act(
    "withdraw",
    REQUEST,
    _("Take it back"),
    "undo-2",
    "",
    field="",
    hint=_("Nobody will decide on it, and no money moves. You can ask for it anew."),
    tone="danger",
    is_own=True,
)
RECOVER = Act(
    "recover",
    REQUEST,
    _("Ask to expect the money again"),
    "rotate-ccw",
    _("Why"),
    hint=_("A second person decides."),
)


NAMES = ("approve", "reject", "withdraw", "sent", "failed", "recover")


def acts_of(asked: "Return") -> Sequence[Act]:
    """Return what comes next for a return, for whoever may."""
    if asked.is_requested:
        decisions = (LOST, WON) if asked.kind == "chargeback" else (APPROVE, REJECT)
        return (*decisions, WITHDRAW)
    if asked.is_approved_refund:
        return (SENT, FAILED)
    return (RECOVER,) if asked.is_posted_write_off else ()
