"""The role matrix: every cell, through the check that every request passes."""

import pytest

from shared_apps.tenancy.context import Tenant, use_platform
from tenant_apps.access.models import Grant, Role
from tenant_apps.access.role_matrix import (
    OPERATOR,
    ORGANIZATION_ROLES,
    OWNERSHIP,
    PERMISSIONS,
    PLATFORM,
    ROLES,
    RoleDefinition,
    ScopeKind,
)
from tenant_apps.access.scopes import has_permission, scope_of
from tenant_apps.accounts.models import User
from tests.cast import person_named

PLAYED_BY = {
    "owner": "olga",
    "admin": "adam",
    "finance": "fay",
    "verifier": "vera",
    "team_lead": "theo",
    "salesperson": "sam",
    "auditor": "audrey",
    "reviewer": "rita",
    "team_member": "tim",
}
# what a seller reads of their teams, whoever owns it (projects: tests/projects says which)
SHARED_READS = {"products.view", "projects.view", "teams.view"}
CELLS = [(role, name) for role in ORGANIZATION_ROLES for name in PERMISSIONS]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "permission"), CELLS, ids=[f"{role.code}-{name}" for role, name in CELLS]
)
def test_a_cell_says_what_the_check_says(role: RoleDefinition, permission: str, cast: None) -> None:
    person = person_named(PLAYED_BY[role.code])
    assert has_permission(person, permission) is (permission in role.grants)
    if permission in role.grants:
        assert scope_of(person, permission).kind is role.grants[permission]


def test_has_the_ten_roles_of_the_design() -> None:
    assert {role.code for role in ROLES} == {*PLAYED_BY, "platform_operator"}
    assert len({role.rank for role in ROLES}) == len(ROLES)


def test_names_only_known_permissions() -> None:
    for role in ROLES:
        assert set(role.grants) <= set(PERMISSIONS)


def test_uses_every_permission() -> None:
    used = {name for role in ROLES for name in role.grants}
    assert used == set(PERMISSIONS)


def test_keeps_the_platforms_permissions_out_of_organizations() -> None:
    for role in ORGANIZATION_ROLES:
        assert not set(role.grants) & set(PLATFORM)
    assert set(OPERATOR.grants) == set(PLATFORM)


def test_lets_only_the_owner_hand_the_organization_on() -> None:
    for role in ORGANIZATION_ROLES:
        assert set(OWNERSHIP) <= set(role.grants) or role.code != "owner"
        assert role.code == "owner" or not set(OWNERSHIP) & set(role.grants)


def test_lets_the_auditor_read_everything_and_change_nothing() -> None:
    auditor = next(role for role in ROLES if role.code == "auditor")
    readable = {name for name in PERMISSIONS if name.endswith(".view")}
    assert set(auditor.grants) == readable
    assert set(auditor.grants.values()) == {ScopeKind.ALL}


def test_gives_sellers_no_say_over_payments() -> None:
    for role in ROLES:
        decides = role.grants.get("payments.decide")
        assert decides is None or role.code in {"owner", "admin", "verifier", "reviewer"}


def test_never_mistakes_the_team_lead_for_an_administrator() -> None:
    lead = next(role for role in ROLES if role.code == "team_lead")
    # a lead plans for the teams that they lead alone: tests/projects refuses every other team
    assert [name for name in lead.grants if name.endswith(".manage")] == ["projects.manage"]
    assert {kind for name, kind in lead.grants.items() if name not in SHARED_READS} == {
        ScopeKind.TEAM
    }


def test_lets_nobody_act_on_the_objects_of_mere_peers() -> None:
    for role in ROLES:
        peers = [name for name, kind in role.grants.items() if kind is ScopeKind.PEERS]
        assert [name for name in peers if not name.endswith(".view")] == []
        assert role.code == "team_member" or set(peers) <= SHARED_READS


@pytest.mark.django_db
class TestInTheDatabase:
    def test_the_built_in_roles_are_what_the_matrix_says(self, acme: Tenant) -> None:
        stored: dict[str, dict[str, str]] = {role.code: {} for role in Role.objects.all()}
        rows = Grant.objects.order_by("pk").values_list("role__code", "permission", "scope")
        for code, permission, scope in rows:
            stored[code][permission] = scope
        assert stored == {role.code: dict(role.grants) for role in ORGANIZATION_ROLES}

    def test_the_platform_has_no_roles_but_operators_hold_theirs(self, cast: None) -> None:
        with use_platform():
            pat = User.objects.get(email="pat@platform.example")
            assert has_permission(pat, "platform.organizations")
            assert not has_permission(pat, "payments.decide")

    def test_an_operators_row_holds_nothing_inside_an_organization(
        self, cast: None, acme: Tenant
    ) -> None:
        with use_platform():
            pat = User.objects.get(email="pat@platform.example")
        assert not has_permission(pat, "platform.organizations")
        assert not has_permission(pat, "people.view")
