"""Who may give which rights to programs: never more than one holds, never a second person's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.kernel.errors import FieldProblem, ValidationFailed
from shared_apps.kernel.wording import worded
from tenant_apps.access.role_matrix import FOR_KEYS, PERMISSIONS, ScopeKind
from tenant_apps.access.services.assignments import refuse_beyond_own
from tenant_apps.accounts.selectors import get_api_key
from tenant_apps.accounts.services import IssuedKey, NewKey, issue_key, replace_key, revoke_key

if TYPE_CHECKING:
    from tenant_apps.accounts.models import ApiKey, User


@dataclass(frozen=True, kw_only=True)
class KeyTerms:
    """What an administrator asks for: permission -> scope, networks in CIDR, days of life."""

    service_account: UUID
    name: str
    grants: Mapping[str, str]
    networks: tuple[str, ...] = ()
    days: int = 90


@transaction.atomic
def issue_api_key(*, terms: KeyTerms, by: "User", at: datetime) -> IssuedKey:
    """Make a key of a service account with rights that one holds oneself.

    Locks the account; records ApiKeyIssued. Raises: NotFound, WrongStatus, GrantBeyondOwn,
    ValidationFailed for an unknown permission, one that is not for keys, and a malformed network.
    """
    _refuse_not_for_keys(terms.grants)
    networks = _read_networks(terms.networks)
    _refuse_beyond_own(terms.grants, by=by)
    new = NewKey(
        name=terms.name,
        grants=terms.grants,
        lifetime=timedelta(days=terms.days),
        networks=networks,
    )
    return issue_key(account_id=terms.service_account, new=new, by=by, at=at)


@transaction.atomic
def rotate_api_key(*, key_id: UUID, overlap: timedelta, by: "User", at: datetime) -> IssuedKey:
    """Make the key that takes over from one whose rights one holds; the old one goes on a while.

    From now on the rights are limited by one's own. Locks the key; records ApiKeyRotated.
    Raises: NotFound, GrantBeyondOwn, ApiKeyClosed, ApiKeyReplaced.
    """
    _refuse_beyond_own(get_api_key(key_id).grants, by=by)
    return replace_key(key_id=key_id, overlap=overlap, by=by, at=at)


def revoke_api_key(*, key_id: UUID, by: "User", at: datetime) -> "ApiKey":
    """End a key, whatever it holds: taking a key away gives nobody anything.

    Records ApiKeyRevoked. Raises: NotFound.
    """
    return revoke_key(key_id=key_id, by=by, at=at)


def _refuse_beyond_own(grants: Mapping[str, str], *, by: "User") -> None:
    refuse_beyond_own(((name, ScopeKind(scope)) for name, scope in grants.items()), by=by)


def _refuse_not_for_keys(grants: Mapping[str, str]) -> None:
    problems = [
        FieldProblem(field=f"/grants/{n}/permission", code=code, message=message)
        for n, name in enumerate(grants)
        for code, message in _problems_of(name)
    ]
    if problems:
        raise ValidationFailed(problems=problems)


def _problems_of(permission: str) -> list[tuple[str, str]]:
    if permission not in PERMISSIONS:
        return [
            ("unknown_permission", worded("There is no permission '%(name)s'.", name=permission))
        ]
    if permission not in FOR_KEYS:
        message = "A key never holds this: it takes a person who signed in."
        return [("not_for_api_keys", message)]
    return []


def _read_networks(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return networks in canonical form. Raises: ValidationFailed."""
    found = []
    for n, text in enumerate(given):
        try:
            found.append(str(ip_network(text.strip())))
        except ValueError:
            message = "Give a network as 203.0.113.0/24, or one address."
            raise ValidationFailed.at(f"/networks/{n}", message) from None
    return tuple(dict.fromkeys(found))
