"""Fifty people enter things of every kind at one moment: codes are exactly 1 to 50."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.db import models

from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import NewDeal, create_deal
from tenant_apps.handovers.models import HandOver
from tenant_apps.handovers.services import NewHandOver, plan_hand_over
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import NewPayment, submit_payment
from tenant_apps.projects.models import Project
from tenant_apps.projects.services import NewProject, create_project
from tenant_apps.returns.models import Kind, Return
from tests.cast import make_cast, make_person, person_named
from tests.factories.deals import WonDealFactory, line
from tests.factories.payments import VerifiedPaymentFactory
from tests.payments.racing import race
from tests.returns.stories import ask

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)
Calls = list[Callable[[], Any]]


@pytest.fixture
def office(fresh_tenant: Tenant) -> Tenant:
    """An organization of its own, with the whole cast."""
    make_cast(at=AT)
    return fresh_tenant


def deals(sam: User) -> Calls:
    client = WonDealFactory(by=sam, at=AT).client_id
    new = NewDeal(name="Website", client=client, lines=(line(),))
    return [partial(create_deal, new=new, by=sam, at=AT)] * 49


def payments(sam: User) -> Calls:
    deal = WonDealFactory(by=sam, at=AT)
    new = NewPayment(
        client=deal.client_id,
        deal=deal.pk,
        money=Money.of("1.00", "USD"),
        method="card",
        received_on=AT.date(),
        duplicate_justification="Several of a kind",
    )
    return [partial(submit_payment, new=new, by=sam, at=AT)] * 50


def projects(_sam: User) -> Calls:
    return [
        partial(create_project, new=NewProject(name=f"P{n}"), by=person_named("adam"), at=AT)
        for n in range(50)
    ]


def refunds(_sam: User) -> Calls:
    payment = VerifiedPaymentFactory(at=AT)
    one = Money.of("1.00", "USD")
    fay = person_named("fay")
    return [partial(ask, payment, Kind.REFUND, fay, AT, money=one)] * 50


def hand_overs(sam: User) -> Calls:
    adam = person_named("adam")
    olga = person_named("olga")
    people = [
        make_person(f"p{n}", last_name="L", role="salesperson", by=olga, at=AT) for n in range(50)
    ]
    return [
        partial(
            plan_hand_over,
            new=NewHandOver(
                leaver_id=person.pk,
                successor_id=sam.pk,
                reason="Leaves",
                effective_on=AT.date().replace(year=2100),
            ),
            by=adam,
            at=AT,
        )
        for person in people
    ]


class TestFiftyCodes:
    @pytest.mark.parametrize(
        ("make", "model", "prefix"),
        [
            (deals, Deal, "DL"),
            (payments, Payment, "PY"),
            (projects, Project, "PJ"),
            (refunds, Return, "RF"),
            (hand_overs, HandOver, "HO"),
        ],
    )
    def test_have_no_gap(
        self,
        office: Tenant,
        make: Callable[[User], Calls],
        model: type[models.Model],
        prefix: str,
    ) -> None:
        calls = make(person_named("sam"))
        assert race(office, calls) == {"ok": len(calls)}
        codes = model._default_manager.order_by("code").values_list("code", flat=True)
        assert list(codes) == [f"{prefix}-{number:04}" for number in range(1, 51)]
