"""Who is on a plan, from when to when."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from shared_apps.kernel.errors import StaleVersion, ValidationFailed
from tenant_apps.access.services import set_roles
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import suspend_person
from tenant_apps.commissions.models import Assignment, CommissionPlan
from tenant_apps.commissions.services import (
    AssignmentNotOpen,
    AssignmentOverlaps,
    NewAssignment,
    OwnCommissionRefused,
    assign_payee,
    end_assignment,
)
from tests.factories.commissions import AssignmentFactory

FIRST = date(2026, 1, 1)


def end(
    assignment: Assignment, on: date, *, by: User, at: datetime, version: int = 1
) -> Assignment:
    return end_assignment(
        assignment_id=assignment.pk, valid_to=on, expected_version=version, by=by, at=at
    )


class TestAssignPayee:
    def test_may_follow_on_the_day_that_another_assignment_ends(
        self, plan: CommissionPlan, theo: User, fay: User, at_noon: datetime
    ) -> None:
        change = date(2026, 2, 1)
        AssignmentFactory(payee=theo, plan=plan, valid_to=change, by=fay, at=at_noon)
        AssignmentFactory(payee=theo, plan=plan, valid_from=change, by=fay, at=at_noon)
        assert plan.assignments.filter(payee=theo).count() == 2

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            (FIRST, None),
            (FIRST - timedelta(days=9), FIRST + timedelta(days=1)),
            (FIRST + timedelta(days=30), None),
            (FIRST - timedelta(days=9), None),
        ],
    )
    def test_refuses_days_on_which_the_payee_is_on_the_plan(
        self, first: date, last: date | None, plan: CommissionPlan, theo: User, fay: User,
        at_noon: datetime,
    ) -> None:  # fmt: skip
        given = {"payee": theo, "plan": plan, "by": fay, "at": at_noon}
        AssignmentFactory(**given, valid_from=FIRST, valid_to=date(2026, 3, 1))
        with pytest.raises(AssignmentOverlaps):
            AssignmentFactory(**given, valid_from=first, valid_to=last)

    def test_holds_the_days_apart_in_the_database(self, plan: CommissionPlan, sam: User) -> None:
        with pytest.raises(IntegrityError, match="assignment_once_at_a_time"):
            Assignment.objects.create(payee=sam, plan=plan, valid_from=FIRST)

    def test_refuses_a_person_who_does_not_exist(
        self, plan: CommissionPlan, fay: User, at_noon: datetime
    ) -> None:
        new = NewAssignment(payee_id=uuid4(), plan_id=plan.pk, valid_from=FIRST)
        with pytest.raises(ValidationFailed):
            assign_payee(new=new, by=fay, at=at_noon)

    def test_refuses_an_end_before_the_beginning(
        self, plan: CommissionPlan, theo: User, fay: User, at_noon: datetime
    ) -> None:
        with pytest.raises(ValidationFailed):
            AssignmentFactory(
                payee=theo, plan=plan, valid_from=FIRST, valid_to=FIRST, by=fay, at=at_noon
            )

    def test_refuses_to_let_people_set_their_own_commission(
        self, plan: CommissionPlan, fay: User, at_noon: datetime
    ) -> None:
        with pytest.raises(OwnCommissionRefused):
            AssignmentFactory(payee=fay, plan=plan, by=fay, at=at_noon)

    def test_lets_the_only_manager_of_plans_do_so(
        self, plan: CommissionPlan, olga: User, adam: User, fay: User, at_noon: datetime
    ) -> None:
        set_roles(user_id=fay.pk, roles=["auditor"], by=olga, at=at_noon)
        suspend_person(user_id=adam.pk, by=olga.actor, at=at_noon)
        assert AssignmentFactory(payee=olga, plan=plan, by=olga, at=at_noon).payee_id == olga.pk


class TestEndAssignment:
    def test_takes_the_payee_off_the_plan_from_a_day(
        self, plan: CommissionPlan, sam: User, fay: User, at_noon: datetime
    ) -> None:
        ended = end(plan.assignments.get(payee=sam), date(2026, 4, 1), by=fay, at=at_noon)
        assert (ended.valid_to, ended.version) == (date(2026, 4, 1), 2)

    def test_is_refused_a_second_time(
        self, plan: CommissionPlan, sam: User, fay: User, at_noon: datetime
    ) -> None:
        ended = end(plan.assignments.get(payee=sam), date(2026, 4, 1), by=fay, at=at_noon)
        with pytest.raises(AssignmentNotOpen):
            end(ended, date(2026, 5, 1), by=fay, at=at_noon, version=2)

    def test_is_refused_on_a_stale_version(
        self, plan: CommissionPlan, sam: User, fay: User, at_noon: datetime
    ) -> None:
        with pytest.raises(StaleVersion):
            end(plan.assignments.get(payee=sam), date(2026, 4, 1), by=fay, at=at_noon, version=5)

    def test_is_refused_before_the_first_day(
        self, plan: CommissionPlan, sam: User, fay: User, at_noon: datetime
    ) -> None:
        with pytest.raises(ValidationFailed):
            end(plan.assignments.get(payee=sam), date(2024, 1, 1), by=fay, at=at_noon)
