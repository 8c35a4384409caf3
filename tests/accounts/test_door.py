"""One door: whoever holds a token or a session passed it, whatever they proved."""

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.urls import get_resolver
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.access.role_matrix import ORGANIZATION_ROLES
from tenant_apps.access.sign_in_policy import ROLES_WITH_SECOND_FACTOR
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.services import (
    Visit,
    activate_person,
    admit,
    require_password_change,
    suspend_person,
)
from tenant_apps.accounts.services.invitations import make_invitation_token
from tenant_apps.accounts.services.resets import make_reset_token
from tests.access.test_role_matrix import PLAYED_BY
from tests.access.test_route_permissions import example_of, routes_of
from tests.accounts.factors import enrol, give_app, sign_in_with
from tests.accounts.test_sign_in import callbacks_of
from tests.cast import PASSWORD, STAGEHAND, person_named
from tests.client import PrsClient, error, ok, tokens_of
from tests.factories.accounts import InvitedPersonFactory, PersonFactory
from tests.reading import callers_of, mentions_of

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

LOGIN, ME = "/api/auth/login/", "/api/auth/me/"
REFRESH = "/api/auth/token/refresh/"


def with_a_factor() -> User:
    person = PersonFactory()
    give_app(person)
    return person


def suspended() -> User:
    person = PersonFactory()
    return suspend_person(user_id=person.pk, by=STAGEHAND, at=utc_now())


def with_an_old_password() -> User:
    person = PersonFactory()
    return require_password_change(user_id=person.pk, by=STAGEHAND, at=utc_now())


def overdue() -> User:
    """A verifier who was asked for a second factor longer ago than the grace."""
    vera = person_named("vera")
    vera.second_factor_asked_at = utc_now() - timedelta(days=8)
    vera.save(update_fields=["second_factor_asked_at"])
    return vera


# What the challenge to set up a second factor is for: an app, or a passkey, and its confirmation.
SET_UP = {
    "POST /api/auth/mfa/totp/begin/",
    "POST /api/auth/mfa/totp/confirm/",
    "POST /api/auth/passkeys/begin/",
    "POST /api/auth/passkeys/",
}
STOPPED = {
    "a person with a second factor who gave none": with_a_factor,
    "a suspended person": suspended,
    "a person who must change the password": with_an_old_password,
    "a person who must set up a second factor": overdue,
}


@pytest.fixture(params=list(STOPPED.values()), ids=list(STOPPED))
def stopped(request: pytest.FixtureRequest, cast: None) -> User:
    """Somebody whom the password alone must not let in."""
    make: Callable[[], User] = request.param
    return make()


def opens_nothing(client: PrsClient, answer: Any, person: User) -> None:
    """Assert that neither the answer nor the cookies beside it are a credential."""
    texts = [client.cookies[name].value for name in client.cookies]
    if answer.content and "json" in answer.headers.get("Content-Type", ""):
        texts += strings_of(answer.json())
    for text in texts:
        bare = PrsClient(host=client.defaults["SERVER_NAME"])
        answered = bare.get(ME, headers={"Authorization": f"Bearer {text}"})
        assert answered.status_code == 401, text
        error(bare.post(REFRESH, {"refresh": text or "x"}), 401)
    assert client.get(ME).status_code == 401
    assert not SignIn.objects.filter(user=person, ended_at=None).exists()


def strings_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings_of(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings_of(each)]
    return [value] if isinstance(value, str) else []


class TestOurRoutes:
    """Every address that answers without a credential, with everything such a person has."""

    @staticmethod
    def open_routes() -> list[tuple[str, str]]:
        found = [
            (route.method, route.path)
            for route in routes_of(settings.ROOT_URLCONF)
            if not getattr(route.view, "permissions", {}) and "auth/" in route.path
        ]
        assert ("POST", "/api/auth/login/") in found
        assert len(found) >= 8
        return found

    def test_hand_no_credential_to_people_who_must_not_come_in(
        self, stopped: User, acme: Tenant
    ) -> None:
        reset = make_reset_token(stopped)
        everything = {
            "email": stopped.email,
            "password": PASSWORD,
            "old_password": PASSWORD,
            "session": True,
            "token": reset,
            "refresh": reset,
            "challenge": reset,
            "code": "000000",
        }
        for method, address in self.open_routes():
            client = PrsClient(host=acme.host)
            names = {"email", "password", "session"}
            bodies = [everything, {name: everything[name] for name in names}]
            bodies += [
                {"token": reset, "new_password": PASSWORD},
                {"challenge": reset, "code": "0"},
            ]
            bodies += [{"refresh": reset}, {"challenge": reset, "new_password": PASSWORD}]
            for body in bodies:
                answer = client.generic(
                    method, example_of(address), json_of(body), content_type="application/json"
                )
                opens_nothing(client, answer, stopped)

    def test_a_reset_gives_a_password_and_no_way_around_the_second_factor(
        self, acme: Tenant, anyone: PrsClient
    ) -> None:
        person = with_a_factor()
        new = {"token": make_reset_token(person), "new_password": "an even better one 9"}
        answer = anyone.post("/api/auth/password/reset/confirm/", new)
        ok(answer, 204)
        opens_nothing(anyone, answer, person)
        given = {"email": person.email, "password": "an even better one 9"}
        assert ok(anyone.post(LOGIN, given))["status"] == "mfa_required"

    def test_an_invitation_gives_a_password_and_no_sign_in(
        self, acme: Tenant, anyone: PrsClient
    ) -> None:
        person = InvitedPersonFactory()
        given = {"token": make_invitation_token(person), "password": PASSWORD}
        answer = anyone.post("/api/auth/invitations/accept/", given)
        ok(answer, 204)
        opens_nothing(anyone, answer, person)

    def test_a_refresh_asks_the_door_again(self, stopped: User, acme: Tenant) -> None:
        tokens = tokens_of(stopped, tenant=acme)
        client = PrsClient(host=acme.host)
        error(client.post(REFRESH, {"refresh": tokens.refresh}), 401)


