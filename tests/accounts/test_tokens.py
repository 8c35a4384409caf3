"""Tokens: bound to an organization, renewed once, ended at will."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from django.conf import settings

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import Organization
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.directory import get_directory
from tenant_apps.accounts.models import SignIn, SignInKind, User
from tenant_apps.accounts.services import (
    end_sign_in,
    issue_tokens,
    open_sign_in,
    suspend_person,
)
from tenant_apps.accounts.tokens import derive_key
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, error, ok

ME, REFRESH, VERIFY = "/api/auth/me/", "/api/auth/token/refresh/", "/api/auth/token/verify/"


def bearer(token: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {token}"}}


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


@pytest.mark.django_db
class TestClaims:
    def test_name_the_organization_the_key_version_and_the_sign_in(
        self, pair: dict[str, str], person: User, acme: Tenant
    ) -> None:
        claims = claims_of(pair["access"])
        assert claims["aud"] == str(acme.id)
        assert claims["kv"] == acme.key_version
        assert claims["sub"] == str(person.pk)
        assert SignIn.objects.get(pk=claims["sid"]).user_id == person.pk

    def test_give_access_for_15_minutes_and_refresh_for_14_days(self, pair: dict[str, str]) -> None:
        for name, lasts in (("access", timedelta(minutes=15)), ("refresh", timedelta(days=14))):
            claims = claims_of(pair[name])
            assert claims["exp"] - claims["iat"] == lasts.total_seconds()

    def test_are_signed_with_a_key_of_the_organization_alone(
        self, acme: Tenant, globex: Tenant
    ) -> None:
        keys = {
            derive_key(settings.SECRET_KEY, str(acme.id), 1),
            derive_key(settings.SECRET_KEY, str(globex.id), 1),
            derive_key(settings.SECRET_KEY, str(acme.id), 2),
            derive_key(settings.SECRET_KEY, "platform", 1),
        }
        assert len(keys) == 4


@pytest.mark.django_db
class TestAccess:
    def test_without_a_token_is_not_authenticated(self, anyone: PrsClient) -> None:
        answer = anyone.get(ME)
        assert error(answer, 401)["code"] == "not_authenticated"
        assert answer["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("text", ["", "x", "a.b.c", "é", "null", "eyJhbGciOiJub25lIn0.e30."])
    def test_with_nonsense_is_token_invalid(self, text: str, anyone: PrsClient) -> None:
        answer = anyone.get(ME, HTTP_AUTHORIZATION=f"Bearer {text}")
        assert error(answer, 401)["code"] == "token_invalid"
        assert answer["WWW-Authenticate"].startswith("Bearer")

    def test_with_a_token_of_no_algorithm_is_refused(
        self, pair: dict[str, str], anyone: PrsClient
    ) -> None:
        forged = jwt.encode(claims_of(pair["access"]), key="", algorithm="none")
        assert error(anyone.get(ME, **bearer(forged)), 401)["code"] == "token_invalid"

    def test_with_a_token_signed_by_the_plain_secret_is_refused(
        self, pair: dict[str, str], anyone: PrsClient
    ) -> None:
        forged = jwt.encode(claims_of(pair["access"]), key=settings.SECRET_KEY, algorithm="HS256")
        assert error(anyone.get(ME, **bearer(forged)), 401)["code"] == "token_invalid"

    def test_with_a_refresh_token_is_refused(self, pair: dict[str, str], anyone: PrsClient) -> None:
        assert error(anyone.get(ME, **bearer(pair["refresh"])), 401)["code"] == "token_invalid"

    def test_after_it_expired_is_refused(self, person: User, anyone: PrsClient) -> None:
        earlier = utc_now() - timedelta(minutes=16)
        old = open_sign_in(person=person, kind=SignInKind.TOKEN, user_agent="", at=earlier)
        token = issue_tokens(sign_in=old, at=earlier).access
        assert error(anyone.get(ME, **bearer(token)), 401)["code"] == "token_invalid"

    def test_ends_with_the_persons_suspension(
        self, pair: dict[str, str], person: User, anyone: PrsClient
    ) -> None:
        ok(anyone.get(ME, **bearer(pair["access"])))
        suspend_person(user_id=person.pk, by=STAGEHAND, at=utc_now())
        error(anyone.get(ME, **bearer(pair["access"])), 401)
        error(anyone.post(REFRESH, {"refresh": pair["refresh"]}), 401)

    def test_ends_with_signing_out(self, pair: dict[str, str], anyone: PrsClient) -> None:
        ok(anyone.post("/api/auth/logout/", **bearer(pair["access"])), 204)
        error(anyone.get(ME, **bearer(pair["access"])), 401)
        error(anyone.post(REFRESH, {"refresh": pair["refresh"]}), 401)
        sid = UUID(claims_of(pair["access"])["sid"])
        event = EventRecord.objects.get(name="accounts.person_signed_out")
        assert event.payload["sign_in_id"] == str(sid)

    def test_costs_one_query(
        self, pair: dict[str, str], anyone: PrsClient, django_assert_max_num_queries: Any
    ) -> None:
        ok(anyone.get(ME, **bearer(pair["access"])))  # the host is known now
        with django_assert_max_num_queries(2):  # the sign-in with its person, and the grants
            ok(anyone.get(ME, **bearer(pair["access"])))

    def test_of_everyone_ends_when_the_key_version_rises(
        self, pair: dict[str, str], anyone: PrsClient, acme: Tenant
    ) -> None:
        with use_platform():
            Organization.objects.filter(pk=acme.id).update(key_version=acme.key_version + 1)
        get_directory().forget()
        try:
            assert error(anyone.get(ME, **bearer(pair["access"])), 401)["code"] == "token_invalid"
            error(anyone.post(REFRESH, {"refresh": pair["refresh"]}), 401)
        finally:
            get_directory().forget()


@pytest.mark.django_db
class TestVerify:
    def test_says_whose_token_it_is(
        self, pair: dict[str, str], person: User, anyone: PrsClient
    ) -> None:
        assert ok(anyone.post(VERIFY, {"token": pair["access"]}))["user_id"] == str(person.pk)

    def test_refuses_a_bad_one(self, pair: dict[str, str], anyone: PrsClient) -> None:
        error(anyone.post(VERIFY, {"token": pair["access"] + "x"}), 401)


@pytest.mark.django_db
class TestRefresh:
    def test_gives_the_next_pair(self, pair: dict[str, str], anyone: PrsClient) -> None:
        following = ok(anyone.post(REFRESH, {"refresh": pair["refresh"]}), 200)
        assert following["refresh"] != pair["refresh"]
        ok(anyone.get(ME, **bearer(following["access"])))

    def test_with_a_used_token_ends_the_whole_sign_in(
        self, pair: dict[str, str], anyone: PrsClient
    ) -> None:
        following = ok(anyone.post(REFRESH, {"refresh": pair["refresh"]}))
        assert error(anyone.post(REFRESH, {"refresh": pair["refresh"]}), 401)["code"] == (
            "token_invalid"
        )
        error(anyone.post(REFRESH, {"refresh": following["refresh"]}), 401)
        error(anyone.get(ME, **bearer(following["access"])), 401)
        assert EventRecord.objects.filter(name="accounts.refresh_token_reused").count() == 1

    def test_with_an_access_token_is_refused(self, pair: dict[str, str], anyone: PrsClient) -> None:
        error(anyone.post(REFRESH, {"refresh": pair["access"]}), 401)

    def test_leaves_other_sign_ins_of_the_person_alone(
        self, pair: dict[str, str], person: User, anyone: PrsClient
    ) -> None:
        given = {"email": person.email, "password": PASSWORD}
        other = ok(anyone.post("/api/auth/login/", given))
        ok(anyone.post(REFRESH, {"refresh": pair["refresh"]}))
        error(anyone.post(REFRESH, {"refresh": pair["refresh"]}), 401)
        ok(anyone.get(ME, **bearer(other["access"])))

    def test_after_14_idle_days_is_refused(self, person: User, anyone: PrsClient) -> None:
        earlier = utc_now() - timedelta(days=15)
        old = open_sign_in(person=person, kind=SignInKind.TOKEN, user_agent="", at=earlier)
        token = issue_tokens(sign_in=old, at=earlier).refresh
        error(anyone.post(REFRESH, {"refresh": token}), 401)

    def test_refuses_unknown_fields(self, pair: dict[str, str], anyone: PrsClient) -> None:
        error(anyone.post(REFRESH, {"refresh": pair["refresh"], "access": "x"}), 400)


@pytest.mark.django_db
class TestEnding:
    def test_a_second_time_does_nothing(self, person: User) -> None:
        at = utc_now()
        opened = open_sign_in(person=person, kind=SignInKind.TOKEN, user_agent="", at=at)
        end_sign_in(sign_in_id=opened.pk, at=at)
        end_sign_in(sign_in_id=opened.pk, at=at)
        assert EventRecord.objects.filter(name="accounts.person_signed_out").count() == 1
