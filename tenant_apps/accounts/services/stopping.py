"""Stop whoever tries too often, and keep the first stop of each window."""

from datetime import datetime

from tenant_apps.accounts.models import User
from tenant_apps.accounts.services.door import record_refusal
from tenant_apps.accounts.services.sign_in_limits import Budgets, TooManySignIns, refuse_too_many

TOO_MANY = "too_many_attempts"


def stop_too_many(budgets: Budgets, *, email: str, person: User | None, at: datetime) -> None:
    """Count an attempt and refuse it when it is beyond a budget.

    The first refusal of a window is recorded as SignInFailed, those after it are not: nobody fills
    the log by going on. Must not run inside a transaction of the caller. Raises: TooManySignIns.
    """
    try:
        refuse_too_many(budgets, at=at)
    except TooManySignIns as stop:
        if stop.is_first:
            record_refusal(email=email, person=person, cause=TOO_MANY, at=at)
        raise
