"""A browser that was signed in before a second factor was asked of the person is asked as well."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.access.services import (
    BulkAssignment,
    assign_role,
    assign_roles,
    change_sign_in_policy,
    remove_role,
    set_roles,
)
from tenant_apps.access.sign_in_policy import PolicyTerms
from tenant_apps.accounts.models import User
from tests.accounts.factors import browser_of, give_app
from tests.client import PrsClient, error, ok
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

ME = "/api/auth/me/"


def by_bulk_assignment(person: User, by: User) -> None:
    wanted = BulkAssignment(user_ids=[person.pk], add=["admin"])
    assign_roles(wanted=wanted, by=by, at=utc_now())


def by_role_change(person: User, by: User) -> None:
    set_roles(user_id=person.pk, roles={"admin"}, by=by, at=utc_now())


def by_policy_change(person: User, by: User) -> None:
    demand(days=7, by=by)


def demand(*, days: int, by: User) -> None:
    """Ask a second factor of those who sell."""
    terms = PolicyTerms(roles=("salesperson",), grace_days=days)
    change_sign_in_policy(terms=terms, expected_version=1, by=by, at=utc_now())


def let_pass(person: User, **time: int) -> None:
    """Let time pass since the person was asked."""
    person.refresh_from_db()
    assert person.second_factor_asked_at is not None
    person.second_factor_asked_at -= timedelta(**time)
    person.save(update_fields=["second_factor_asked_at"])


@pytest.fixture
def sams(sam: User, acme: Tenant) -> PrsClient:
    """The browser of a seller, of whom nothing asks a second factor yet."""
    return browser_of(sam, tenant=acme)


@pytest.mark.parametrize("ask", [by_bulk_assignment, by_role_change, by_policy_change])
class TestWhoeverIsAskedSince:
    def test_has_the_days_of_grace_and_no_more(
        self, ask: Callable[[User, User], None], sams: PrsClient, sam: User, olga: User
    ) -> None:
        ask(sam, olga)
        ok(sams.get(ME), 200)
        let_pass(sam, days=6, hours=23)
        ok(sams.get(ME), 200)
        let_pass(sam, hours=2)
        error(sams.get(ME), 401)
        assert sams.get("/")["Location"].startswith("/sign-in/")

    def test_goes_on_with_a_second_factor(
        self, ask: Callable[[User, User], None], acme: Tenant, sam: User, olga: User
    ) -> None:
        sams = browser_of(sam, tenant=acme, app=give_app(sam))
        ask(sam, olga)
        ok(sams.get(ME), 200)
        sam.refresh_from_db()
        assert sam.second_factor_asked_at is None


class TestASession:
    def test_ends_at_once_without_days_of_grace(self, sams: PrsClient, olga: User) -> None:
        demand(days=0, by=olga)
        error(sams.get(ME), 401)

    def test_goes_on_when_nothing_asks_any_more(
        self, sams: PrsClient, sam: User, olga: User
    ) -> None:
        assign_role(user_id=sam.pk, role="admin", by=olga, at=utc_now())
        ok(sams.get(ME), 200)
        let_pass(sam, days=8)
        error(sams.get(ME), 401)
        remove_role(user_id=sam.pk, role="admin", by=olga, at=utc_now())
        ok(sams.get(ME), 200)

    def test_is_asked_in_the_statement_that_reads_it(
        self, sams: PrsClient, sam: User, olga: User
    ) -> None:
        before = queries_of(lambda: sams.get(ME))
        demand(days=7, by=olga)
        assert queries_of(lambda: sams.get(ME)) == before