class TestIssuing:
    """Tokens and sessions that were made past the door open nothing."""

    def test_tokens_of_the_package_are_no_credentials(
        self, person: User, anyone: PrsClient
    ) -> None:
        refresh = RefreshToken.for_user(person)
        for text in (str(refresh), str(refresh.access_token), str(AccessToken.for_user(person))):
            error(anyone.get(ME, headers={"Authorization": f"Bearer {text}"}), 401)
            error(anyone.post(REFRESH, {"refresh": text}), 401)

    def test_djangos_own_login_is_no_sign_in(self, person: User, anyone: PrsClient) -> None:
        anyone.force_login(person)
        assert "prs_session" in anyone.cookies
        error(anyone.get(ME), 401)

    def test_allauths_login_is_no_sign_in(self, person: User, acme: Tenant) -> None:
        from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415

        from tenant_apps.accounts.browser_sessions import session_sign_in  # noqa: PLC0415
        from tenant_apps.accounts.middleware import find_session_person  # noqa: PLC0415

        request = HttpRequest()
        engine = import_module(settings.SESSION_ENGINE)
        request.session = engine.SessionStore()
        request.user = AnonymousUser()
        from django.contrib.auth import login  # noqa: PLC0415

        login(request, person, backend="tenant_apps.accounts.backends.DoorBackend")
        assert session_sign_in(request, at=utc_now()) is None
        assert find_session_person(request) is None

    def test_only_the_door_opens_and_only_known_places_issue(self) -> None:
        """Read the code: who calls what makes a sign-in, a pair of tokens or a session."""
        allowed = {
            "open_sign_in": {"accounts/services/door.py"},
            "issue_tokens": {"accounts/services/renewal.py", "accounts/api/admission.py"},
            "open_session": {"accounts/api/admission.py", "accounts/browser_door.py"},
            "BoundAccessToken": {"accounts/services/sign_ins.py"},
            "BoundRefreshToken": {"accounts/services/sign_ins.py"},
        }
        for name, places in allowed.items():
            assert callers_of(name) == places, name
        for stock in ("for_user", "perform_login", "auth_login", "jwt_encode", "force_login"):
            assert callers_of(stock) == set(), stock

    @pytest.mark.parametrize("name", ["admit", "admit_visitor", "stay_until"])
    def test_every_way_to_the_door_is_named_here(self, name: str) -> None:
        ways = {place for place, named in WAYS_TO_THE_DOOR.items() if name in named}
        found = {place for place in mentions_of(name) if not place.endswith("/__init__.py")}
        assert found - NO_DOOR == ways, "name a new path to a sign-in in WAYS_TO_THE_DOOR"

    def test_only_the_door_writes_sign_ins(self) -> None:
        assert callers_of("SignIn") == {"accounts/services/sign_ins.py"}


# Where somebody is taken to the door, or it is asked whether they may stay: what was proved there.
WAYS_TO_THE_DOOR = {
    "accounts/services/door.py": {"admit", "admit_visitor", "stay_until"},
    "accounts/services/sign_in.py": {"admit"},  # the password
    "accounts/services/second_factor.py": {"admit"},  # a code, a recovery code, a passkey
    "accounts/services/passkeys.py": {"admit"},  # a passkey alone
    "accounts/services/handover.py": {"admit"},  # the word of the organization's provider
    "accounts/api/mfa_views.py": {"admit"},  # a second factor set up with the door's challenge
    "accounts/browser_door.py": {"admit"},  # the same on the page
    "accounts/services/impersonation.py": {"admit_visitor"},  # an operator's visit
    "accounts/services/renewal.py": {"stay_until"},  # a refresh token
}
# a method of pages that has the same name
NO_DOOR = {
    "portal/pages.py",
    "portal/views/people.py",
    "portal/ways_back.py",
    "shared_apps/platform_admin/site/pages.py",
    "shared_apps/web/pages/page.py",
}


