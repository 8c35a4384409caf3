"""An operator acts as a person: begun on the platform with a reason, entered at the organization.

Every step is kept twice, in public and in the organization, in one transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.events import Actor, Event
from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import (
    Tenant,
    current_tenant,
    is_platform,
    use_platform,
    use_tenant,
)
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.events import (
    ImpersonationBegun,
    ImpersonationEnded,
    ImpersonationEntered,
)
from tenant_apps.accounts.models import LONGEST_VISIT, Impersonation, SignIn, User
from tenant_apps.accounts.selectors import get_person
from tenant_apps.accounts.services.door import admit_visitor
from tenant_apps.accounts.services.sign_ins import lock_sign_in, mark_ended
from tenant_apps.accounts.services.spending import spend
from tenant_apps.accounts.tokens import BEARER, VisitToken, read_token


class PersonNotActive(DomainError):
    """Only a person who may sign in can be acted for."""

    code = "person_not_active"
    message = "This person cannot sign in now, so nobody can act as them."


@dataclass(frozen=True, kw_only=True)
class VisitWish:
    """As whom an operator wants to act, for how long and why."""

    tenant: Tenant
    user_id: UUID
    minutes: int
    reason: str


def begin_impersonation(*, wish: VisitWish, by: User, at: datetime) -> Impersonation:
    """Write down that an operator acts as a person. Runs on the platform.

    Records ImpersonationBegun in public and in the organization.
    Raises: ValidationFailed (no reason, more than 60 minutes), PersonNotActive, NotFound,
    RuntimeError for anyone but an operator.
    """
    if not is_platform() or not by.is_staff:
        raise RuntimeError("Only an operator acts as somebody, from the platform.")
    _check(wish)
    visit = Impersonation(id=uuid7(), **_columns(wish, by, at))
    event = ImpersonationBegun(**_about(visit), ends_at=visit.ends_at)
    _in_both(visit, wish.tenant, lambda: visit.save(force_insert=True), event, by.actor, at)
    return visit


def visit_code(*, visit: Impersonation, tenant: Tenant) -> str:
    """Return what opens the organization's door to the visit: once, within a minute."""
    with use_tenant(tenant):
        token = VisitToken()
        token["imp"] = str(visit.pk)
        return str(token)  # signed under the organization's key


@transaction.atomic
def enter_impersonation(*, code: str, user_agent: str, at: datetime) -> SignIn:
    """Open the sign-in of a visit in the organization at work; the code is good once.

    Records ImpersonationEntered in both places. Raises: TokenInvalid, WrongTenant, SignInRefused.
    """
    token = read_token(VisitToken, code)
    visit = Impersonation.objects.filter(pk=token["imp"]).first()
    if visit is None or not visit.is_open(at) or not _still_operates(visit):
        raise TokenInvalid(headers=BEARER)
    spend(token)
    sign_in = admit_visitor(visit=visit, user_agent=user_agent, at=at)
    _note(visit, "entered_at", ImpersonationEntered(**_about(visit)), by=visit.actor, at=at)
    return sign_in


@transaction.atomic
def end_impersonation(*, sign_in_id: UUID, at: datetime) -> None:
    """End a visit and its sign-in; a second time nothing happens.

    Locks the sign-in. Records ImpersonationEnded in both places.
    """
    sign_in = lock_sign_in(sign_in_id)
    if sign_in is None or sign_in.impersonation is None or sign_in.ended_at is not None:
        return
    mark_ended(sign_in, at)
    visit = sign_in.impersonation
    _note(visit, "ended_at", ImpersonationEnded(**_about(visit)), by=visit.actor, at=at)


def _check(wish: VisitWish) -> None:
    if not wish.reason.strip():
        raise ValidationFailed.at("/reason", "Say why you have to act as this person.")
    if not 0 < wish.minutes <= LONGEST_VISIT.total_seconds() / 60:
        raise ValidationFailed.at("/minutes", "Between 1 and 60 minutes.")


def _columns(wish: VisitWish, by: User, at: datetime) -> dict[str, object]:
    with use_tenant(wish.tenant):
        person = get_person(wish.user_id)
    if not person.is_active or not wish.tenant.is_routable:
        raise PersonNotActive
    return {
        "operator_id": by.pk,
        "operator_label": by.full_name[:200],
        "organization_id": wish.tenant.id,
        "organization_slug": wish.tenant.slug,
        "person_id": person.pk,
        "person_label": person.full_name[:200],
        "reason": wish.reason.strip(),
        "started_at": at,
        "ends_at": at + timedelta(minutes=wish.minutes),
    }


def _about(visit: Impersonation) -> dict[str, Any]:
    return {
        "impersonation_id": visit.pk,
        "person_id": visit.person_id,
        "organization": visit.organization_slug,
    }


def _note(visit: Impersonation, field: str, event: Event, *, by: Actor, at: datetime) -> None:
    def write() -> None:
        Impersonation.objects.filter(pk=visit.pk).update(**{field: at})

    _in_both(visit, current_tenant(), write, event, by, at)


def _in_both(
    visit: Impersonation,
    tenant: Tenant,
    write: Callable[[], object],
    event: Event,
    by: Actor,
    at: datetime,
) -> None:
    """Write rows and events in public and in the organization, both or neither."""
    with transaction.atomic():
        for place in (use_platform(), use_tenant(tenant)):
            with place:
                write()
                record(event, actor=by, at=at, reason=visit.reason)


def _still_operates(visit: Impersonation) -> bool:
    with use_platform():
        operator = User.objects.filter(pk=visit.operator_id).first()
    return operator is not None and operator.is_staff
