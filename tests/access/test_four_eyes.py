"""Whose second factors were reset decides nothing for a day: every decision of the product asks.

A decision is a route that agrees to, or turns down, what another person made. Each has a case that
makes something to decide; a new route without one fails here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import retire_policy
from tenant_apps.commissions.services import create_plan, draft_version, submit_version
from tenant_apps.deals.services import TermChanges, request_discount
from tenant_apps.returns.models import Kind
from tests.access.test_route_permissions import TENANT_ROUTES
from tests.accounts.factors import give_app
from tests.approvals.test_policies_four_eyes import policy
from tests.cast import person_named
from tests.client import PrsClient, error
from tests.factories.commissions import flat_rate
from tests.factories.deals import DealFactory, WonDealFactory, line
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.returns.stories import approve, ask, expect_again, give_up

pytestmark = pytest.mark.django_db

BUSINESS, ADMIN = "/api/business", "/api/admin"
HOW = "add a case to tests/access/test_four_eyes.py, and call access.scopes.refuse_blocked"
# how the addresses of decisions end
DECIDES = re.compile(
    r"/(approve|reject|request-changes|agree|verify|accept|decline|confirm|release|lock)/$"
)
# What such a word means where nobody decides on what another made.
NO_DECISIONS = {
    f"POST {ADMIN}/mfa-resets/<str:pk>/decline/": "takes nothing from anybody",
    f"POST {BUSINESS}/payments/<str:reference>/release/": "lets go of what one reviews",
    "POST /api/auth/invitations/accept/": "one's own invitation",
    "POST /api/auth/mfa/totp/confirm/": "one's own app",
    "POST /api/auth/password/reset/confirm/": "one's own password",
    "POST /api/auth/token/verify/": "says whether a token is good",
}


@dataclass(frozen=True)
class Decision:
    """Something to decide: who may, where, and with which body."""

    by: str
    address: str
    body: dict[str, Any] = field(default_factory=dict)


def _payment(verb: str, **body: Any) -> Callable[[], Decision]:
    def make() -> Decision:
        payment = SubmittedPaymentFactory(by=person_named("sam"))
        seen = {"content_hash": payment.content_hash}
        return Decision("vera", f"{BUSINESS}/payments/{payment.pk}/{verb}/", {**seen, **body})

    return make


def _return(kind: Kind, verb: str, **body: Any) -> Callable[[], Decision]:
    def make() -> Decision:
        sam, vera, fay = (person_named(name) for name in ("sam", "vera", "fay"))
        payment = VerifiedPaymentFactory(by=sam, checker=vera)
        by = fay if kind is Kind.REVERSAL else sam
        asked = ask(payment, kind, by, utc_now())
        seen = {"content_hash": asked.content_hash}
        return Decision("viktor", f"{BUSINESS}/{kind.value}s/{asked.pk}/{verb}/", {**seen, **body})

    return make


def _write_off(verb: str, **body: Any) -> Callable[[], Decision]:
    def make() -> Decision:
        deal = WonDealFactory(by=person_named("sam"))
        asked = give_up(deal, person_named("fay"), utc_now())
        seen = {"content_hash": asked.content_hash}
        return Decision("vera", f"{BUSINESS}/write-offs/{asked.pk}/{verb}/", {**seen, **body})

    return make


def _recovery(verb: str, **body: Any) -> Callable[[], Decision]:
    def make() -> Decision:
        fay, deal = person_named("fay"), WonDealFactory(by=person_named("sam"))
        posted = approve(give_up(deal, fay, utc_now()), person_named("vera"), utc_now())
        asked = expect_again(posted, fay, utc_now())
        seen = {"content_hash": asked.content_hash}
        return Decision("viktor", f"{BUSINESS}/recoveries/{asked.pk}/{verb}/", {**seen, **body})

    return make


def _discount(verb: str, **body: Any) -> Callable[[], Decision]:
    def make() -> Decision:
        sam, terms = person_named("sam"), (line("100.00", discount_percent=Decimal(50)),)
        deal = DealFactory(lines=terms, by=sam)
        asked = request_discount(
            deal_id=deal.pk, changes=TermChanges(), reason="They sign", by=sam, at=utc_now()
        )
        seen = {"content_hash": asked.content_hash}
        address = f"{BUSINESS}/discount-requests/{asked.pk}/{verb}/"
        return Decision("theo", address, {**seen, **body})

    return make


def _proposed_policy() -> Decision:
    adam = person_named("adam")
    policy(2, priority=10, by=adam, at=utc_now())
    weaker = policy(1, priority=20, by=adam, at=utc_now())
    return Decision("olga", f"{BUSINESS}/approval-policies/{weaker.pk}/approve/")


def _missed_policy() -> Decision:
    adam = person_named("adam")
    missed = policy(2, priority=10, by=adam, at=utc_now())
    retire_policy(policy_id=missed.pk, by=adam, at=utc_now())
    return Decision("olga", f"{BUSINESS}/approval-policies/{missed.pk}/")


def _plan_version() -> Decision:
    fay = person_named("fay")
    plan = create_plan(name="A plan", by=fay, at=utc_now())
    new = flat_rate(since=date(2030, 1, 1))
    draft = draft_version(plan_id=plan.pk, new=new, by=fay, at=utc_now())
    submit_version(version_id=draft.pk, by=fay, at=utc_now())
    return Decision("adam", f"{BUSINESS}/commissions/plan-versions/{draft.pk}/approve/")


def _mfa_reset() -> Decision:
    from tenant_apps.access.services import ask_for_mfa_reset  # noqa: PLC0415

    sam = person_named("sam")
    give_app(sam)
    reset = ask_for_mfa_reset(user_id=sam.pk, reason="Lost", by=person_named("adam"), at=utc_now())
    return Decision("olga", f"{ADMIN}/mfa-resets/{reset.pk}/approve/")


NO = {"reason": "No money came"}
DECISIONS: dict[str, Callable[[], Decision]] = {
    f"POST {BUSINESS}/payments/<str:reference>/approve/": _payment("approve"),
    f"POST {BUSINESS}/payments/<str:reference>/reject/": _payment(
        "reject", **NO, failure_reason="other"
    ),
    f"POST {BUSINESS}/payments/<str:reference>/request-changes/": _payment("request-changes", **NO),
    **{
        f"POST {BUSINESS}/{kind.value}s/<str:reference>/{verb}/": _return(kind, verb, **body)
        for kind in (Kind.REFUND, Kind.REVERSAL, Kind.CHARGEBACK)
        for verb, body in (("approve", {}), ("reject", NO))
    },
    f"POST {BUSINESS}/discount-requests/<str:pk>/approve/": _discount("approve"),
    f"POST {BUSINESS}/discount-requests/<str:pk>/reject/": _discount("reject", **NO),
    f"POST {BUSINESS}/write-offs/<str:reference>/approve/": _write_off("approve"),
    f"POST {BUSINESS}/write-offs/<str:reference>/reject/": _write_off("reject", **NO),
    f"POST {BUSINESS}/recoveries/<str:reference>/approve/": _recovery("approve"),
    f"POST {BUSINESS}/recoveries/<str:reference>/reject/": _recovery("reject", **NO),
    f"POST {BUSINESS}/approval-policies/<str:pk>/approve/": _proposed_policy,
    f"DELETE {BUSINESS}/approval-policies/<str:pk>/": _missed_policy,
    f"POST {BUSINESS}/commissions/plan-versions/<str:pk>/approve/": _plan_version,
    f"POST {ADMIN}/mfa-resets/<str:pk>/approve/": _mfa_reset,
}


def test_every_decision_has_a_case() -> None:
    routes = {str(route) for route in TENANT_ROUTES}
    named = {str(route) for route in TENANT_ROUTES if DECIDES.search(route.path)}
    cases = DECISIONS.keys() | NO_DECISIONS.keys()
    assert named - cases == set(), f"do these decide on what others made? {HOW}"
    assert cases - routes == set(), "these are no routes any more"


@pytest.mark.parametrize("route", DECISIONS)
def test_a_decision_rests_for_whoever_was_reset(route: str, cast: None, acme: Tenant) -> None:
    decision = DECISIONS[route]()
    method = route.partition(" ")[0].lower()
    person = person_named(decision.by)
    _block(person, timedelta(hours=24))
    refused = _decide(method, decision, person, acme)
    assert error(refused, 403)["code"] == "approvals_blocked"
    _block(person, timedelta(seconds=-1))
    allowed = _decide(method, decision, person, acme)
    assert allowed.status_code in {200, 204}, allowed.content


def _block(person: User, how_long: timedelta) -> None:
    until = utc_now() + how_long
    User.objects.filter(pk=person.pk).update(approvals_blocked_until=until)


def _decide(method: str, decision: Decision, person: User, tenant: Tenant) -> Any:
    client = PrsClient.signed_in(person_named(decision.by), tenant=tenant)
    return getattr(client, method)(decision.address, decision.body or None)