class TestEnrolment:
    @pytest.fixture
    def challenge(self, cast: None, anyone: PrsClient) -> str:
        vera = overdue()
        answer = ok(anyone.post(LOGIN, {"email": vera.email, "password": PASSWORD}), 200)
        assert answer["status"] == "mfa_setup_required"
        assert (answer["access"], answer["user"]) == (None, None)
        return str(answer["challenge"])

    def test_lets_the_person_in_once_a_factor_is_set_up(
        self, challenge: str, anyone: PrsClient
    ) -> None:
        answer = enrol(anyone, challenge)
        assert len(answer["recovery_codes"]) == 10
        assert answer["sign_in"]["status"] == "signed_in"
        headers = {"Authorization": f"Bearer {answer['sign_in']['access']}"}
        assert ok(anyone.get(ME, headers=headers))["first_name"] == "Vera"

    def test_opens_nothing_but_the_set_up(self, challenge: str, anyone: PrsClient) -> None:
        headers = {"Authorization": f"Bearer {challenge}"}
        opened = set()
        for route in routes_of(settings.ROOT_URLCONF):
            if not getattr(route.view, "permissions", {}):
                continue
            answer = anyone.generic(route.method, example_of(route.path), headers=headers)
            if answer.status_code != 401:
                opened.add(str(route))
        assert opened == SET_UP

    def test_ends_when_a_factor_exists(self, challenge: str, anyone: PrsClient) -> None:
        enrol(anyone, challenge)
        headers = {"Authorization": f"Bearer {challenge}"}
        error(anyone.post("/api/auth/mfa/totp/begin/", headers=headers), 401)

    def test_is_of_this_organization(self, challenge: str, at_globex: PrsClient) -> None:
        headers = {"Authorization": f"Bearer {challenge}"}
        answer = at_globex.post("/api/auth/mfa/totp/begin/", headers=headers)
        assert error(answer, 401)["code"] == "wrong_tenant"


class TestGrace:
    @pytest.mark.parametrize("role", [role.code for role in ORGANIZATION_ROLES])
    def test_is_seven_days_from_the_first_ask_for_the_roles_of_the_policy(
        self, role: str, cast: None, anyone: PrsClient
    ) -> None:
        person = person_named(PLAYED_BY[role])
        answer = ok(anyone.post(LOGIN, {"email": person.email, "password": PASSWORD}), 200)
        assert answer["status"] == "signed_in"
        assert (answer["mfa_setup_due_at"] is not None) is (role in ROLES_WITH_SECOND_FACTOR)
        person.refresh_from_db()
        if role in ROLES_WITH_SECOND_FACTOR:
            assert person.second_factor_asked_at is not None
            latest = SignIn.objects.filter(user=person).latest("started_at")
            assert latest.expires_at == person.second_factor_asked_at + timedelta(days=7)

    def test_does_not_grow_with_later_sign_ins_or_renewals(
        self, cast: None, anyone: PrsClient
    ) -> None:
        vera = person_named("vera")
        vera.second_factor_asked_at = asked_at = utc_now() - timedelta(days=6)
        vera.save(update_fields=["second_factor_asked_at"])
        answer = ok(anyone.post(LOGIN, {"email": vera.email, "password": PASSWORD}))
        ok(anyone.post(REFRESH, {"refresh": answer["refresh"]}))
        latest = SignIn.objects.filter(user=vera).latest("started_at")
        assert latest.expires_at == asked_at + timedelta(days=7)

    def test_is_none_for_operators(self, cast: None, at_platform: PrsClient) -> None:
        given = {"email": "pat@platform.example", "password": PASSWORD}
        answer = ok(at_platform.post("/api/platform/auth/login/", given), 200)
        assert answer["status"] == "mfa_setup_required"
        answer = enrol(at_platform, answer["challenge"], auth="/api/platform/auth/")
        assert answer["sign_in"]["access"]


def test_a_second_factor_comes_before_the_new_password(anyone: PrsClient, acme: Tenant) -> None:
    person = PersonFactory()
    app = give_app(person)
    require_password_change(user_id=person.pk, by=STAGEHAND, at=utc_now())
    answer = sign_in_with(app, person, anyone)
    assert answer["status"] == "password_change_required"
    assert answer["access"] is None


def test_the_door_itself_refuses_who_may_not_come_in(acme: Tenant) -> None:
    from tenant_apps.accounts.models import Proof  # noqa: PLC0415
    from tenant_apps.accounts.services import SignInRefused  # noqa: PLC0415

    for person in (suspended(), InvitedPersonFactory()):
        with pytest.raises(SignInRefused):
            admit(person=person, visit=Visit(proofs=list(Proof)), at=utc_now())
    activate_person(user_id=person.pk, password=PASSWORD, by=STAGEHAND, at=utc_now())
    person.refresh_from_db()
    assert admit(person=person, visit=Visit(proofs=list(Proof)), at=utc_now()).sign_in


def test_the_enumeration_sees_every_view() -> None:
    seen = {route.view for route in routes_of(settings.ROOT_URLCONF)}
    mounted = {getattr(callback, "cls", None) for callback in callbacks_of(get_resolver())} - {None}
    assert mounted <= seen


def json_of(body: dict[str, Any]) -> str:
    import json  # noqa: PLC0415

    return json.dumps(body)
