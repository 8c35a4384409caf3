"""What ends sign-ins holds for those that are on their way through the door just then."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.models import PersonStatus, SignIn, SignInKind, User
from tenant_apps.accounts.services import (
    SignInAttempt,
    SignInRefused,
    accept_invitation,
    end_sign_in,
    issue_invitation,
    issue_tokens,
    open_sign_in,
    reactivate_person,
    refresh_tokens,
    require_password_change,
    reset_password,
    revoke_invitation,
    revoke_other_sign_ins,
    sign_in,
    sign_person_out,
    suspend_person,
)
from tenant_apps.accounts.services.invitations import make_invitation_token
from tenant_apps.accounts.services.passwords import change_password
from tenant_apps.accounts.services.resets import make_reset_token
from tests.accounts.factors import give_app
from tests.cast import PASSWORD, STAGEHAND
from tests.factories.accounts import InvitedPersonFactory, PersonFactory
from tests.together import overtake

NEW, NEWER = "an even better one 9", "the best of them all 8"


def come(person: User) -> Any:
    """Sign in with the password, as it was."""
    return sign_in(attempt=SignInAttempt(email=person.email, password=PASSWORD), at=utc_now())


def suspend(person: User) -> None:
    suspend_person(user_id=person.pk, by=STAGEHAND, at=utc_now())


def force_change(person: User) -> None:
    require_password_change(user_id=person.pk, by=STAGEHAND, at=utc_now())


def replace(person: User) -> None:
    reset_password(token=make_reset_token(person), new_password=NEW, at=utc_now())


class TestASignIn:
    """The password was right when it was compared; what came since counts."""

    @pytest.mark.parametrize("change", [suspend, replace], ids=["suspended", "new password"])
    def test_is_refused(self, change: Callable[[User], None], fresh_tenant: Tenant) -> None:
        person = PersonFactory()
        outcome = overtake(fresh_tenant, first=partial(change, person), then=partial(come, person))
        assert isinstance(outcome, SignInRefused), outcome
        assert not SignIn.objects.exists()
        refused = EventRecord.objects.get(name="accounts.sign_in_failed")
        assert refused.payload["cause"] in {"suspended", "password_replaced"}

    def test_does_not_come_to_life_with_the_person(self, fresh_tenant: Tenant) -> None:
        person = PersonFactory()
        overtake(fresh_tenant, first=partial(suspend, person), then=partial(come, person))
        reactivate_person(user_id=person.pk, by=STAGEHAND, at=utc_now())
        assert User.objects.get(pk=person.pk).status == PersonStatus.ACTIVE
        assert not SignIn.objects.filter(ended_at=None).exists()

    @pytest.mark.parametrize(
        ("change", "status"),
        [(force_change, "password_change_required"), (give_app, "mfa_required")],
        ids=["must change the password", "has a second factor"],
    )
    def test_is_asked_for_what_is_missing(
        self, change: Callable[[User], Any], status: str, fresh_tenant: Tenant
    ) -> None:
        person = PersonFactory()
        outcome = overtake(fresh_tenant, first=partial(change, person), then=partial(come, person))
        assert outcome.status == status, outcome
        assert not SignIn.objects.exists()


class TestARefresh:
    """The token was the newest one when it was read; what ended its sign-in counts."""

    @pytest.fixture
    def opened(self, fresh_tenant: Tenant) -> SignIn:
        """A sign-in of a person."""
        return open_sign_in(
            person=PersonFactory(), kind=SignInKind.TOKEN, user_agent="", at=utc_now()
        )

    ENDS: dict[str, Callable[[SignIn], Any]] = {
        "suspended": lambda opened: suspend(opened.user),
        "must change the password": lambda opened: force_change(opened.user),
        "new password": lambda opened: replace(opened.user),
        "has a second factor": lambda opened: give_app(opened.user),
        "signed out": lambda opened: end_sign_in(sign_in_id=opened.pk, at=utc_now()),
        "signed out by another": lambda opened: sign_person_out(
            user_id=opened.user_id, by=STAGEHAND, at=utc_now()
        ),
        "ended from another device": lambda opened: revoke_other_sign_ins(
            sign_in=_another(opened.user), at=utc_now()
        ),
    }

    @pytest.mark.parametrize("end", list(ENDS.values()), ids=list(ENDS))
    def test_that_comes_second_is_refused(
        self, end: Callable[[SignIn], Any], opened: SignIn, fresh_tenant: Tenant
    ) -> None:
        refresh = issue_tokens(sign_in=opened, at=utc_now()).refresh
        outcome = overtake(
            fresh_tenant,
            first=partial(end, opened),
            then=lambda: refresh_tokens(refresh=refresh, at=utc_now()),
        )
        assert isinstance(outcome, TokenInvalid), outcome
        assert SignIn.objects.get(pk=opened.pk).ended_at is not None

    @pytest.mark.parametrize("end", list(ENDS.values()), ids=list(ENDS))
    def test_that_comes_first_is_ended(
        self, end: Callable[[SignIn], Any], opened: SignIn, fresh_tenant: Tenant
    ) -> None:
        refresh = issue_tokens(sign_in=opened, at=utc_now()).refresh
        following: list[Any] = []
        outcome = overtake(
            fresh_tenant,
            first=lambda: following.append(refresh_tokens(refresh=refresh, at=utc_now())),
            then=partial(end, opened),
        )
        assert not isinstance(outcome, Exception), outcome
        with pytest.raises(TokenInvalid):
            refresh_tokens(refresh=following[0].refresh, at=utc_now())
        assert SignIn.objects.get(pk=opened.pk).ended_at is not None


def _another(person: User) -> SignIn:
    return open_sign_in(person=person, kind=SignInKind.TOKEN, user_agent="", at=utc_now())


class TestALink:
    """It was good when it was read; what made it worthless counts."""

    def test_of_an_invitation_that_was_sent_anew(self, fresh_tenant: Tenant) -> None:
        person = InvitedPersonFactory()
        outcome = overtake(
            fresh_tenant,
            first=lambda: issue_invitation(user_id=person.pk, by=STAGEHAND, at=utc_now()),
            then=_accepting(person),
        )
        assert isinstance(outcome, TokenInvalid), outcome
        assert User.objects.get(pk=person.pk).status == PersonStatus.INVITED

    def test_of_an_invitation_that_was_taken_back(self, fresh_tenant: Tenant) -> None:
        person = InvitedPersonFactory()
        outcome = overtake(
            fresh_tenant,
            first=lambda: revoke_invitation(user_id=person.pk, by=STAGEHAND, at=utc_now()),
            then=_accepting(person),
        )
        assert isinstance(outcome, TokenInvalid), outcome
        assert User.objects.get(pk=person.pk).status == PersonStatus.INVITED

    def test_to_a_new_password_for_one_who_was_suspended(self, fresh_tenant: Tenant) -> None:
        person = PersonFactory()
        token = make_reset_token(person)
        outcome = overtake(
            fresh_tenant,
            first=partial(suspend, person),
            then=lambda: reset_password(token=token, new_password=NEW, at=utc_now()),
        )
        assert isinstance(outcome, TokenInvalid), outcome
        with use_tenant(fresh_tenant):
            assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def _accepting(person: User) -> Callable[[], Any]:
    token = make_invitation_token(person)
    return lambda: accept_invitation(token=token, password=NEW, at=utc_now())


def test_an_old_password_changes_nothing_once_it_was_replaced(fresh_tenant: Tenant) -> None:
    person = PersonFactory()
    outcome = overtake(
        fresh_tenant,
        first=partial(replace, User.objects.get(pk=person.pk)),
        then=lambda: change_password(
            person=person, old_password=PASSWORD, new_password=NEWER, at=utc_now()
        ),
    )
    assert "/old_password" in str(getattr(outcome, "problems", outcome))
    assert User.objects.get(pk=person.pk).check_password(NEW)
