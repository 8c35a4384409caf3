"""Every line can be computed again from the events, and a single changed cent is found."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.commissions.models import (
    CollectedCredit,
    CommissionLine,
    CommissionPlan,
    Component,
    LadderHead,
)
from tenant_apps.commissions.services import recompute_all
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import TermChanges, amend_deal
from tests.commissions.conftest import Collect
from tests.factories.commissions import flat_rate, publish
from tests.factories.deals import line
from tests.unguarded import unguarded


@pytest.fixture
def new_terms(plan: CommissionPlan, fay: User, adam: User, at_noon: datetime) -> CommissionPlan:
    """The plan, paying 7 % from 20 March."""
    publish(plan, flat_rate("7", since=date(2026, 3, 20)), author=fay, checker=adam, at=at_noon)
    return plan


@pytest.fixture(autouse=True)
def _history(
    *,
    new_terms: CommissionPlan,
    won_deal: Deal,
    taxed_deal: Deal,
    collected: Collect,
    sam: User,
    at_noon: datetime,
) -> None:
    """Payments over two deals, two months, two versions and an amendment."""
    for days, amount in enumerate(("100.00", "0.01", "33.33", "250.17", "0.99")):
        collected(won_deal, amount, at=at_noon + timedelta(days=10 * days))
        collected(taxed_deal, amount, at=at_noon + timedelta(days=10 * days))
    cheaper = TermChanges(lines=(line("900.00", tax_rate_percent=Decimal(7)),))
    later = at_noon + timedelta(days=50)
    amend_deal(deal_id=taxed_deal.pk, changes=cheaper, reason="agreed", by=sam, at=later)
    collected(taxed_deal, "578.50", at=later)


def test_reproduces_every_line() -> None:
    result = recompute_all()
    assert result.differences == []
    assert (result.events, result.credits, result.lines) == (11, 16, 16)
    assert result.ladders == LadderHead.objects.count()


def test_credits_a_fully_paid_amended_deal_with_exactly_its_net(taxed_deal: Deal) -> None:
    credited = CollectedCredit.objects.filter(deal=taxed_deal).values_list("base", flat=True)
    assert sum(credited) == Decimal(900)


def _raise_an_amount() -> None:
    line_ = CommissionLine.objects.order_by("pk")[3]
    CommissionLine.objects.filter(pk=line_.pk).update(amount=line_.amount + Decimal("0.01"))


def _move_a_cent_between_lines() -> None:
    first, second = CommissionLine.objects.order_by("pk")[:2]
    CommissionLine.objects.filter(pk=first.pk).update(amount=first.amount + Decimal("0.01"))
    CommissionLine.objects.filter(pk=second.pk).update(amount=second.amount - Decimal("0.01"))


def _touch_an_explanation() -> None:
    line_ = CommissionLine.objects.order_by("pk")[0]
    line_.explanation["of"][1]["value"] = "0.000"
    line_.save(update_fields=["explanation"])


def _raise_a_credit() -> None:
    credit = CollectedCredit.objects.order_by("pk")[0]
    CollectedCredit.objects.filter(pk=credit.pk).update(base=credit.base + 1)


def _raise_a_head() -> None:
    LadderHead.objects.update(accrued=Decimal(99))


def _raise_a_rate() -> None:
    Component.objects.update(rate_percent=Decimal(8))


@pytest.mark.parametrize(
    "tamper",
    [
        _raise_an_amount,
        _move_a_cent_between_lines,
        _touch_an_explanation,
        _raise_a_credit,
        _raise_a_head,
        _raise_a_rate,
    ],
)
def test_finds_what_was_changed(tamper: Callable[[], None]) -> None:
    with unguarded(CommissionLine, CollectedCredit, LadderHead, Component):
        tamper()
    assert recompute_all().differences


class TestCommand:
    def test_ends_with_one_line_of_figures(self, acme: Tenant) -> None:
        out = StringIO()
        call_command("recompute", organization="acme", all=True, stdout=out)
        assert out.getvalue().strip() == (
            "recompute: ok (acme: 16 lines, 16 credits, 6 ladders from 11 events, 0 differences)"
        )

    def test_ends_with_status_1_when_anything_differs(self, acme: Tenant) -> None:
        with unguarded(CommissionLine):
            _raise_an_amount()
        out = StringIO()
        with pytest.raises(CommandError) as refused:
            call_command("recompute", organization="acme", all=True, json=True, stdout=out)
        assert refused.value.returncode == 1
        (difference,) = json.loads(out.getvalue())["differences"]
        assert difference["kind"] == "line"

    @pytest.mark.parametrize(
        "options", [{"organization": "acme"}, {"organization": "nobody", "all": True}]
    )
    def test_refuses_bad_input_with_status_2(self, options: dict[str, Any], acme: Tenant) -> None:
        with pytest.raises(CommandError) as refused:
            call_command("recompute", **options)
        assert refused.value.returncode == 2
