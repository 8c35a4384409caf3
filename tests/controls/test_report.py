"""The controls report finds every conflict that is planted, and nothing that is in order."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.tenancy.context import Tenant
from tenant_apps.access.role_matrix import PERMISSIONS
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import suspend_person
from tenant_apps.approvals.services import NewPolicy, NewStep, approve_policy, create_policy
from tenant_apps.commissions.services import (
    approve_version,
    create_plan,
    draft_version,
    submit_version,
)
from tenant_apps.controls.duties import CONFLICTS, DUTIES
from tenant_apps.controls.reports import ControlsReport
from tenant_apps.controls.selectors import read_controls
from tests.cast import STAGEHAND, make_cast, person_named
from tests.controls.planting import (
    check,
    decide_anyway,
    drop_four_eyes,
    give_role,
    give_role_of,
    note_reset,
)
from tests.factories.accounts import PersonFactory
from tests.factories.commissions import flat_rate
from tests.queries import queries_of

# rules on permissions that nobody can hold yet
WAITING = {"edits_plans_and_approves_payouts"}


def report(at: datetime) -> ControlsReport:
    return read_controls(since=None, until=None, at=at)


def conflicts_of(person: User, at: datetime) -> dict[str, tuple[str, ...]]:
    found = report(at).conflicts
    return {each.conflict.code: each.roles for each in found if each.person.id == person.pk}


def findings(at: datetime) -> list[tuple[str, str, str]]:
    found = report(at).findings
    return [(each.code, each.person.full_name, each.kind) for each in found]


class TestConflictingGrants:
    @pytest.mark.parametrize("rule", CONFLICTS, ids=lambda rule: rule.code)
    def test_are_found_for_every_rule(self, rule: object, cast: None, at_noon: datetime) -> None:
        person = PersonFactory(at=at_noon)
        first, second = rule.permissions  # type: ignore[attr-defined]  # a Conflict
        give_role_of(person, "one-half", [first])
        assert conflicts_of(person, at_noon) == {}

        give_role_of(person, "other-half", [second])

        expected = {rule.code: ("one-half", "other-half")}  # type: ignore[attr-defined]  # a Conflict
        assert conflicts_of(person, at_noon) == expected

    def test_of_two_roles_name_both(self, sam: User, at_noon: datetime) -> None:
        assert conflicts_of(sam, at_noon) == {}

        give_role(sam, "verifier")

        found = conflicts_of(sam, at_noon)
        assert found["submits_and_approves_payments"] == ("salesperson", "verifier")
        assert found["makes_deals_and_approves_payments"] == ("salesperson", "verifier")

    def test_say_how_often_both_were_done(self, sam: User, vera: User, at_noon: datetime) -> None:
        give_role(sam, "verifier")

        found = [each for each in report(at_noon).conflicts if each.person.id == sam.pk]

        assert found
        assert {each.times for each in found} == {(0, 0)}
        assert not any(each.is_used for each in found)

    def test_of_suspended_people_are_not_listed(self, sam: User, at_noon: datetime) -> None:
        give_role(sam, "verifier")
        suspend_person(user_id=sam.pk, by=STAGEHAND, at=at_noon)

        assert conflicts_of(sam, at_noon) == {}

    def test_come_with_few_of_the_roles_that_the_product_ships(
        self, cast: None, at_noon: datetime
    ) -> None:
        found = report(at_noon).conflicts
        names = {each.person.full_name for each in found if each.conflict.risk == "high"}
        assert names == {"Olga Owner", "Adam Admin"}
        assert {each.person.full_name for each in found} - names == {"Theo Lead"}

    def test_are_stated_about_permissions_that_exist(self) -> None:
        unknown = {rule.code for rule in CONFLICTS if not set(rule.permissions) <= set(PERMISSIONS)}
        assert unknown <= WAITING
        assert {name for rule in CONFLICTS for name in rule.permissions} <= set(DUTIES)


class TestSinglePointsOfControl:
    def test_are_duties_of_one_person(self, fay: User, vera: User, at_noon: datetime) -> None:
        duties = {each.duty.permission: each for each in report(at_noon).duties}

        assert duties["organization.transfer"].is_single
        assert len(duties["payments.decide"].people) == 4
        assert not duties["payments.decide"].is_single

    def test_appear_when_the_second_person_leaves(
        self, olga: User, adam: User, at_noon: datetime
    ) -> None:
        suspend_person(user_id=adam.pk, by=STAGEHAND, at=at_noon)

        single = {each.duty.permission: each.people for each in report(at_noon).single_duties}

        assert [person.id for person in single["roles.manage"]] == [olga.pk]
        assert "payments.decide" not in single

    def test_do_not_count_whoever_decides_for_themselves_only(
        self, cast: None, rita: User, at_noon: datetime
    ) -> None:
        decide = next(
            each for each in report(at_noon).duties if each.duty.permission == "payments.decide"
        )
        assert rita.pk not in {person.id for person in decide.people}


class TestWhoCheckedWhom:
    def test_is_counted_by_pair_and_kind(
        self, sam: User, suki: User, vera: User, viktor: User, at_noon: datetime
    ) -> None:
        check(sam, vera, times=3, at=at_noon)
        check(sam, viktor, times=1, at=at_noon)
        check(suki, vera, times=2, at=at_noon)

        pairs = report(at_noon).pairs

        assert [
            (each.maker.id, each.checker.id, each.count, each.share_percent) for each in pairs
        ] == [
            (sam.pk, vera.pk, 3, Decimal("75.0")),
            (suki.pk, vera.pk, 2, Decimal("100.0")),
            (sam.pk, viktor.pk, 1, Decimal("25.0")),
        ]
        assert pairs[0].by_kind == {"payments.payment": 3}
        assert (pairs[0].approvals, pairs[0].refusals) == (3, 0)

    def test_knows_plans_and_policies_too(
        self, fay: User, adam: User, olga: User, at_noon: datetime
    ) -> None:
        plan = create_plan(name="Flat", by=fay, at=at_noon)
        draft = draft_version(plan_id=plan.pk, new=flat_rate("5"), by=fay, at=at_noon)
        submit_version(version_id=draft.pk, by=fay, at=at_noon)
        approve_version(version_id=draft.pk, sole_control=False, by=adam, at=at_noon)
        strict = NewPolicy(
            name="Two",
            subject_type="payments.payment",
            steps=(NewStep(permission="payments.decide", approvals_needed=2),),
            priority=1,
        )
        create_policy(new=strict, by=olga, at=at_noon)
        weak = NewPolicy(
            name="One",
            subject_type="payments.payment",
            steps=(NewStep(permission="payments.decide"),),
            priority=2,
        )
        proposed = create_policy(new=weak, by=olga, at=at_noon)
        approve_policy(policy_id=proposed.pk, by=adam, at=at_noon)

        pairs = report(at_noon).pairs

        assert {(each.maker.id, each.checker.id, *each.by_kind) for each in pairs} == {
            (fay.pk, adam.pk, "plan_version"),
            (olga.pk, adam.pk, "approval_policy"),
        }

    def test_is_that_of_the_days_asked_for(self, sam: User, vera: User, at_noon: datetime) -> None:
        check(sam, vera, times=1, at=at_noon)
        day = at_noon.date()

        found = read_controls(since=day, until=day, at=at_noon)
        before = read_controls(since=None, until=day - timedelta(days=1), at=at_noon)

        assert (len(found.pairs), len(before.pairs)) == (1, 0)

    def test_is_refused_for_days_in_the_wrong_order(self, cast: None, at_noon: datetime) -> None:
        day = at_noon.date()
        with pytest.raises(ValidationFailed):
            read_controls(since=day, until=day - timedelta(days=1), at=at_noon)
        with pytest.raises(ValidationFailed):
            read_controls(since=day - timedelta(days=2000), until=day, at=at_noon)


class TestFindings:
    def test_are_none_where_all_is_in_order(
        self, sam: User, vera: User, viktor: User, at_noon: datetime
    ) -> None:
        check(sam, vera, times=2, at=at_noon)
        check(sam, viktor, times=2, at=at_noon)

        assert findings(at_noon) == []

    def test_name_an_author_who_approved_their_own_plan(
        self, fay: User, adam: User, olga: User, at_noon: datetime
    ) -> None:
        for other in (adam, olga):
            suspend_person(user_id=other.pk, by=STAGEHAND, at=at_noon)
        plan = create_plan(name="Flat", by=fay, at=at_noon)
        draft = draft_version(plan_id=plan.pk, new=flat_rate("5"), by=fay, at=at_noon)
        submit_version(version_id=draft.pk, by=fay, at=at_noon)
        approve_version(version_id=draft.pk, sole_control=True, by=fay, at=at_noon)

        assert findings(at_noon) == [("self_check", "Fay Finance", "plan_version")]

    def test_name_whoever_decided_within_a_day_after_a_reset(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        check(sam, vera, times=1, at=at_noon)
        note_reset(vera, at=at_noon - timedelta(hours=23))
        check(sam, vera, times=1, at=at_noon + timedelta(hours=2))

        assert findings(at_noon + timedelta(hours=3)) == [
            ("blocked_decision", "Vera Verifier", "payments.payment")
        ]

    def test_name_a_checker_of_nearly_everything(
        self, sam: User, suki: User, fay: User, vera: User, viktor: User, at_noon: datetime
    ) -> None:
        for maker in (sam, suki, fay):
            check(maker, vera, times=3, at=at_noon)
            check(maker, viktor, times=1, at=at_noon)

        (found,) = report(at_noon).findings

        assert (found.code, found.person.id) == ("checker_concentration", vera.pk)
        assert (found.count, found.share_percent) == (9, Decimal("75.0"))

    def test_name_a_pair_that_works_alone(
        self, sam: User, vera: User, viktor: User, at_noon: datetime
    ) -> None:
        check(sam, vera, times=5, at=at_noon)

        (found,) = report(at_noon).findings

        assert found.code == "pair_concentration"
        assert found.other is not None
        assert (found.other.id, found.person.id) == (sam.pk, vera.pk)

    def test_include_what_the_database_itself_refuses(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        with transaction.atomic():
            make_cast(at=at_noon)
        drop_four_eyes()
        vera = person_named("vera")
        with transaction.atomic():
            decide_anyway(vera, vera, at=at_noon)

        assert findings(at_noon) == [("self_check", "Vera Verifier", "payments.payment")]


def test_costs_the_same_for_1_and_30_of_everything(
    sam: User, vera: User, viktor: User, at_noon: datetime
) -> None:
    check(sam, vera, times=1, at=at_noon)
    note_reset(viktor, at=at_noon)
    one = queries_of(lambda: report(at_noon))
    for person in PersonFactory.create_batch(30, at=at_noon):
        give_role(person, "salesperson")
        give_role(person, "verifier")
        check(person, viktor, times=1, at=at_noon + timedelta(days=2))

    assert queries_of(lambda: report(at_noon + timedelta(days=3))) == one
