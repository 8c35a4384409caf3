"""What is good once is good for one of many who bring it at the same moment."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError
from shared_apps.tenancy.context import Tenant, use_tenant
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.models import SignIn, SignInKind, User
from tenant_apps.accounts.services import (
    Evidence,
    PasskeyAnswer,
    SecondStep,
    SignInAttempt,
    WrongCode,
    accept_invitation,
    add_passkey,
    begin_passkey,
    begin_passkey_use,
    finish_sign_in,
    issue_handover,
    issue_ticket,
    issue_tokens,
    open_sign_in,
    redeem_handover,
    redeem_ticket,
    refresh_tokens,
    replace_required_password,
    require_password_change,
    reset_password,
    sign_in,
    sign_in_with_passkey,
    step_up,
    vouched,
)
from tenant_apps.accounts.services.invitations import make_invitation_token
from tenant_apps.accounts.services.resets import make_reset_token
from tests.accounts.factors import give_app
from tests.accounts.passkey_device import Passkey
from tests.cast import PASSWORD, STAGEHAND
from tests.factories.accounts import InvitedPersonFactory, PersonFactory
from tests.together import run_together

MANY = 6


def challenge_of(person: User) -> str:
    """Return the challenge that the door answers the password with."""
    attempt = SignInAttempt(email=person.email, password=PASSWORD)
    return sign_in(attempt=attempt, at=utc_now()).challenge


def one_of(tenant: Tenant, works: Sequence[Callable[[], Any]], refusal: type[DomainError]) -> Any:
    """Do everything at once; return what came of the one that was not refused."""
    outcomes = run_together(tenant, works)
    through = [each for each in outcomes if not isinstance(each, Exception)]
    refused = [each for each in outcomes if isinstance(each, refusal)]
    assert (len(through), len(refused)) == (1, len(works) - 1), outcomes
    return through[0]


class TestCodes:
    def test_of_an_app(self, fresh_tenant: Tenant) -> None:
        person = PersonFactory()
        app = give_app(person)
        challenges = [challenge_of(person) for _ in range(4)]
        code = app.code()
        steps = [SecondStep(challenge=each, code=code) for each in challenges]
        works = [partial(finish_sign_in, step=step, at=utc_now()) for step in steps]
        one_of(fresh_tenant, works, WrongCode)
        with use_tenant(fresh_tenant):
            assert SignIn.objects.filter(user=person).count() == 1

    def test_of_an_app_at_the_door_and_at_a_step_up(self, fresh_tenant: Tenant) -> None:
        person = PersonFactory()
        app = give_app(person)
        inside = open_sign_in(person=person, kind=SignInKind.TOKEN, user_agent="", at=utc_now())
        code = app.code()
        step = SecondStep(challenge=challenge_of(person), code=code)
        works: list[Callable[[], Any]] = [
            partial(finish_sign_in, step=step, at=utc_now()),
            partial(step_up, sign_in=inside, evidence=Evidence(code=code), at=utc_now()),
        ]
        one_of(fresh_tenant, works, DomainError)

    def test_that_stand_in_for_a_lost_factor(self, fresh_tenant: Tenant) -> None:
        person = PersonFactory()
        (code, *_) = give_app(person).recovery_codes
        challenges = [challenge_of(person) for _ in range(4)]
        steps = [SecondStep(challenge=each, recovery_code=code) for each in challenges]
        works = [partial(finish_sign_in, step=step, at=utc_now()) for step in steps]
        one_of(fresh_tenant, works, WrongCode)

    def test_with_one_challenge(self, fresh_tenant: Tenant) -> None:
        person = PersonFactory()
        app = give_app(person)
        challenge = challenge_of(person)
        steps = [SecondStep(challenge=challenge, code=app.code())]
        steps += [
            SecondStep(challenge=challenge, recovery_code=each) for each in app.recovery_codes[:3]
        ]
        works = [partial(finish_sign_in, step=step, at=utc_now()) for step in steps]
        one_of(fresh_tenant, works, TokenInvalid)


class TestLinks:
    def test_of_an_invitation(self, fresh_tenant: Tenant) -> None:
        token = make_invitation_token(person := InvitedPersonFactory())
        accept = partial(accept_invitation, token=token, at=utc_now())
        works = [partial(accept, password=f"horse battery of {n} staples") for n in range(MANY)]
        one_of(fresh_tenant, works, TokenInvalid)
        accepted = EventRecord.objects.filter(name="accounts.person_activated")
        assert accepted.filter(subject_id=person.pk).count() == 1

    def test_to_a_new_password(self, fresh_tenant: Tenant) -> None:
        token = make_reset_token(PersonFactory())
        reset = partial(reset_password, token=token, at=utc_now())
        works = [partial(reset, new_password=f"horse battery of {n} staples") for n in range(MANY)]
        one_of(fresh_tenant, works, TokenInvalid)
        assert EventRecord.objects.filter(name="accounts.password_changed").count() == 1

    def test_to_a_password_that_the_door_asked_for(self, fresh_tenant: Tenant) -> None:
        person = PersonFactory()
        require_password_change(user_id=person.pk, by=STAGEHAND, at=utc_now())
        replace = partial(replace_required_password, challenge=challenge_of(person), at=utc_now())
        works = [
            partial(replace, new_password=f"horse battery of {n} staples") for n in range(MANY)
        ]
        one_of(fresh_tenant, works, TokenInvalid)


class TestTokens:
    def test_of_a_refresh_end_the_family_when_many_bring_one(self, fresh_tenant: Tenant) -> None:
        opened = open_sign_in(
            person=PersonFactory(), kind=SignInKind.TOKEN, user_agent="", at=utc_now()
        )
        refresh = issue_tokens(sign_in=opened, at=utc_now()).refresh
        renew = partial(refresh_tokens, refresh=refresh, at=utc_now())
        pair = one_of(fresh_tenant, [renew] * 8, TokenInvalid)
        with use_tenant(fresh_tenant):
            assert SignIn.objects.get(pk=opened.pk).ended_at is not None
            assert EventRecord.objects.filter(name="accounts.refresh_token_reused").count() == 1
        outcomes = run_together(
            fresh_tenant, [partial(refresh_tokens, refresh=pair.refresh, at=utc_now())]
        )
        assert isinstance(outcomes[0], TokenInvalid), outcomes

    def test_of_a_providers_sign_in(self, fresh_tenant: Tenant) -> None:
        code = issue_handover(person=PersonFactory(), proofs=vouched())
        redeem = partial(redeem_handover, code=code, kind=SignInKind.TOKEN, at=utc_now())
        one_of(fresh_tenant, [redeem] * MANY, TokenInvalid)

    def test_of_a_socket(self, fresh_tenant: Tenant) -> None:
        opened = open_sign_in(
            person=PersonFactory(), kind=SignInKind.TOKEN, user_agent="", at=utc_now()
        )
        ticket = issue_ticket(credential=opened)
        found = run_together(fresh_tenant, [partial(redeem_ticket, ticket, at=utc_now())] * MANY)
        assert [each for each in found if each is not None] == [opened.user]


def test_an_answer_of_a_passkey_that_counts_nothing(fresh_tenant: Tenant) -> None:
    """Passkeys that travel between devices do not count their answers."""
    person = PersonFactory()
    device = Passkey(origin=f"http://{fresh_tenant.host}:8000")
    asked = begin_passkey(person=person)
    made = PasskeyAnswer(ceremony=asked.ceremony, credential=device.make(asked.options))
    add_passkey(person=person, name="Phone", answer=made, at=utc_now())
    question = begin_passkey_use()
    device.count = -1
    answer = PasskeyAnswer(ceremony=question.ceremony, credential=device.use(question.options))
    come = partial(
        sign_in_with_passkey,
        answer=answer,
        kind=SignInKind.TOKEN,
        user_agent="",
        at=utc_now(),
    )
    one_of(fresh_tenant, [come] * MANY, TokenInvalid)
    with use_tenant(fresh_tenant):
        assert SignIn.objects.filter(user=person).count() == 1
