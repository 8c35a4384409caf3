"""Who must have a second factor, and how long they may still come without one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    PositiveSmallIntegerField,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from shared_apps.tenancy.context import is_platform
from tenant_apps.access.models import RoleAssignment, SignInPolicy

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

ROLES_WITH_SECOND_FACTOR = frozenset({"owner", "admin", "finance", "verifier"})
GRACE_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class PolicyTerms:
    """Which roles need a second factor, and the days that remain from the first ask."""

    roles: tuple[str, ...]
    grace_days: int
    version: int = 1


def read_policy() -> PolicyTerms:
    """Return the organization's policy: its own, or the product's."""
    row = SignInPolicy.objects.first()
    if row is None:
        return PolicyTerms(roles=tuple(sorted(ROLES_WITH_SECOND_FACTOR)), grace_days=GRACE_DAYS)
    return PolicyTerms(roles=tuple(row.roles), grace_days=row.grace_days, version=row.version)


def second_factor_grace(person: "User") -> timedelta | None:
    """Return how long a person may come without a second factor; None when nothing asks for one.

    Operators of the platform may not come without one at all.
    """
    if is_platform():
        return timedelta()
    if not _named_roles(person.pk).exists():
        return None
    return timedelta(days=read_policy().grace_days)


def grace_days(user: str) -> Case:
    """Return the same as SQL: the days of the person whom the field `user` names, or NULL."""
    days = Subquery(SignInPolicy.objects.values("grace_days")[:1])
    return Case(
        When(Exists(_named_roles(OuterRef(user))), then=Coalesce(days, Value(GRACE_DAYS))),
        output_field=PositiveSmallIntegerField(),
    )


def _named_roles(user: UUID | OuterRef) -> QuerySet[RoleAssignment]:
    """Return the roles of a person that need a second factor."""
    own = Subquery(SignInPolicy.objects.values("roles")[:1])
    products = Value(sorted(ROLES_WITH_SECOND_FACTOR), output_field=JSONField())
    is_named = Func(
        Coalesce(own, products),
        F("role__code"),
        function="jsonb_exists",
        output_field=BooleanField(),
    )
    return RoleAssignment.objects.filter(is_named, user_id=user)
