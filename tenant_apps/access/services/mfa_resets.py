"""Who may take another's second factors away: two administrators, neither below the person."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from tenant_apps.access.scopes import refuse_blocked
from tenant_apps.access.selectors import grants_of_person
from tenant_apps.access.services.assignments import refuse_beyond_own
from tenant_apps.accounts.selectors import get_mfa_reset
from tenant_apps.accounts.services import (
    approve_mfa_reset,
    check_mfa_reset,
    decline_mfa_reset,
    request_mfa_reset,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import MfaReset, User


def check_mfa_reset_of(user_id: UUID, *, by: "User") -> None:
    """Refuse what asking would refuse, before a reason is typed.

    Raises: GrantBeyondOwn, OwnSecondFactor, NoSecondFactor.
    """
    refuse_beyond_own(grants_of_person(user_id), by=by)
    check_mfa_reset(user_id, by=by)


@transaction.atomic
def ask_for_mfa_reset(*, user_id: UUID, reason: str, by: "User", at: datetime) -> "MfaReset":
    """Ask for it, but not for a person who holds more than oneself. Records MfaResetRequested.

    Raises: NotFound, GrantBeyondOwn, OwnSecondFactor, NoSecondFactor, ResetPending.
    """
    refuse_beyond_own(grants_of_person(user_id), by=by)
    return request_mfa_reset(user_id=user_id, reason=reason, by=by, at=at)


@transaction.atomic
def agree_to_mfa_reset(*, reset_id: UUID, by: "User", at: datetime) -> "MfaReset":
    """Agree to what another administrator asked for. Records SecondFactorsReset.

    Raises: NotFound, GrantBeyondOwn, ResetDecided, ResetNeedsSecond, OwnSecondFactor,
    ApprovalsBlocked.
    """
    refuse_blocked(by)
    refuse_beyond_own(grants_of_person(get_mfa_reset(reset_id).user_id), by=by)
    return approve_mfa_reset(reset_id=reset_id, by=by, at=at)


@transaction.atomic
def turn_mfa_reset_down(*, reset_id: UUID, by: "User", at: datetime) -> "MfaReset":
    """Turn a request down, or take one's own back. Records MfaResetDeclined.

    Raises: NotFound, GrantBeyondOwn, ResetDecided, OwnSecondFactor.
    """
    refuse_beyond_own(grants_of_person(get_mfa_reset(reset_id).user_id), by=by)
    return decline_mfa_reset(reset_id=reset_id, by=by, at=at)
