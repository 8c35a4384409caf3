"""What is asked of people changes while one of them is on the way through the door."""

from collections.abc import Callable
from functools import partial

import pytest

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.access.services import assign_role_by_program, change_sign_in_policy
from tenant_apps.access.sign_in_policy import PolicyTerms
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.services import (
    SignInAttempt,
    find_standing_sign_in,
    sign_in,
    standing_among,
)
from tests.cast import PASSWORD, STAGEHAND
from tests.factories.accounts import PersonFactory
from tests.sso.rows import keep_connection, require
from tests.together import overtake


def demand_second_factor(by: User) -> None:
    """Ask it of those who sell, at once."""
    terms = PolicyTerms(roles=("salesperson",), grace_days=0)
    change_sign_in_policy(terms=terms, expected_version=1, by=by, at=utc_now())


def require_provider(by: User) -> None:
    """Ask the provider's word of everybody."""
    require(keep_connection(by), by)


def give_role(by: User) -> None:
    """Make those who sell administrators."""
    demand_second_factor(by)
    for seller in User.objects.filter(first_name="Seller").order_by("pk"):
        assign_role_by_program(user_id=seller.pk, role="salesperson", by=STAGEHAND, at=utc_now())


@pytest.mark.parametrize(
    ("role", "change"),
    [
        ("salesperson", demand_second_factor),
        ("salesperson", require_provider),
        ("team_member", give_role),
    ],
)
def test_a_sign_in_of_just_then_counts_no_more(
    role: str, change: Callable[[User], None], fresh_tenant: Tenant
) -> None:
    """The door reads the rule of before, and opens the sign-in unseen by who changes the rule."""
    administrator, seller = PersonFactory(), PersonFactory(first_name="Seller")
    assign_role_by_program(user_id=seller.pk, role=role, by=STAGEHAND, at=utc_now())
    attempt = SignInAttempt(email=seller.email, password=PASSWORD)
    come = partial(sign_in, attempt=attempt, at=utc_now())
    overtake(fresh_tenant, first=partial(change, administrator), then=come)
    opened = SignIn.objects.get(user=seller, ended_at=None)
    assert find_standing_sign_in(opened.pk, at=utc_now()) is None
    assert standing_among([opened.pk], at=utc_now()) == frozenset()
