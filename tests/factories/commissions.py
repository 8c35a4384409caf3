"""Commission plans in force, with people on them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import factory

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.commissions.models import Assignment, CommissionPlan, PlanVersion
from tenant_apps.commissions.services import (
    NewAssignment,
    NewComponent,
    NewVersion,
    approve_version,
    assign_payee,
    create_plan,
    draft_version,
    submit_version,
)

SINCE = date(2025, 1, 1)


def flat_rate(
    rate_percent: Decimal | str = "5", *, since: date = SINCE, **terms: Any
) -> NewVersion:
    """Return the terms of a flat rate on collected money."""
    component = NewComponent(name="Commission", rate_percent=Decimal(rate_percent))
    return NewVersion(effective_from=since, components=(component,), **terms)


def publish(
    plan: CommissionPlan, new: NewVersion, *, author: User, checker: User, at: datetime
) -> PlanVersion:
    """Take terms from draft to active, with four eyes."""
    draft = draft_version(plan_id=plan.pk, new=new, by=author, at=at)
    submit_version(version_id=draft.pk, by=author, at=at)
    return approve_version(version_id=draft.pk, sole_control=False, by=checker, at=at)


class AssignmentFactory(factory.Factory[Assignment]):
    """A payee on a plan; give `payee`, `plan` and `by`."""

    class Meta:
        model = Assignment

    valid_from = SINCE
    valid_to = None
    at = factory.LazyFunction(utc_now)

    @classmethod
    def _create(cls, model_class: type[Assignment], *_args: Any, **given: Any) -> Assignment:
        payee, plan = given["payee"], given["plan"]
        new = NewAssignment(
            payee_id=payee.pk,
            plan_id=plan.pk,
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
        )
        return assign_payee(new=new, by=given["by"], at=given["at"])


class PlanFactory(factory.Factory[CommissionPlan]):
    """A plan with an active version; give `author` and `checker`, and who is on it as `payees`.

    Without `new` it pays 5 % of collected money since 2025, month by month.
    """

    class Meta:
        model = CommissionPlan

    name = factory.Sequence(lambda n: f"Plan {n:04}")
    new = factory.LazyFunction(flat_rate)
    at = factory.LazyFunction(utc_now)

    @classmethod
    def _create(
        cls,
        model_class: type[CommissionPlan],
        *_args: Any,
        payees: Iterable[User] = (),
        **given: Any,
    ) -> CommissionPlan:
        author, at = given["author"], given["at"]
        plan = create_plan(name=given["name"], by=author, at=at)
        publish(plan, given["new"], author=author, checker=given["checker"], at=at)
        for payee in payees:
            AssignmentFactory(payee=payee, plan=plan, by=author, at=at)
        return plan
