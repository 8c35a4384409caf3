"""The organization says which roles need a second factor."""

from datetime import timedelta

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.sign_in_policy import read_policy, second_factor_grace
from tenant_apps.accounts.models import User
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok

pytestmark = pytest.mark.django_db

POLICY = "/api/admin/sign-in-policy/"


def test_is_the_products_until_somebody_changes_it(as_adam: PrsClient) -> None:
    assert ok(as_adam.get(POLICY), 200) == {
        "roles": ["admin", "finance", "owner", "verifier"],
        "grace_days": 7,
        "version": 1,
    }


def test_holds_from_the_next_sign_in(
    sam: User, vera: User, as_adam: PrsClient, anyone: PrsClient
) -> None:
    new = {"roles": ["salesperson"], "grace_days": 0}
    assert ok(as_adam.patch(POLICY, new, version=1), 200)["version"] == 2
    given = {"email": sam.email, "password": PASSWORD}
    assert ok(anyone.post("/api/auth/login/", given))["status"] == "mfa_setup_required"
    assert second_factor_grace(vera) is None
    row = EventRecord.objects.get(name="access.sign_in_policy_changed")
    assert row.before == {"roles": ["admin", "finance", "owner", "verifier"], "grace_days": 7}
    assert row.after == {"roles": ["salesperson"], "grace_days": 0}


def test_ends_renewals_that_it_no_longer_allows(
    sam: User, as_sam: PrsClient, as_adam: PrsClient, anyone: PrsClient
) -> None:
    ok(as_adam.patch(POLICY, {"roles": ["salesperson"], "grace_days": 0}, version=1), 200)
    assert as_sam.tokens is not None
    error(anyone.post("/api/auth/token/refresh/", {"refresh": as_sam.tokens.refresh}), 401)


def test_counts_the_days_of_who_was_in_before_from_their_first_renewal(
    sam: User, as_sam: PrsClient, as_adam: PrsClient, anyone: PrsClient
) -> None:
    ok(as_adam.patch(POLICY, {"roles": ["salesperson"], "grace_days": 3}, version=1), 200)
    assert as_sam.tokens is not None
    renewed = ok(anyone.post("/api/auth/token/refresh/", {"refresh": as_sam.tokens.refresh}), 200)
    sam.refresh_from_db()
    asked_at = sam.second_factor_asked_at
    assert asked_at is not None
    User.objects.filter(pk=sam.pk).update(second_factor_asked_at=asked_at - timedelta(days=3))
    error(anyone.post("/api/auth/token/refresh/", {"refresh": renewed["refresh"]}), 401)


def test_is_changed_on_the_version_that_was_read(as_adam: PrsClient) -> None:
    ok(as_adam.patch(POLICY, {"grace_days": 3}, version=1), 200)
    error(as_adam.patch(POLICY, {"grace_days": 4}, version=1), 412)
    error(as_adam.patch(POLICY, {"grace_days": 4}), 428)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"roles": ["emperor"]}, "/roles"),
        ({"grace_days": -1}, "/grace_days"),
        ({"grace_days": 91}, "/grace_days"),
    ],
)
def test_refuses_what_makes_no_sense(
    given: dict[str, object], field: str, as_adam: PrsClient
) -> None:
    answer = error(as_adam.patch(POLICY, given, version=1), 400)
    assert answer["errors"][0]["field"].startswith(field)


def test_is_each_organizations_own(as_adam: PrsClient, globex: Tenant) -> None:
    ok(as_adam.patch(POLICY, {"grace_days": 0}, version=1), 200)
    with use_tenant(globex):
        assert read_policy().grace_days == 7


@pytest.mark.parametrize("name", ["audrey", "sam"])
def test_is_changed_by_administrators_alone(name: str, request: pytest.FixtureRequest) -> None:
    client: PrsClient = request.getfixturevalue(f"as_{name}")
    error(client.patch(POLICY, {"grace_days": 0}, version=1), 403)
