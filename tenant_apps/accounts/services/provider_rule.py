"""Whether people must come through the organization's own provider.

The rule stands above accounts: the setting PROVIDER_RULE names the function that knows it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from shared_apps.kernel.errors import DomainError
from tenant_apps.accounts.models import Proof, User
from tenant_apps.accounts.tokens import BEARER

SSO_REQUIRED = "sso_required"


class ProviderRequired(DomainError):
    """The organization signs in with its provider; nobody learns more from this answer."""

    code = SSO_REQUIRED
    status = 401
    message = "This organization signs in with its own provider: use its button, not a password."

    def __init__(self) -> None:
        super().__init__(headers=BEARER)


@dataclass(frozen=True, kw_only=True)
class ProviderRule:
    """`is_required`: a provider's word is asked of people. `is_exempt`: not of this person."""

    is_required: bool = False
    is_exempt: bool = False


def read_provider_rule(person: User | None = None) -> ProviderRule:
    """Return the rule for a person, or the organization's as such."""
    read = cast("Callable[[User | None], ProviderRule]", import_string(settings.PROVIDER_RULE))
    return read(person)


def find_provider_bar(person: User, proofs: Collection[Proof]) -> str:
    """Return "sso_required" when the provider's word is missing, "" when it is not."""
    if Proof.SSO in proofs:
        return ""
    rule = read_provider_rule(person)
    return SSO_REQUIRED if rule.is_required and not rule.is_exempt else ""


def is_break_glass(person: User, proofs: Collection[Proof]) -> bool:
    """Return whether a person comes without the provider's word although others must not."""
    return Proof.SSO not in proofs and read_provider_rule(person).is_required
