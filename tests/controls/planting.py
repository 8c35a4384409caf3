"""Decisions as the report has to find them, also those that the product itself refuses."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection

from shared_apps.audit.recording import record
from shared_apps.tenancy.rights.roles import as_owner
from tenant_apps.access.models import Grant, Role, RoleAssignment
from tenant_apps.accounts.events import SecondFactorsReset
from tenant_apps.accounts.models import User
from tenant_apps.approvals.models import Decision, PolicyStep
from tests.approvals.requests import FOUR_HUNDRED, HASH, approve, opened
from tests.cast import STAGEHAND


def give_role(person: User, role: str) -> None:
    """Give a role behind the back of the services that would say no, or write it down."""
    RoleAssignment.objects.create(
        user=person, role=Role.objects.get(code=role), assigned_at=person.created_at
    )


def give_role_of(person: User, code: str, permissions: Iterable[str]) -> None:
    """Give a role of one's own with exactly these permissions."""
    role = Role.objects.create(code=code, name=code)
    Grant.objects.bulk_create(
        Grant(role=role, permission=permission, scope="all") for permission in permissions
    )
    give_role(person, code)


def check(maker: User, checker: User, *, times: int, at: datetime) -> None:
    """Have somebody approve what another handed in, a minute apart."""
    for minute in range(times):
        moment = at + timedelta(minutes=minute)
        approve(opened(maker, at=moment).subject_id, checker, at=moment)


def decide_anyway(maker: User, checker: User, *, at: datetime) -> Decision:
    """Write a decision down that no service would take."""
    request = opened(maker, at=at)
    return Decision.objects.create(
        request=request,
        round_number=1,
        step=PolicyStep.objects.filter(policy=request.policy).get(),
        actor_id=checker.pk,
        submitter_id=maker.pk,
        author_id=maker.pk,
        verdict="approve",
        amount=FOUR_HUNDRED.amount,
        verified_amount=FOUR_HUNDRED.amount,
        currency=FOUR_HUNDRED.currency,
        content_hash=HASH,
        decided_at=at,
    )


def drop_four_eyes() -> None:
    """Take the database's own refusal of makers as checkers away."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE approvals_decision DROP CONSTRAINT decision_not_by_its_maker")


def note_reset(person: User, *, at: datetime) -> None:
    """Write down that somebody's second factors were reset."""
    record(SecondFactorsReset(user_id=person.pk, reset_id=uuid4()), actor=STAGEHAND, at=at)
