"""Giving and taking roles."""

from datetime import datetime
from functools import partial

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import NotFound, ValidationFailed
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.models import Grant, Role
from tenant_apps.access.selectors import roles_of
from tenant_apps.access.services import (
    GrantBeyondOwn,
    LastOwner,
    UnknownRole,
    assign_role,
    remove_role,
    seed_roles,
    set_roles,
    suspend_member,
)
from tenant_apps.accounts.models import User
from tests.cast import STAGEHAND, activate_owner, make_person
from tests.together import overtake, run_together


@pytest.mark.django_db
class TestAssigning:
    def test_works_and_is_recorded(self, sam: User, adam: User, at_noon: datetime) -> None:
        assign_role(user_id=sam.pk, role="team_lead", by=adam, at=at_noon)
        assert roles_of(sam.pk) == ["team_lead", "salesperson"]
        event = EventRecord.objects.get(
            name="access.role_assigned", subject_id=sam.pk, recorded_at=at_noon
        )
        assert (event.actor_id, event.after) == (str(adam.pk), {"role": "team_lead"})

    def test_a_second_time_changes_and_records_nothing(
        self, sam: User, adam: User, at_noon: datetime
    ) -> None:
        before = EventRecord.objects.count()
        assign_role(user_id=sam.pk, role="salesperson", by=adam, at=at_noon)
        assert EventRecord.objects.count() == before

    def test_more_than_one_holds_is_refused(
        self, sam: User, adam: User, vera: User, at_noon: datetime
    ) -> None:
        with pytest.raises(GrantBeyondOwn):
            assign_role(user_id=sam.pk, role="owner", by=adam, at=at_noon)
        with pytest.raises(GrantBeyondOwn):
            assign_role(user_id=sam.pk, role="admin", by=vera, at=at_noon)
        assert roles_of(sam.pk) == ["salesperson"]

    def test_one_that_does_not_exist_is_refused(
        self, sam: User, adam: User, at_noon: datetime
    ) -> None:
        with pytest.raises(UnknownRole):
            assign_role(user_id=sam.pk, role="emperor", by=adam, at=at_noon)

    def test_to_a_stranger_is_not_found(self, mallory: User, adam: User, at_noon: datetime) -> None:
        with pytest.raises(NotFound):
            assign_role(user_id=mallory.pk, role="verifier", by=adam, at=at_noon)

    def test_a_custom_role_is_bounded_by_ones_own_rights(
        self, sam: User, fay: User, olga: User, at_noon: datetime
    ) -> None:
        role = Role.objects.create(code="clerk", name="Clerk")
        Grant.objects.create(role=role, permission="audit.view", scope="all")
        with pytest.raises(GrantBeyondOwn):
            assign_role(user_id=sam.pk, role="clerk", by=fay, at=at_noon)
        assign_role(user_id=sam.pk, role="clerk", by=olga, at=at_noon)

    def test_is_bounded_by_scope_too(self, tim: User, theo: User, at_noon: datetime) -> None:
        role = Role.objects.create(code="all-seer", name="All-seer")
        Grant.objects.create(role=role, permission="deals.view", scope="all")
        with pytest.raises(GrantBeyondOwn):
            assign_role(user_id=tim.pk, role="all-seer", by=theo, at=at_noon)


