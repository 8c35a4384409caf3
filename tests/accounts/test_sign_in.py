"""The one door."""

from collections.abc import Iterator
from ipaddress import IPv6Address
from typing import Any
from zlib import crc32

import pytest
from django.urls import URLResolver, get_resolver

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import Tenant, use_platform
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.services import (
    SignInAttempt,
    SignInRefused,
    require_password_change,
    sign_in,
    suspend_person,
)
from tests.accounts.conftest import CountingHasher
from tests.accounts.factors import enrol
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, error, ok
from tests.factories.accounts import InvitedPersonFactory, PersonFactory

pytestmark = pytest.mark.django_db

LOGIN = "/api/auth/login/"


def try_sign_in(client: PrsClient, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(LOGIN, {"email": email, "password": password, **more})


def try_from(client: PrsClient, place: str, email: str, password: str = PASSWORD) -> Any:
    """Try from a network address that belongs to the name of a place."""
    given = {"email": email, "password": password}
    return client.post(
        LOGIN, given, REMOTE_ADDR=str(IPv6Address((crc32(place.encode()) << 64) + 2**125))
    )


class TestSigningIn:
    def test_gives_tokens_and_the_person(self, person: User, anyone: PrsClient) -> None:
        answer = ok(try_sign_in(anyone, person.email), 200)
        assert answer["status"] == "signed_in"
        assert answer["access"]
        assert answer["refresh"]
        assert answer["challenge"] is None
        assert answer["user"]["email"] == person.email
        assert "password" not in answer["user"]

    def test_takes_the_address_in_any_case(self, person: User, anyone: PrsClient) -> None:
        assert ok(try_sign_in(anyone, f" {person.email.upper()} "))["status"] == "signed_in"

    def test_opens_the_api(self, pair: dict[str, str], anyone: PrsClient) -> None:
        headers = {"Authorization": f"Bearer {pair['access']}"}
        assert ok(anyone.get("/api/auth/me/", headers=headers))["status"] == "active"

    def test_is_recorded_with_who_and_from_where(self, person: User, anyone: PrsClient) -> None:
        try_sign_in(anyone, person.email)
        row = EventRecord.objects.get(name="accounts.person_signed_in", subject_id=person.pk)
        assert row.actor_id == str(person.pk)
        assert row.ip == "127.0.0.1"
        person.refresh_from_db()
        assert person.last_login == row.recorded_at

    def test_refuses_unknown_fields_by_name(self, person: User, anyone: PrsClient) -> None:
        refusal = error(try_sign_in(anyone, person.email, is_operator=True), 400)
        assert [each["field"] for each in refusal["errors"]] == ["/is_operator"]
        assert SignIn.objects.filter(user=person).count() == 0

    @pytest.mark.parametrize("given", [{}, {"email": "x@example.com"}, {"password": "x"}])
    def test_asks_for_address_and_password(self, given: dict[str, str], anyone: PrsClient) -> None:
        assert error(anyone.post(LOGIN, given), 400)["code"] == "validation_error"

    def test_takes_json_only(self, person: User, anyone: PrsClient) -> None:
        form = {"email": person.email, "password": PASSWORD}
        error(anyone.post(LOGIN, form, format="multipart"), 415)

    def test_works_in_a_suspended_organization(
        self, person: User, anyone: PrsClient, acme: Tenant
    ) -> None:
        from shared_apps.organizations.models import Organization  # noqa: PLC0415
        from shared_apps.tenancy.directory import get_directory  # noqa: PLC0415

        with use_platform():
            Organization.objects.filter(pk=acme.id).update(status="suspended")
        get_directory().forget()
        try:
            assert ok(try_sign_in(anyone, person.email))["status"] == "signed_in"
        finally:
            get_directory().forget()


class TestRefusal:
    def test_is_the_same_for_unknown_addresses_and_wrong_passwords(
        self, person: User, anyone: PrsClient
    ) -> None:
        wrong = try_sign_in(anyone, person.email, "not the password")
        unknown = try_sign_in(anyone, f"un{person.email}", "not the password")
        assert error(wrong, 401) == error(unknown, 401)
        assert error(wrong)["code"] == "not_authenticated"
        assert wrong["WWW-Authenticate"].startswith("Bearer")

    def test_hashes_once_whether_or_not_the_address_is_known(
        self, hash_count: type[CountingHasher], anyone: PrsClient, acme: Tenant
    ) -> None:
        person = PersonFactory()
        invited = InvitedPersonFactory()
        counts = []
        for email in (person.email, invited.email, "nobody@example.com"):
            hash_count.count = 0
            try_sign_in(anyone, email, "not the password")
            counts.append(hash_count.count)
        assert counts == [1, 1, 1]

    def test_is_recorded_although_the_request_fails(self, person: User, anyone: PrsClient) -> None:
        try_sign_in(anyone, person.email, "not the password")
        row = EventRecord.objects.filter(name="accounts.sign_in_failed").latest("recorded_at")
        assert row.payload["user_id"] == str(person.pk)
        assert row.payload["cause"] == "wrong_password"
        assert "not the password" not in str(row.payload)

    def test_keeps_no_text_of_an_unknown_address(self, anyone: PrsClient, acme: Tenant) -> None:
        try_sign_in(anyone, "my-secret-typed-in-the-wrong-field")
        row = EventRecord.objects.filter(name="accounts.sign_in_failed").latest("recorded_at")
        assert row.payload["cause"] == "unknown_address"
        assert "my-secret" not in str([row.payload, row.actor_label, row.before, row.after])

    def test_meets_the_invited(self, anyone: PrsClient, acme: Tenant) -> None:
        error(try_sign_in(anyone, InvitedPersonFactory().email), 401)

    def test_meets_the_suspended_with_the_same_answer(
        self, person: User, anyone: PrsClient
    ) -> None:
        suspend_person(user_id=person.pk, by=STAGEHAND, at=utc_now())
        assert error(try_sign_in(anyone, person.email), 401)["code"] == "not_authenticated"
        row = EventRecord.objects.filter(name="accounts.sign_in_failed").latest("recorded_at")
        assert row.payload["cause"] == "suspended"

    def test_meets_people_of_another_organization(self, sam: User, at_globex: PrsClient) -> None:
        error(try_sign_in(at_globex, sam.email), 401)

    def test_meets_people_of_organizations_on_the_platform(
        self, sam: User, at_platform: PrsClient
    ) -> None:
        given = {"email": sam.email, "password": PASSWORD}
        error(at_platform.post("/api/platform/auth/login/", given), 401)

    def test_meets_a_row_of_public_that_is_no_operator(self, at_platform: PrsClient) -> None:
        with use_platform():
            stray = PersonFactory()
            given = {"email": stray.email, "password": PASSWORD}
        error(at_platform.post("/api/platform/auth/login/", given), 401)


class TestOperators:
    def test_sign_in_on_the_platform(self, cast: None, at_platform: PrsClient) -> None:
        given = {"email": "pat@platform.example", "password": PASSWORD}
        answer = ok(at_platform.post("/api/platform/auth/login/", given))
        assert (answer["status"], answer["access"]) == ("mfa_setup_required", None)
        enrolled = enrol(at_platform, answer["challenge"], auth="/api/platform/auth/")
        headers = {"Authorization": f"Bearer {enrolled['sign_in']['access']}"}
        me = ok(at_platform.get("/api/platform/auth/me/", headers=headers))
        assert "platform.organizations" in me["permissions"]

    def test_are_unknown_to_organizations(self, cast: None, anyone: PrsClient) -> None:
        error(try_sign_in(anyone, "pat@platform.example"), 401)


class TestLimits:
    def test_stop_the_eleventh_try_with_the_time_to_wait(
        self, person: User, anyone: PrsClient
    ) -> None:
        for _ in range(10):
            error(try_sign_in(anyone, person.email, "wrong"), 401)
        stopped = try_sign_in(anyone, person.email, PASSWORD)
        assert error(stopped, 429)["code"] == "throttled"
        assert 0 < int(stopped["Retry-After"]) <= 900

    def test_are_shared_by_all_organizations(
        self, person: User, anyone: PrsClient, at_globex: PrsClient
    ) -> None:
        for _ in range(5):
            error(try_sign_in(anyone, person.email, "wrong"), 401)
            error(try_sign_in(at_globex, person.email, "wrong"), 401)
        error(try_sign_in(anyone, person.email), 429)

    def test_do_not_lock_the_account_for_another_address(
        self, person: User, anyone: PrsClient
    ) -> None:
        for _ in range(11):
            try_sign_in(anyone, person.email, "wrong")
        elsewhere = anyone.post(
            LOGIN, {"email": person.email, "password": PASSWORD}, REMOTE_ADDR="203.0.113.9"
        )
        ok(elsewhere)

    def test_take_the_addresses_of_one_subscriber_for_one(
        self, person: User, anyone: PrsClient
    ) -> None:
        given = {"email": person.email, "password": "wrong"}
        for number in range(10):
            error(anyone.post(LOGIN, given, REMOTE_ADDR=f"2001:db8::{number + 1:x}"), 401)
        right = {**given, "password": PASSWORD}
        error(anyone.post(LOGIN, right, REMOTE_ADDR="2001:db8::ffff"), 429)
        ok(anyone.post(LOGIN, right, REMOTE_ADDR="2001:db8:0:1::1"))
        ok(anyone.post(LOGIN, right, REMOTE_ADDR="fe80::1%eth0"))

    def test_tell_older_addresses_in_newer_clothes_apart(
        self, person: User, anyone: PrsClient
    ) -> None:
        given = {"email": person.email, "password": "wrong"}
        for _ in range(10):
            error(anyone.post(LOGIN, given, REMOTE_ADDR="::ffff:203.0.113.1"), 401)
        right = {**given, "password": PASSWORD}
        error(anyone.post(LOGIN, right, REMOTE_ADDR="203.0.113.1"), 429)
        ok(anyone.post(LOGIN, right, REMOTE_ADDR="::ffff:203.0.113.2"))

    @pytest.mark.parametrize("prefix", ["", "un"])
    def test_stop_many_addresses_that_try_one_account(
        self, prefix: str, person: User, anyone: PrsClient, settings: Any
    ) -> None:
        settings.SIGN_IN_MAX_FAILURES_PER_ACCOUNT = 3
        email = f"{prefix}{person.email}"
        for number in range(3):
            error(try_from(anyone, f"{person.pk}-{number}", email, "wrong"), 401)
        stopped = try_from(anyone, f"{person.pk}-9", email, PASSWORD)
        assert error(stopped, 429)["code"] == "throttled"
        assert 0 < int(stopped["Retry-After"]) <= 900

    def test_stop_one_address_that_tries_many_accounts(
        self, person: User, anyone: PrsClient, settings: Any
    ) -> None:
        settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS = 3
        for number in range(3):
            error(try_from(anyone, f"{person.pk}", f"{number}{person.email}", "wrong"), 401)
        known = try_from(anyone, f"{person.pk}", person.email)
        unknown = try_from(anyone, f"{person.pk}", f"9{person.email}")
        assert error(known, 429) == error(unknown, 429)
        assert 0 < int(known["Retry-After"]) <= 900
        ok(try_from(anyone, f"{person.pk}-elsewhere", person.email))

    def test_let_no_single_address_use_up_an_account(
        self, person: User, anyone: PrsClient, settings: Any
    ) -> None:
        settings.SIGN_IN_MAX_FAILURES, settings.SIGN_IN_MAX_FAILURES_PER_ACCOUNT = 2, 4
        for _ in range(9):
            try_from(anyone, f"{person.pk}-1", person.email, "wrong")
        ok(try_from(anyone, f"{person.pk}-2", person.email))

    def test_do_not_count_successes(self, person: User, anyone: PrsClient, settings: Any) -> None:
        settings.SIGN_IN_MAX_FAILURES_PER_ACCOUNT = settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS = 2
        for _ in range(4):
            ok(try_from(anyone, f"{person.pk}", person.email))

    def test_forgive_no_guesses_for_one_good_password(
        self, person: User, anyone: PrsClient, settings: Any
    ) -> None:
        settings.SIGN_IN_MAX_FAILURES_PER_ADDRESS = 3
        for number in range(3):
            if number < 2:
                ok(try_from(anyone, f"{person.pk}", person.email))
            error(try_from(anyone, f"{person.pk}", f"{number}{person.email}", "wrong"), 401)
        error(try_from(anyone, f"{person.pk}", f"9{person.email}", "wrong"), 429)

    def test_forget_the_failures_after_a_success(self, person: User, anyone: PrsClient) -> None:
        for _ in range(9):
            error(try_sign_in(anyone, person.email, "wrong"), 401)
        ok(try_sign_in(anyone, person.email))
        error(try_sign_in(anyone, person.email, "wrong"), 401)
        ok(try_sign_in(anyone, person.email))

    def test_record_the_first_stop_only(self, person: User, anyone: PrsClient) -> None:
        for _ in range(14):
            try_sign_in(anyone, person.email, "wrong")
        causes = EventRecord.objects.filter(name="accounts.sign_in_failed").order_by("pk")
        assert [row.payload["cause"] for row in causes].count("too_many_attempts") == 1

    def test_let_people_in_while_the_cache_is_gone(
        self, person: User, anyone: PrsClient, settings: Any
    ) -> None:
        nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
        settings.CACHES = {**settings.CACHES, "default": nowhere}
        assert ok(try_sign_in(anyone, person.email))["status"] == "signed_in"


class TestForcedPasswordChange:
    @pytest.fixture
    def challenge(self, person: User, anyone: PrsClient) -> str:
        require_password_change(user_id=person.pk, by=Actor.system("tests"), at=utc_now())
        answer = ok(try_sign_in(anyone, person.email), 200)
        assert answer["status"] == "password_change_required"
        assert (answer["access"], answer["refresh"], answer["user"]) == (None, None, None)
        return str(answer["challenge"])

    def test_gives_a_challenge_that_changes_the_password(
        self, challenge: str, person: User, anyone: PrsClient
    ) -> None:
        new = {"challenge": challenge, "new_password": "an even better one 9"}
        ok(anyone.post("/api/auth/password/change/", new), 204)
        assert ok(try_sign_in(anyone, person.email, "an even better one 9"))["access"]

    def test_gives_a_challenge_that_is_good_once(self, challenge: str, anyone: PrsClient) -> None:
        new = {"challenge": challenge, "new_password": "an even better one 9"}
        ok(anyone.post("/api/auth/password/change/", new), 204)
        again = {**new, "new_password": "the attacker's own 9"}
        assert error(anyone.post("/api/auth/password/change/", again), 401)["code"] == (
            "token_invalid"
        )

    def test_gives_a_challenge_that_opens_nothing_else(
        self, challenge: str, anyone: PrsClient
    ) -> None:
        headers = {"Authorization": f"Bearer {challenge}"}
        error(anyone.get("/api/auth/me/", headers=headers), 401)
        error(anyone.post("/api/auth/token/refresh/", {"refresh": challenge}), 401)

    def test_does_not_take_the_old_password_again(self, challenge: str, anyone: PrsClient) -> None:
        same = {"challenge": challenge, "new_password": PASSWORD}
        error(anyone.post("/api/auth/password/change/", same), 400)


class TestTheService:
    def test_refuses_what_the_api_refuses(self, person: User) -> None:
        attempt = SignInAttempt(email=person.email, password="wrong")
        with pytest.raises(SignInRefused):
            sign_in(attempt=attempt, at=utc_now())


# The pages of the operators' console. Whoever comes there passes our door first, which
# tests/platform_admin/test_console_door.py shows; its own sign-in is not mounted.
CONSOLE = {
    "django.contrib.admin.options",
    "django.contrib.admin.sites",
    "django.contrib.contenttypes.views",
}


@pytest.mark.parametrize("urlconf", ["config.urls_tenant", "config.urls_public"])
def test_no_stock_view_is_mounted(urlconf: str) -> None:
    modules = {module_of(callback) for callback in callbacks_of(get_resolver(urlconf))}
    assert "tenant_apps.accounts.api.views" in modules
    assert not [
        name
        for name in modules - (CONSOLE if urlconf == "config.urls_public" else set())
        if name.startswith(
            ("allauth", "dj_rest_auth", "rest_framework_simplejwt", "django.contrib")
        )
    ]


def callbacks_of(resolver: URLResolver) -> Iterator[Any]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from callbacks_of(pattern)
        else:
            yield pattern.callback


def module_of(callback: Any) -> str:
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None) or callback
    return str(view.__module__)


def test_djangos_own_authenticate_lets_nobody_in(person: User) -> None:
    from django.contrib.auth import authenticate  # noqa: PLC0415

    assert authenticate(username=person.email, email=person.email, password=PASSWORD) is None
