"""Many who come with one code at the same moment: one gets in."""

from functools import partial
from typing import Any

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import SignIn
from tenant_apps.accounts.services import (
    SecondStep,
    SignInAttempt,
    WrongCode,
    finish_sign_in,
    sign_in,
)
from tests.accounts.factors import give_app
from tests.cast import PASSWORD
from tests.factories.accounts import PersonFactory
from tests.together import run_together


def test_of_many_who_come_with_one_code_at_once_one_gets_in(fresh_tenant: Tenant) -> None:
    person = PersonFactory()
    app = give_app(person)
    attempt = SignInAttempt(email=person.email, password=PASSWORD)
    challenges = [sign_in(attempt=attempt, at=utc_now()).challenge for _ in range(4)]
    code = app.code()

    def finish(challenge: str) -> Any:
        return finish_sign_in(step=SecondStep(challenge=challenge, code=code), at=utc_now())

    outcomes = run_together(fresh_tenant, [partial(finish, each) for each in challenges])
    assert sum(isinstance(each, WrongCode) for each in outcomes) == 3, outcomes
    with use_tenant(fresh_tenant):
        assert SignIn.objects.filter(user=person).count() == 1


def test_of_many_who_come_with_one_recovery_code_at_once_one_gets_in(
    fresh_tenant: Tenant,
) -> None:
    person = PersonFactory()
    (code, *_) = give_app(person).recovery_codes
    attempt = SignInAttempt(email=person.email, password=PASSWORD)
    challenges = [sign_in(attempt=attempt, at=utc_now()).challenge for _ in range(4)]

    def finish(challenge: str) -> Any:
        step = SecondStep(challenge=challenge, recovery_code=code)
        return finish_sign_in(step=step, at=utc_now())

    outcomes = run_together(fresh_tenant, [partial(finish, each) for each in challenges])
    assert sum(isinstance(each, WrongCode) for each in outcomes) == 3, outcomes