@pytest.mark.django_db
class TestRemoving:
    def test_works_and_is_recorded(self, sam: User, adam: User, at_noon: datetime) -> None:
        remove_role(user_id=sam.pk, role="salesperson", by=adam, at=at_noon)
        assert roles_of(sam.pk) == []
        event = EventRecord.objects.get(name="access.role_removed", subject_id=sam.pk)
        assert event.before == {"role": "salesperson"}

    def test_the_last_owner_is_refused(self, olga: User, at_noon: datetime) -> None:
        with pytest.raises(LastOwner):
            remove_role(user_id=olga.pk, role="owner", by=olga, at=at_noon)
        assert "owner" in roles_of(olga.pk)

    def test_an_owner_works_once_there_is_another(
        self, olga: User, sam: User, at_noon: datetime
    ) -> None:
        assign_role(user_id=sam.pk, role="owner", by=olga, at=at_noon)
        remove_role(user_id=olga.pk, role="owner", by=olga, at=at_noon)
        assert roles_of(olga.pk) == []

    def test_an_owner_is_not_an_administrators_to_remove(
        self, olga: User, adam: User, sam: User, at_noon: datetime
    ) -> None:
        assign_role(user_id=sam.pk, role="owner", by=olga, at=at_noon)
        with pytest.raises(GrantBeyondOwn):
            remove_role(user_id=sam.pk, role="owner", by=adam, at=at_noon)

    def test_counts_only_owners_who_can_sign_in(
        self, olga: User, sam: User, at_noon: datetime
    ) -> None:
        assign_role(user_id=sam.pk, role="owner", by=olga, at=at_noon)
        suspend_member(user_id=sam.pk, reason="Left", by=olga, at=at_noon)
        with pytest.raises(LastOwner):
            remove_role(user_id=olga.pk, role="owner", by=olga, at=at_noon)

    def test_the_roles_of_an_owner_are_not_an_administrators_to_set(
        self, olga: User, adam: User, at_noon: datetime
    ) -> None:
        with pytest.raises(GrantBeyondOwn):
            set_roles(user_id=olga.pk, roles=("owner", "salesperson"), by=adam, at=at_noon)
        set_roles(user_id=olga.pk, roles=("owner", "salesperson"), by=olga, at=at_noon)


@pytest.mark.django_db
class TestSuspending:
    def test_asks_why(self, olga: User, sam: User, at_noon: datetime) -> None:
        with pytest.raises(ValidationFailed) as refused:
            suspend_member(user_id=sam.pk, reason=" ", by=olga, at=at_noon)
        assert [problem.field for problem in refused.value.problems] == ["/reason"]

    def test_the_last_owner_is_refused(self, olga: User, at_noon: datetime) -> None:
        with pytest.raises(LastOwner):
            suspend_member(user_id=olga.pk, reason="Left", by=olga, at=at_noon)

    def test_an_owner_is_not_an_administrators_to_suspend(
        self, olga: User, adam: User, at_noon: datetime
    ) -> None:
        with pytest.raises(GrantBeyondOwn):
            suspend_member(user_id=olga.pk, reason="Left", by=adam, at=at_noon)


@pytest.mark.django_db
class TestTheMatrixApplied:
    def test_again_changes_nothing(self, acme: Tenant, at_noon: datetime) -> None:
        before = EventRecord.objects.count()
        assert seed_roles(by=STAGEHAND, at=at_noon) is False
        assert EventRecord.objects.count() == before

    def test_repairs_built_in_roles_and_says_what_differed(
        self, acme: Tenant, at_noon: datetime
    ) -> None:
        Grant.objects.filter(role__code="auditor", permission="deals.view").delete()
        auditor = Role.objects.get(code="auditor")
        Grant.objects.create(role=auditor, permission="deals.edit", scope="all")
        assert seed_roles(by=STAGEHAND, at=at_noon) is True
        names = set(Grant.objects.filter(role=auditor).values_list("permission", flat=True))
        assert "deals.view" in names
        assert "deals.edit" not in names
        event = EventRecord.objects.filter(name="access.role_matrix_applied").latest("written_at")
        assert set(event.before or {}) == {"auditor"}

    def test_leaves_custom_roles_alone(self, acme: Tenant, at_noon: datetime) -> None:
        clerk = Role.objects.create(code="clerk", name="Clerk")
        Grant.objects.create(role=clerk, permission="deals.view", scope="own")
        seed_roles(by=STAGEHAND, at=at_noon)
        assert list(clerk.grants.values_list("permission", "scope")) == [("deals.view", "own")]

    def test_keeps_who_has_which_role(self, acme: Tenant, sam: User, at_noon: datetime) -> None:
        Grant.objects.filter(role__code="salesperson").delete()
        seed_roles(by=STAGEHAND, at=at_noon)
        assert roles_of(sam.pk) == ["salesperson"]


