"""Whether a sign-in still counts: asked of each one that somebody comes with.

What is asked of people changes while they are signed in: they are given another role, the sign-in
policy changes, the organization requires its provider. So the rules are read along with the
sign-in, in one statement, and nothing has to reach those that are open, or are just being opened.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db.models import Expression, QuerySet
from django.utils.module_loading import import_string

from shared_apps.tenancy.context import is_platform, use_platform
from tenant_apps.accounts.models import Proof, SignIn, SignInKind, User
from tenant_apps.accounts.services.sign_ins import proofs_of


def find_standing_sign_in(sign_in_id: UUID, *, at: datetime) -> SignIn | None:
    """Return a sign-in that counts now, with its person, who knows it. One query, two in a visit.

    A browser's person of whom a second factor is asked since then has the days of grace from now;
    programs have them from their next renewal.
    """
    sign_in = _open_sign_ins().filter(pk=sign_in_id).first()
    if sign_in is None or not _stands(sign_in, at) or _visitors_gone([sign_in]):
        return None
    if sign_in.kind == SignInKind.BROWSER and _setup_due_at(sign_in, at) is not None:
        _begin_grace(sign_in.user, at)
    sign_in.user.opened_by = sign_in
    return sign_in


def standing_among(sign_in_ids: Collection[UUID], *, at: datetime) -> frozenset[UUID]:
    """Return those of the sign-ins that count now. One query, two when there are visits."""
    rows = _open_sign_ins().filter(pk__in=set(sign_in_ids)).order_by("pk")
    standing = [sign_in for sign_in in rows if _stands(sign_in, at)]
    return frozenset(sign_in.pk for sign_in in standing) - _visitors_gone(standing)


def _open_sign_ins() -> QuerySet[SignIn]:
    rows = SignIn.objects.select_related("user", "impersonation").filter(ended_at=None)
    if is_platform():  # its rules are part of the product: nobody was signed in before them
        return rows
    rules = {
        "grace_days": settings.SIGN_IN_POLICY_SQL,
        "is_provider_asked": settings.PROVIDER_RULE_SQL,
    }
    return rows.annotate(**{name: _rule(path) for name, path in rules.items()})


def _rule(path: str) -> Expression:
    """Return a rule about the person of a sign-in: it stands above accounts, a setting names it."""
    rule = cast("Callable[[str], Expression]", import_string(path))
    return rule("user_id")


def _stands(sign_in: SignIn, at: datetime) -> bool:
    if not sign_in.is_open(at) or not sign_in.user.is_active:
        return False
    if sign_in.impersonation_id is not None:  # nothing of the person is proved by an operator
        return True
    if sign_in.is_provider_asked and Proof.SSO not in proofs_of(sign_in):
        return False
    due_at = _setup_due_at(sign_in, at)
    return due_at is None or at < due_at


def _visitors_gone(sign_ins: Collection[SignIn]) -> frozenset[UUID]:
    """Return those sign-ins of visits whose operator operates no more; no query without a visit."""
    visits = {each.pk: each.impersonation for each in sign_ins if each.impersonation is not None}
    if not visits:
        return frozenset()
    with use_platform():
        ids = {visit.operator_id for visit in visits.values()}
        operating = {each.pk for each in User.objects.filter(pk__in=ids) if each.is_staff}
    return frozenset(pk for pk, visit in visits.items() if visit.operator_id not in operating)


def _setup_due_at(sign_in: SignIn, at: datetime) -> datetime | None:
    """Return until when the person may go on without a second factor; None: it is not asked."""
    if sign_in.grace_days is None or sign_in.has_second_factor:
        return None
    return (sign_in.user.second_factor_asked_at or at) + timedelta(days=sign_in.grace_days)


def _begin_grace(person: User, at: datetime) -> None:
    """Let the days of grace run from now, unless they do already."""
    if person.second_factor_asked_at is None:
        unasked = User.objects.filter(pk=person.pk, second_factor_asked_at=None)
        unasked.update(second_factor_asked_at=at)
        person.second_factor_asked_at = at
