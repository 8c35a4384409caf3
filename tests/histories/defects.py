"""Defects to plant by hand: each takes one guard or one step of the product away at run time."""

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from shared_apps.audit.recording import record
from shared_apps.kernel.money import Money
from tenant_apps.approvals.services import deciding
from tenant_apps.commissions.services import accrual
from tenant_apps.deals.services import receivable
from tenant_apps.documents.services import next_code
from tenant_apps.invoices.services import composing, crediting, guarding, issuing
from tenant_apps.ledger.services import EntryKind
from tenant_apps.payments import reactions as payment_reactions
from tenant_apps.payments.services import allocating, apply, reviewing
from tenant_apps.payments.waterfall import Part
from tenant_apps.returns.services import deciding as returning

Plant = Callable[[pytest.MonkeyPatch], None]


def skip_a_posting(patch: pytest.MonkeyPatch) -> None:
    """Applied money is not posted."""
    real = payment_reactions._post

    def skipping(kind: EntryKind, *args: Any, **given: Any) -> None:
        if kind != EntryKind.PAYMENT_APPLICATION:
            real(kind, *args, **given)

    patch.setattr(payment_reactions, "_post", skipping)


def apply_more_than_is_owed(patch: pytest.MonkeyPatch) -> None:
    """A deal takes all that a payment holds, owed or not."""
    patch.setattr(apply, "outstanding_of_deal", lambda _deal, currency: Money.of(10**9, currency))
    patch.setattr(apply, "cover_as_planned", _cover_the_first)


def skip_a_number(patch: pytest.MonkeyPatch) -> None:
    """Every other paper skips a number."""
    real = issuing.take_place

    def skipping(*args: Any, **given: Any) -> Any:
        place = real(*args, **given)
        return real(*args, **given) if place.sequence % 2 == 0 else place

    patch.setattr(issuing, "take_place", skipping)
    patch.setattr(crediting, "take_place", skipping)


def skip_a_code(patch: pytest.MonkeyPatch) -> None:
    """A return takes two codes."""

    def twice(prefix: str) -> str:
        next_code(prefix)
        return next_code(prefix)

    patch.setattr("tenant_apps.returns.services.requesting.next_code", twice)


def drop_an_event(patch: pytest.MonkeyPatch) -> None:
    """A rejected or returned payment leaves no trace."""

    def dropping(event: Any, **given: Any) -> Any:
        return record(event, **given) if event.name == "payments.payment_verified" else None

    patch.setattr("tenant_apps.payments.services.decide.record", dropping)


def let_makers_decide(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks on which side the checker stands."""
    patch.setattr(reviewing, "refuse_interested", _nothing)
    patch.setattr(deciding, "add_party", _nothing)


def let_who_gains_by_credit_decide(patch: pytest.MonkeyPatch) -> None:
    """Who gains by a deal that took a payment's credit decides on its return."""
    patch.setattr(returning, "refuse_who_gains", _nothing)
    patch.setattr(deciding, "add_party", _nothing)


def let_anybody_give_credit(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks on which side stands who gives a deal the credit of a payment."""
    patch.setattr(allocating, "_refuse_gain", _nothing)


def pay_commission_twice(patch: pytest.MonkeyPatch) -> None:
    """A line pays a cent more than its tree says."""
    real = accrual.next_line

    def generous(*args: Any, **given: Any) -> Any:
        line = real(*args, **given)
        line.amount += Decimal(1)
        return line

    patch.setattr(accrual, "next_line", generous)


def keep_refunded_money(patch: pytest.MonkeyPatch) -> None:
    """What goes back is not taken off the deal."""
    # the package's name for it is the function
    patch.setattr(sys.modules["tenant_apps.payments.services.take_back"], "unapply", _nothing)


def forget_the_tax(patch: pytest.MonkeyPatch) -> None:
    """A won deal posts its tax as revenue of the wrong size."""
    real = receivable._post

    def without_tax(deal: Any, net: Money, tax: Money, **given: Any) -> None:
        real(deal, net, Money.zero(tax.currency), **given)

    patch.setattr(receivable, "_post", without_tax)


def count_ended_sales(patch: pytest.MonkeyPatch) -> None:
    """Invoices that were credited before a deal was reopened still count as invoiced."""
    patch.setattr(guarding, "end_sale", _nothing)


def keep_losses(patch: pytest.MonkeyPatch) -> None:
    """A credit note leaves what was given up, and gives money back that nobody has paid."""
    patch.setattr(crediting, "take_back_loss", _nothing)


def invoice_what_was_given_up(patch: pytest.MonkeyPatch) -> None:
    """Whatever no invoice asks for can be invoiced, given up or not."""
    patch.setattr(composing, "still_expected", lambda left, **_given: left)


def _cover_the_first(money: Money, *, instalments: Any, **_given: Any) -> Any:
    return [Part(instalments[0].id, money)]


def _nothing(*_args: Any, **_given: Any) -> None:
    """Do nothing where something should be done."""


PLANTS: tuple[Plant, ...] = (
    skip_a_posting,
    apply_more_than_is_owed,
    skip_a_number,
    skip_a_code,
    drop_an_event,
    let_makers_decide,
    pay_commission_twice,
    keep_refunded_money,
    forget_the_tax,
    count_ended_sales,
    keep_losses,
    invoice_what_was_given_up,
)