class TestAtTheSameMoment:
    @pytest.fixture
    def owners(self, fresh_tenant: Tenant) -> tuple[User, User]:
        at = utc_now()
        olga = activate_owner(at=at)
        return olga, make_person("oscar", last_name="Owner", role="owner", by=olga, at=at)

    def test_two_owners_who_remove_each_other_leave_one(
        self, owners: tuple[User, User], fresh_tenant: Tenant
    ) -> None:
        olga, oscar = owners
        remove = partial(remove_role, role="owner", at=utc_now())
        outcomes = run_together(
            fresh_tenant,
            [
                lambda: remove(user_id=oscar.pk, by=olga),
                lambda: remove(user_id=olga.pk, by=oscar),
            ],
        )
        self.check_one_owner_is_left(fresh_tenant, outcomes)

    def test_two_owners_who_suspend_each_other_leave_one(
        self, owners: tuple[User, User], fresh_tenant: Tenant
    ) -> None:
        olga, oscar = owners
        suspend = partial(suspend_member, reason="Left", at=utc_now())
        outcomes = run_together(
            fresh_tenant,
            [
                lambda: suspend(user_id=oscar.pk, by=olga),
                lambda: suspend(user_id=olga.pk, by=oscar),
            ],
        )
        self.check_one_owner_is_left(fresh_tenant, outcomes)

    def test_of_one_who_is_removed_and_one_who_is_suspended_one_stays(
        self, owners: tuple[User, User], fresh_tenant: Tenant
    ) -> None:
        olga, oscar = owners
        outcomes = run_together(
            fresh_tenant,
            [
                partial(remove_role, user_id=oscar.pk, role="owner", by=olga, at=utc_now()),
                partial(suspend_member, user_id=olga.pk, reason="Left", by=oscar, at=utc_now()),
                partial(set_roles, user_id=olga.pk, roles=["admin"], by=oscar, at=utc_now()),
            ],
        )
        assert [each for each in outcomes if isinstance(each, LastOwner | GrantBeyondOwn)]
        with use_tenant(fresh_tenant):
            left = User.objects.filter(role_assignments__role__code="owner", status="active")
            assert left.count() == 1, outcomes

    def test_whoever_becomes_the_only_owner_meanwhile_is_not_suspended(
        self, owners: tuple[User, User], fresh_tenant: Tenant
    ) -> None:
        """Suspending asks about the person as they are once the ownership has moved."""
        olga, oscar = owners
        remove_role(user_id=oscar.pk, role="owner", by=olga, at=utc_now())
        ada = make_person("ada", last_name="Admin", role="admin", by=olga, at=utc_now())

        def hand_over() -> None:
            assign_role(user_id=oscar.pk, role="owner", by=olga, at=utc_now())
            remove_role(user_id=olga.pk, role="owner", by=olga, at=utc_now())

        suspend = partial(suspend_member, user_id=oscar.pk, reason="Left", by=ada, at=utc_now())
        outcome = overtake(fresh_tenant, first=hand_over, then=suspend)
        assert isinstance(outcome, LastOwner | GrantBeyondOwn)
        with use_tenant(fresh_tenant):
            assert User.objects.get(pk=oscar.pk).is_active

    def test_two_who_give_the_same_role_give_it_once(
        self, owners: tuple[User, User], fresh_tenant: Tenant
    ) -> None:
        olga, oscar = owners
        give = partial(set_roles, roles=["owner", "verifier"], at=utc_now())
        outcomes = run_together(fresh_tenant, [lambda: give(user_id=oscar.pk, by=olga)] * 6)
        assert outcomes == [None] * 6
        with use_tenant(fresh_tenant):
            events = EventRecord.objects.filter(
                name="access.role_assigned", subject_id=oscar.pk, after={"role": "verifier"}
            )
            assert events.count() == 1

    def check_one_owner_is_left(self, tenant: Tenant, outcomes: list[object]) -> None:
        refusals = [each for each in outcomes if isinstance(each, LastOwner | GrantBeyondOwn)]
        assert len(refusals) == 1, outcomes
        with use_tenant(tenant):
            owners = User.objects.filter(role_assignments__role__code="owner", status="active")
            assert owners.count() == 1
