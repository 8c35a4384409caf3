"""Administrators end the sign-ins of one, of some, of all."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.organizations.models import Organization
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.directory import get_directory
from tenant_apps.accounts.models import User
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok

pytestmark = pytest.mark.django_db

USERS, EVERYONE = "/api/admin/users/", "/api/admin/sign-out-everyone/"


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
