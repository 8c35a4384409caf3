"""Which steps can be taken now: the rules of their services are asked before the person is."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from shared_apps.web.pages.form import Form, attempt
from tenant_apps.deals.services import check_move
from tenant_apps.invoices.services import refuse_invoiced
from tenant_apps.portal.moves import Move
from tenant_apps.portal.wording import Text

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.deals.models import Deal

ENDS_SALE = frozenset({"reopen", "cancel"})


class Hindered(NamedTuple):
    """Steps that cannot be taken now, and the reason that they have in common."""

    labels: list[Text]
    why: str


class Steps(NamedTuple):
    """The steps of a page: those that have a button, and why the others have none."""

    possible: list[Move]
    hindered: list[Hindered]


def sort_steps(moves: Iterable[Move], refuse: Callable[[Move], object]) -> Steps:
    """Ask each step's rule, which raises what it refuses with, and sort the steps by the answer."""
    steps, reasons = Steps([], []), dict[str, Hindered]()
    for move in moves:
        why = why_not(refuse, move)
        if not why:
            steps.possible.append(move)
            continue
        if why not in reasons:
            reasons[why] = Hindered([], why)
            steps.hindered.append(reasons[why])
        reasons[why].labels.append(move.label)
    return steps


def why_not(refuse: Callable[..., object], *given: object) -> str:
    """Return what a rule says against a step, "" when it says nothing."""
    form = Form()
    attempt(form, lambda: (refuse(*given),))
    return form.said


def refuse_deal_move(deal: "Deal", move: str, *, by: "User", at: datetime) -> None:
    """Refuse a step of a deal as taking it would, its issued invoices included.

    Raises: DealIsArchived, DealIsInvoiced, and what else the step refuses with.
    """
    check_move(deal, move, by=by, at=at)
    if deal.is_won and move in ENDS_SALE:
        refuse_invoiced(deal.pk)
