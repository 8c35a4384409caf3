"""Concurrent approvals on one ladder pay exactly the formula; committed data, real threads."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import close_old_connections, connection

from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.commissions.models import CommissionLine, LadderHead
from tenant_apps.commissions.services import (
    VersionNotInReview,
    approve_version,
    create_plan,
    draft_version,
    recompute_all,
    submit_version,
)
from tenant_apps.payments.models import Payment
from tests.cast import Cast, make_cast
from tests.commissions.money import submit, verify
from tests.factories.commissions import PlanFactory, flat_rate
from tests.factories.deals import WonDealFactory, line

T = TypeVar("T")


@pytest.fixture
def people(fresh_tenant: Tenant, at_noon: datetime) -> Cast:
    return make_cast(at=at_noon)


def at_once(works: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run the works in threads of their own that start together; return results or errors."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], T]) -> T | Exception:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return work()
        except Exception as error:  # noqa: BLE001  the caller asserts on it
            return error
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        futures = [pool.submit(copy_context().run, run, work) for work in works]
        return [future.result() for future in futures]


def pending(sam: User, amounts: Sequence[str], *, at: datetime) -> list[Payment]:
    """Submit a payment per amount, each on a deal of its own: they share nothing but the ladder."""
    deals = [WonDealFactory(by=sam, lines=(line(amount),), at=at) for amount in amounts]
    return [
        submit(deal, amount, by=sam, at=at) for deal, amount in zip(deals, amounts, strict=True)
    ]


class TestConcurrentApprovals:
    def test_of_two_deals_pay_the_formula_on_a_ladder_that_neither_made(
        self, people: Cast, at_noon: datetime
    ) -> None:
        PlanFactory(
            author=people["fay"], checker=people["adam"], payees=[people["sam"]], at=at_noon
        )
        payments = pending(people["sam"], ["0.10"] * 8, at=at_noon)
        done = at_once(
            [partial(verify, payment, checker=people["vera"], at=at_noon) for payment in payments]
        )
        assert [each for each in done if isinstance(each, Exception)] == []
        (head,) = LadderHead.objects.all()
        # 8 x round(0.005) would be 0.00 and 8 x 0.01 would be 0.08
        assert (head.base, head.accrued, head.last_seq) == (Decimal("0.80"), Decimal("0.04"), 8)
        lines = CommissionLine.objects.order_by("ladder_seq")
        assert [each.ladder_seq for each in lines] == list(range(1, 9))
        assert sum(each.amount for each in lines) == Decimal("0.04")
        assert recompute_all().differences == []

    def test_of_one_payment_accrue_once(self, people: Cast, at_noon: datetime) -> None:
        PlanFactory(
            author=people["fay"], checker=people["adam"], payees=[people["sam"]], at=at_noon
        )
        (payment,) = pending(people["sam"], ["100.00"], at=at_noon)
        checkers = [people["vera"], people["viktor"]] * 3
        done = at_once(
            [partial(verify, payment, checker=checker, at=at_noon) for checker in checkers]
        )
        assert sum(not isinstance(each, Exception) for each in done) == 1
        assert CommissionLine.objects.get().amount == Decimal(5)


class TestConcurrentPlans:
    def test_publish_a_version_once(self, people: Cast, at_noon: datetime) -> None:
        plan = create_plan(name="Raced", by=people["fay"], at=at_noon)
        version = draft_version(plan_id=plan.pk, new=flat_rate(), by=people["fay"], at=at_noon)
        submit_version(version_id=version.pk, by=people["fay"], at=at_noon)
        approve = partial(approve_version, version_id=version.pk, sole_control=False, at=at_noon)
        done = at_once([partial(approve, by=people[name]) for name in ("adam", "olga")])
        assert sorted(type(each).__name__ for each in done) == ["PlanVersion", "VersionNotInReview"]
        assert any(isinstance(each, VersionNotInReview) for each in done)

    def test_number_their_drafts_without_a_gap(self, people: Cast, at_noon: datetime) -> None:
        plan = create_plan(name="Raced", by=people["fay"], at=at_noon)
        done = at_once(
            [lambda: draft_version(plan_id=plan.pk, new=flat_rate(), by=people["fay"], at=at_noon)]
            * 4
        )
        numbers = sorted(each.number for each in done if not isinstance(each, Exception))
        assert numbers == [1, 2, 3, 4]
