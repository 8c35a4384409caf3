"""Administrators end the sign-ins of one, of some, of all."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import Organization
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory
from shared_apps.web.errors import TokenInvalid
from tenant_apps.access.services import force_password_changes, sign_everyone_out
from tenant_apps.accounts.models import SignIn, SignInKind, User
from tenant_apps.accounts.services import (
    SignInAttempt,
    TokenPair,
    issue_ticket,
    issue_tokens,
    open_sign_in,
    redeem_ticket,
    refresh_tokens,
    sign_in,
)
from tests.cast import PASSWORD, activate_owner, make_person
from tests.client import PrsClient, error, ok
from tests.factories.accounts import PersonFactory
from tests.together import run_together

USERS, EVERYONE = "/api/admin/users/", "/api/admin/sign-out-everyone/"


@pytest.mark.django_db
class TestOne:
    def test_is_signed_out_and_may_come_back(
        self, sam: User, as_sam: PrsClient, as_adam: PrsClient, anyone: PrsClient
    ) -> None:
        assert ok(as_adam.post(f"{USERS}{sam.pk}/sign-out/"), 200) == {"ended": 1}
        error(as_sam.get("/api/auth/me/"), 401)
        ok(anyone.post("/api/auth/login/", {"email": sam.email, "password": PASSWORD}))
        assert EventRecord.objects.filter(name="accounts.sign_ins_ended").count() == 1

    def test_who_holds_more_is_left_alone(self, olga: User, as_adam: PrsClient) -> None:
        error(as_adam.post(f"{USERS}{olga.pk}/sign-out/"), 403)

    def test_of_another_organization_is_not_found(self, sam: User, as_mallory: PrsClient) -> None:
        error(as_mallory.post(f"{USERS}{sam.pk}/sign-out/"), 404)


@pytest.mark.django_db
class TestForcedChanges:
    def test_reach_the_named(
        self, sam: User, suki: User, theo: User, as_adam: PrsClient, anyone: PrsClient
    ) -> None:
        given = {"user_ids": [str(sam.pk), str(suki.pk)]}
        answer = ok(as_adam.post(f"{USERS}bulk-force-reset/", given), 200)
        assert set(answer["changed"]) == {str(sam.pk), str(suki.pk)}
        for person, status in (
            (sam, "password_change_required"),
            (suki, "password_change_required"),
            (theo, "signed_in"),
        ):
            login = {"email": person.email, "password": PASSWORD}
            assert ok(anyone.post("/api/auth/login/", login))["status"] == status

    def test_reach_everybody_but_oneself_and_those_who_hold_more(
        self, adam: User, olga: User, sam: User, as_adam: PrsClient
    ) -> None:
        answer = ok(as_adam.post(f"{USERS}bulk-force-reset/", {"everybody": True}), 200)
        assert str(sam.pk) in answer["changed"]
        assert answer["skipped"] == [str(olga.pk)]
        assert str(adam.pk) not in answer["changed"]
        ok(as_adam.get("/api/auth/me/"))

    @pytest.mark.parametrize(
        "given", [{}, {"user_ids": []}, {"everybody": True, "user_ids": ["x"]}]
    )
    def test_ask_for_names_or_everybody(self, given: Any, as_adam: PrsClient) -> None:
        error(as_adam.post(f"{USERS}bulk-force-reset/", given), 400)

    def test_do_not_reach_other_organizations(self, sam: User, as_mallory: PrsClient) -> None:
        error(as_mallory.post(f"{USERS}bulk-force-reset/", {"user_ids": [str(sam.pk)]}), 404)
        sam.refresh_from_db()
        assert not sam.password_change_required


@pytest.mark.django_db
class TestEveryone:
    @pytest.fixture(autouse=True)
    def _forget(self) -> Iterator[None]:
        yield
        get_directory().forget()

    def test_is_signed_out_at_once_whatever_they_hold(
        self, sam: User, acme: Tenant, as_sam: PrsClient, as_adam: PrsClient, anyone: PrsClient
    ) -> None:
        login = {"email": sam.email, "password": PASSWORD, "session": True}
        refresh = ok(anyone.post("/api/auth/login/", login))["refresh"]
        ok(anyone.get("/api/auth/me/"))
        ok(as_adam.post(EVERYONE), 204)
        with use_platform():
            assert Organization.objects.get(pk=acme.id).key_version == acme.key_version + 1
        get_directory().forget()
        for client in (as_sam, as_adam, anyone):
            error(client.get("/api/auth/me/"), 401)
        error(anyone.post("/api/auth/token/refresh/", {"refresh": refresh}), 401)
        ok(anyone.post("/api/auth/login/", login))
        ok(anyone.get("/api/auth/me/"))
        assert EventRecord.objects.filter(name="access.everyone_signed_out").count() == 1

    def test_of_another_organization_stays(self, as_mallory: PrsClient, as_sam: PrsClient) -> None:
        ok(as_mallory.post(EVERYONE), 204)
        get_directory().forget()
        ok(as_sam.get("/api/auth/me/"))


class TestAtTheSameMoment:
    """Others come in, renew and fetch tickets, in processes that remember the old key version."""

    @pytest.fixture
    def olga(self, fresh_tenant: Tenant) -> User:
        return activate_owner(at=utc_now())

    @pytest.fixture
    def opened(self, olga: User) -> list[SignIn]:
        """Sign-ins of four people."""
        return [
            open_sign_in(person=PersonFactory(), kind=SignInKind.TOKEN, user_agent="", at=utc_now())
            for _ in range(4)
        ]

    def others(self, opened: list[SignIn]) -> list[Callable[[], Any]]:
        """Return what the people do meanwhile: renew a sign-in, and come in once more."""
        pairs = [issue_tokens(sign_in=each, at=utc_now()) for each in opened]
        renewing = [partial(refresh_tokens, refresh=pair.refresh, at=utc_now()) for pair in pairs]
        return [*renewing, *(partial(come_in, each.user) for each in opened)]

    def test_signing_everybody_out_leaves_no_credential(
        self, olga: User, opened: list[SignIn], fresh_tenant: Tenant
    ) -> None:
        leave: Callable[[], Any] = partial(sign_everyone_out, by=olga, at=utc_now())
        tickets: list[Callable[[], Any]] = [
            partial(issue_ticket, credential=each) for each in opened
        ]
        works = [leave, *self.others(opened), *tickets]
        version, *got = run_together(fresh_tenant, works)
        assert version == fresh_tenant.key_version + 1, version
        anyone = PrsClient(host=fresh_tenant.host)
        for pair in (each for each in got if isinstance(each, TokenPair)):
            headers = {"Authorization": f"Bearer {pair.access}"}
            error(anyone.get("/api/auth/me/", headers=headers), 401)
            error(anyone.post("/api/auth/token/refresh/", {"refresh": pair.refresh}), 401)
        later = get_directory().by_id(fresh_tenant.id)
        assert later is not None
        with use_tenant(later):
            for ticket in (each for each in got if isinstance(each, str)):
                assert redeem_ticket(ticket, at=utc_now()) is None

    def test_signing_everybody_out_works_at_once_where_the_old_version_is_remembered(
        self, olga: User, opened: list[SignIn], fresh_tenant: Tenant
    ) -> None:
        refresh = issue_tokens(sign_in=opened[0], at=utc_now()).refresh
        ticket = issue_ticket(credential=opened[0])
        sign_everyone_out(by=olga, at=utc_now())
        with use_tenant(fresh_tenant):
            with pytest.raises(TokenInvalid):
                refresh_tokens(refresh=refresh, at=utc_now())
            assert redeem_ticket(ticket, at=utc_now()) is None

    def test_forced_changes_leave_nobody_inside(
        self, olga: User, opened: list[SignIn], fresh_tenant: Tenant
    ) -> None:
        oscar = make_person("oscar", last_name="Owner", role="owner", by=olga, at=utc_now())
        named = [each.user_id for each in opened]
        force = [
            partial(force_password_changes, user_ids=ids, by=by, at=utc_now())
            for by, ids in ((olga, named), (oscar, named[::-1]))
        ]
        *forced, first, second, third, fourth, _, _, _, _ = run_together(
            fresh_tenant, [*force, *self.others(opened)]
        )
        assert [set(each.changed) for each in forced] == [set(named)] * 2
        for renewed in (first, second, third, fourth):
            assert isinstance(renewed, TokenPair | TokenInvalid), renewed
        assert not SignIn.objects.filter(user_id__in=named, ended_at=None).exists()


def come_in(person: User) -> TokenPair | str:
    """Sign in; return the tokens, or the step that the door asks for."""
    attempt = SignInAttempt(email=person.email, password=PASSWORD)
    admission = sign_in(attempt=attempt, at=utc_now())
    if admission.sign_in is None:
        return admission.status
    return issue_tokens(sign_in=admission.sign_in, at=utc_now())
