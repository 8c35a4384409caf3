"""Sign in with address and password: the first step to the door."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from shared_apps.audit.request import current_request_info
from tenant_apps.accounts.devices import known_device
from tenant_apps.accounts.models import Proof, SignInKind, User
from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.accounts.services.door import (
    Admission,
    Visit,
    admit,
    find_bar,
    record_refusal,
    refusal,
)
from tenant_apps.accounts.services.provider_rule import find_provider_bar
from tenant_apps.accounts.services.sign_in_limits import (
    Budgets,
    budgets_of_device,
    budgets_of_sign_in,
    forget_attempts,
)
from tenant_apps.accounts.services.stopping import stop_too_many


@dataclass(frozen=True, kw_only=True)
class SignInAttempt:
    """What somebody brought to the door, and what they want: tokens or a browser session.

    `device` is what the browser's cookie says about the device.
    """

    email: str
    password: str
    kind: SignInKind = SignInKind.TOKEN
    user_agent: str = ""
    device: str = ""

    @property
    def budgets(self) -> Budgets:
        """Return what counts this attempt: a known device stands apart from everybody else."""
        device = known_device(self.device, email=self.email)
        if device:
            return budgets_of_device(device)
        return budgets_of_sign_in(ip=current_request_info().ip, email=self.email)


def sign_in(*, attempt: SignInAttempt, at: datetime) -> Admission:
    """Take a person with the right password to the door, or refuse. Records what `admit` records.

    An unknown address costs the same work as a wrong password. Failures are counted over all
    organizations together, per network address, per account and per both. Must not run inside a
    transaction of the caller: its rollback would take the recorded failure along.
    Raises: SignInRefused, ProviderRequired, TooManySignIns.
    """
    budgets = attempt.budgets
    stop_too_many(budgets, email=attempt.email, person=None, at=at)
    person = find_person_by_email(attempt.email)
    cause = _find_cause_of_refusal(person, attempt.password)
    if person is None or cause:
        record_refusal(email=attempt.email, person=person, cause=cause, at=at)
        raise refusal()
    forget_attempts(budgets)
    visit = Visit(proofs=(Proof.PASSWORD,), kind=attempt.kind, user_agent=attempt.user_agent)
    return admit(person=person, visit=visit, at=at)


def _find_cause_of_refusal(person: User | None, password: str) -> str:
    """Return why the door stays shut, "" when it opens. Hashes once in every case."""
    if person is None:
        make_password(password)
        return "unknown_address"
    if not person.check_password(password):
        return "wrong_password"
    return find_bar(person) or find_provider_bar(person, (Proof.PASSWORD,))
