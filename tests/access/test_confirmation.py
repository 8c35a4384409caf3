"""What cannot be taken back asks for a recent proof of who one is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from rest_framework.permissions import SAFE_METHODS

from shared_apps.kernel.clock import utc_now
from tenant_apps.access.role_matrix import CONFIRMED
from tenant_apps.accounts.models import SignIn, User
from tests.access.test_route_permissions import NAMED, Route, example_of
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok

pytestmark = pytest.mark.django_db


def is_confirmed(route: Route) -> bool:
    permission = str(route.view.permissions[route.action])  # type: ignore[attr-defined]  # ApiViewSet
    listed = route.action in getattr(route.view, "confirmed_actions", ())
    return listed or (permission.startswith(CONFIRMED) and route.method not in SAFE_METHODS)


@pytest.fixture
def stale_olga(olga: User, as_olga: PrsClient) -> PrsClient:
    """The owner, whose last proof lies 16 minutes back."""
    SignIn.objects.filter(user=olga).update(proved_at=utc_now() - timedelta(minutes=16))
    return as_olga


@pytest.mark.parametrize("route", NAMED, ids=str)
def test_is_asked_for_where_the_matrix_says_and_nowhere_else(
    route: Route, stale_olga: PrsClient
) -> None:
    answer = stale_olga.generic(route.method, example_of(route.path))
    asked = answer.status_code == 403 and answer.json()["error"]["code"] == "step_up_required"
    assert asked is is_confirmed(route), answer.content


def test_covers_roles_plans_policies_and_resets() -> None:
    routes = {str(route) for route in NAMED if is_confirmed(route)}
    assert {
        "POST /api/admin/users/<str:pk>/roles/",
        "POST /api/business/commissions/plans/",
        "POST /api/business/approval-policies/",
        "PATCH /api/admin/sign-in-policy/",
        "POST /api/admin/users/<str:pk>/mfa-reset/",
    } <= routes


def test_covers_every_export() -> None:
    exports = [route for route in NAMED if "/export/" in route.path]
    assert len(exports) >= 5
    assert [str(route) for route in exports if not is_confirmed(route)] == []


def test_comes_with_a_sign_in_and_is_renewed_by_a_step_up(sam: User, stale_olga: PrsClient) -> None:
    path = f"/api/admin/users/{sam.pk}/roles/"
    given = {"roles": ["salesperson", "team_member"]}
    assert error(stale_olga.post(path, given), 403)["code"] == "step_up_required"
    ok(stale_olga.post("/api/auth/step-up/", {"password": PASSWORD}), 200)
    ok(stale_olga.post(path, given), 200)


def test_is_asked_for_by_an_invitation_that_gives_roles(stale_olga: PrsClient) -> None:
    path, email = "/api/admin/users/", f"ann-{uuid4().hex[:8]}@acme.example"
    given = {"email": email, "roles": ["owner"]}
    assert error(stale_olga.post(path, given), 403)["code"] == "step_up_required"
    assert not User.objects.filter(email=email).exists()
    ok(stale_olga.post("/api/auth/step-up/", {"password": PASSWORD}), 200)
    ok(stale_olga.post(path, given), 201)


def test_is_not_asked_for_by_an_invitation_without_roles(stale_olga: PrsClient) -> None:
    ok(stale_olga.post("/api/admin/users/", {"email": f"ann-{uuid4().hex[:8]}@acme.example"}), 201)


def test_says_nothing_to_people_without_the_permission(sam: User, as_sam: PrsClient) -> None:
    SignIn.objects.filter(user=sam).update(proved_at=None)
    answer = as_sam.post("/api/business/commissions/plans/", {"name": "x"})
    assert error(answer, 403)["code"] == "permission_denied"
