"""A plan's terms go from draft to active through four eyes, and never change again."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import StaleVersion, ValidationFailed
from tenant_apps.access.services import assign_role, set_roles
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import suspend_person
from tenant_apps.commissions.models import CommissionPlan, Component, PlanVersion
from tenant_apps.commissions.services import (
    NewComponent,
    NewVersion,
    NoOtherApprover,
    PlanNameTaken,
    VersionNeedsAnotherApprover,
    VersionNotDraft,
    VersionNotInReview,
    VersionStartsTooEarly,
    approve_version,
    change_version,
    create_plan,
    draft_version,
    submit_version,
)
from tenant_apps.commissions.services.approval import VersionContentChanged
from tests.factories.commissions import AssignmentFactory, flat_rate, publish
from tests.unguarded import unguarded


@pytest.fixture
def bare_plan(fay: User, at_noon: datetime) -> CommissionPlan:
    return create_plan(name="Bare", by=fay, at=at_noon)


@pytest.fixture
def draft(bare_plan: CommissionPlan, fay: User, at_noon: datetime) -> PlanVersion:
    return draft_version(plan_id=bare_plan.pk, new=flat_rate(), by=fay, at=at_noon)


@pytest.fixture
def in_review(draft: PlanVersion, fay: User, at_noon: datetime) -> PlanVersion:
    return submit_version(version_id=draft.pk, by=fay, at=at_noon)


class TestCreatePlan:
    def test_records_who_made_it(self, bare_plan: CommissionPlan, fay: User) -> None:
        (event,) = history_of(subject_type="commissions.plan", subject_id=bare_plan.pk)
        assert (event.name, event.actor_id) == ("commissions.plan_created", str(fay.pk))

    def test_refuses_a_name_twice(
        self, bare_plan: CommissionPlan, fay: User, at_noon: datetime
    ) -> None:
        with pytest.raises(PlanNameTaken):
            create_plan(name="Bare", by=fay, at=at_noon)


class TestDraftVersion:
    def test_counts_the_versions_of_a_plan(
        self, draft: PlanVersion, bare_plan: CommissionPlan, fay: User, at_noon: datetime
    ) -> None:
        second = draft_version(plan_id=bare_plan.pk, new=flat_rate("7"), by=fay, at=at_noon)
        assert (draft.number, second.number) == (1, 2)

    def test_refuses_terms_without_a_component(
        self, bare_plan: CommissionPlan, fay: User, at_noon: datetime
    ) -> None:
        new = NewVersion(effective_from=date(2026, 1, 1), components=())
        with pytest.raises(ValidationFailed):
            draft_version(plan_id=bare_plan.pk, new=new, by=fay, at=at_noon)

    def test_refuses_two_components_of_one_name(
        self, bare_plan: CommissionPlan, fay: User, at_noon: datetime
    ) -> None:
        twice = (NewComponent(name="Base", rate_percent=Decimal(1)),) * 2
        new = NewVersion(effective_from=date(2026, 1, 1), components=twice)
        with pytest.raises(ValidationFailed):
            draft_version(plan_id=bare_plan.pk, new=new, by=fay, at=at_noon)

    def test_holds_rates_between_0_and_100_in_the_database(self, draft: PlanVersion) -> None:
        with pytest.raises(IntegrityError, match="component_rate"), transaction.atomic():
            Component.objects.create(plan_version=draft, name="Greed", rate_percent=101)


class TestChangeVersion:
    def test_replaces_the_terms_of_a_draft(
        self, draft: PlanVersion, adam: User, at_noon: datetime
    ) -> None:
        changed = change_version(
            version_id=draft.pk, new=flat_rate("9"), expected_version=1, by=adam, at=at_noon
        )
        (component,) = changed.components.all()
        assert component.rate_percent == Decimal(9)
        assert (changed.author_id, changed.version) == (adam.pk, 2)

    def test_refuses_a_stale_draft(self, draft: PlanVersion, adam: User, at_noon: datetime) -> None:
        with pytest.raises(StaleVersion):
            change_version(
                version_id=draft.pk, new=flat_rate(), expected_version=7, by=adam, at=at_noon
            )

    def test_refuses_what_was_submitted(
        self, in_review: PlanVersion, fay: User, at_noon: datetime
    ) -> None:
        with pytest.raises(VersionNotDraft):
            change_version(
                version_id=in_review.pk, new=flat_rate(), expected_version=2, by=fay, at=at_noon
            )


class TestSubmitVersion:
    def test_fixes_the_terms_by_their_hash(self, in_review: PlanVersion) -> None:
        assert in_review.status == "in_review"
        assert len(in_review.content_hash) == 64

    def test_is_refused_a_second_time(
        self, in_review: PlanVersion, fay: User, at_noon: datetime
    ) -> None:
        with pytest.raises(VersionNotDraft):
            submit_version(version_id=in_review.pk, by=fay, at=at_noon)


class TestApproveVersion:
    def test_publishes_the_terms(
        self, in_review: PlanVersion, adam: User, at_noon: datetime
    ) -> None:
        version = approve_version(version_id=in_review.pk, sole_control=False, by=adam, at=at_noon)
        assert (version.status, version.sole_control) == ("active", False)
        assert version.approved_by_id == adam.pk

    def test_is_refused_to_its_author(
        self, in_review: PlanVersion, fay: User, at_noon: datetime
    ) -> None:
        for sole_control in (False, True):
            with pytest.raises(VersionNeedsAnotherApprover):
                approve_version(
                    version_id=in_review.pk, sole_control=sole_control, by=fay, at=at_noon
                )

    def test_is_refused_to_who_submitted_it(
        self, draft: PlanVersion, adam: User, at_noon: datetime
    ) -> None:
        submit_version(version_id=draft.pk, by=adam, at=at_noon)
        with pytest.raises(VersionNeedsAnotherApprover):
            approve_version(version_id=draft.pk, sole_control=False, by=adam, at=at_noon)

    def test_is_refused_to_a_payee_of_the_plan(
        self, in_review: PlanVersion, bare_plan: CommissionPlan, adam: User, olga: User,
        at_noon: datetime,
    ) -> None:  # fmt: skip
        AssignmentFactory(payee=adam, plan=bare_plan, by=olga, at=at_noon)
        with pytest.raises(VersionNeedsAnotherApprover):
            approve_version(version_id=in_review.pk, sole_control=False, by=adam, at=at_noon)

    def test_is_refused_a_second_time(
        self, in_review: PlanVersion, adam: User, olga: User, at_noon: datetime
    ) -> None:
        approve_version(version_id=in_review.pk, sole_control=False, by=adam, at=at_noon)
        with pytest.raises(VersionNotInReview):
            approve_version(version_id=in_review.pk, sole_control=False, by=olga, at=at_noon)

    def test_is_refused_before_it_was_submitted(
        self, draft: PlanVersion, adam: User, at_noon: datetime
    ) -> None:
        with pytest.raises(VersionNotInReview):
            approve_version(version_id=draft.pk, sole_control=False, by=adam, at=at_noon)

    def test_refuses_terms_that_changed_behind_its_back(
        self, in_review: PlanVersion, adam: User, at_noon: datetime
    ) -> None:
        with unguarded(Component):
            in_review.components.update(rate_percent=99)
        with pytest.raises(VersionContentChanged):
            approve_version(version_id=in_review.pk, sole_control=False, by=adam, at=at_noon)

    def test_ends_the_version_before_where_it_starts(
        self, in_review: PlanVersion, bare_plan: CommissionPlan, fay: User, adam: User,
        at_noon: datetime,
    ) -> None:  # fmt: skip
        first = approve_version(version_id=in_review.pk, sole_control=False, by=adam, at=at_noon)
        later = flat_rate("6", since=date(2026, 4, 1))
        publish(bare_plan, later, author=fay, checker=adam, at=at_noon)
        first.refresh_from_db()
        assert (first.status, first.effective_to) == ("superseded", date(2026, 4, 1))

    def test_refuses_a_start_before_the_version_in_force(
        self, in_review: PlanVersion, bare_plan: CommissionPlan, fay: User, adam: User,
        at_noon: datetime,
    ) -> None:  # fmt: skip
        approve_version(version_id=in_review.pk, sole_control=False, by=adam, at=at_noon)
        with pytest.raises(VersionStartsTooEarly):
            publish(bare_plan, flat_rate("6"), author=fay, checker=adam, at=at_noon)

    def test_holds_one_version_a_day_in_the_database(
        self, in_review: PlanVersion, adam: User, at_noon: datetime
    ) -> None:
        version = approve_version(version_id=in_review.pk, sole_control=False, by=adam, at=at_noon)
        version.pk, version.number = None, 2
        with pytest.raises(IntegrityError, match="plan_version_in_force_once"):
            version.save(force_insert=True)

    def test_holds_four_eyes_in_the_database(self, in_review: PlanVersion, fay: User) -> None:
        rows = PlanVersion.objects.filter(pk=in_review.pk)
        with pytest.raises(IntegrityError, match="plan_version_not_approved_by_maker"):
            rows.update(approved_by_id=fay.pk, approved_at=in_review.submitted_at)


class TestSoleControl:
    @pytest.fixture
    def alone(self, olga: User, adam: User, fay: User, at_noon: datetime) -> User:
        """Leave Olga as the only one who manages plans."""
        set_roles(user_id=fay.pk, roles=["auditor"], by=olga, at=at_noon)
        suspend_person(user_id=adam.pk, by=olga.actor, at=at_noon)
        return olga

    @pytest.fixture
    def hers(self, alone: User, bare_plan: CommissionPlan, at_noon: datetime) -> PlanVersion:
        version = draft_version(plan_id=bare_plan.pk, new=flat_rate(), by=alone, at=at_noon)
        return submit_version(version_id=version.pk, by=alone, at=at_noon)

    def test_lets_the_author_approve_when_nobody_else_can(
        self, hers: PlanVersion, alone: User, at_noon: datetime
    ) -> None:
        version = approve_version(version_id=hers.pk, sole_control=True, by=alone, at=at_noon)
        assert (version.status, version.sole_control) == ("active", True)

    def test_must_be_said(self, hers: PlanVersion, alone: User, at_noon: datetime) -> None:
        with pytest.raises(NoOtherApprover):
            approve_version(version_id=hers.pk, sole_control=False, by=alone, at=at_noon)

    def test_ends_when_another_holder_appears(
        self, hers: PlanVersion, alone: User, audrey: User, at_noon: datetime
    ) -> None:
        assign_role(user_id=audrey.pk, role="finance", by=alone, at=at_noon)
        with pytest.raises(VersionNeedsAnotherApprover):
            approve_version(version_id=hers.pk, sole_control=True, by=alone, at=at_noon)
