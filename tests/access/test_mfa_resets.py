"""Taking another's second factors away takes two administrators."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError, transaction

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.scopes import ApprovalsBlocked, has_permission, people_with
from tenant_apps.accounts.models import MfaReset, RecoveryCode, SignIn, User
from tenant_apps.accounts.services import (
    ResetDecided,
    approve_mfa_reset,
    request_mfa_reset,
)
from tenant_apps.accounts.services.mfa_resets import send_reset_notice
from tenant_apps.approvals.services import Outcome
from tests.accounts.factors import give_app
from tests.approvals.requests import approve, opened
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok
from tests.factories.accounts import PersonFactory
from tests.queries import queries_of
from tests.together import run_together

RESETS = "/api/admin/mfa-resets/"
WHY = {"reason": "Lost the telephone"}


def ask(client: PrsClient, person: User) -> Any:
    return client.post(f"/api/admin/users/{person.pk}/mfa-reset/", WHY)


@pytest.mark.django_db
class TestResetting:
    @pytest.fixture
    def reset(self, vera: User, as_adam: PrsClient) -> str:
        give_app(vera)
        asked = ok(ask(as_adam, vera), 201)
        assert (asked["status"], asked["user_name"]) == ("pending", "Vera Verifier")
        return str(asked["id"])

    def test_changes_nothing_before_the_second_administrator(self, reset: str, vera: User) -> None:
        assert Authenticator.objects.filter(user=vera).exists()
        assert has_permission(vera, "payments.decide")

    def test_takes_the_factors_and_ends_the_sign_ins(
        self, reset: str, vera: User, as_olga: PrsClient, as_vera: PrsClient, anyone: PrsClient
    ) -> None:
        assert ok(as_olga.post(f"{RESETS}{reset}/approve/"), 200)["status"] == "done"
        assert not Authenticator.objects.filter(user=vera).exists()
        assert not RecoveryCode.objects.filter(user=vera).exists()
        assert not SignIn.objects.filter(user=vera, ended_at=None).exists()
        error(as_vera.get("/api/auth/me/"), 401)
        given = {"email": vera.email, "password": PASSWORD}
        answer = ok(anyone.post("/api/auth/login/", given))
        assert answer["status"] == "signed_in"
        assert answer["mfa_setup_due_at"] is not None

    def test_blocks_the_persons_approvals_for_24_hours(
        self, reset: str, vera: User, sam: User, as_olga: PrsClient
    ) -> None:
        ok(as_olga.post(f"{RESETS}{reset}/approve/"), 200)
        request = opened(sam, at=utc_now())
        with pytest.raises(ApprovalsBlocked):
            approve(request.subject_id, vera, at=utc_now())
        vera.refresh_from_db()
        assert not has_permission(vera, "payments.decide")
        assert has_permission(vera, "payments.view")
        over = utc_now() - timedelta(seconds=1)
        User.objects.filter(pk=vera.pk).update(approvals_blocked_until=over)
        assert approve(request.subject_id, vera, at=utc_now()) == Outcome.APPROVED

    def test_blocks_for_24_hours_exactly(self, reset: str, vera: User, as_olga: PrsClient) -> None:
        ok(as_olga.post(f"{RESETS}{reset}/approve/"), 200)
        vera.refresh_from_db()
        row = MfaReset.objects.get(pk=reset)
        assert row.decided_at is not None
        assert vera.approvals_blocked_until == row.decided_at + timedelta(hours=24)

    def test_names_the_blocked_as_nobody_who_can_decide(
        self, reset: str, vera: User, as_olga: PrsClient
    ) -> None:
        assert vera.pk in people_with("payments.decide")
        ok(as_olga.post(f"{RESETS}{reset}/approve/"), 200)
        assert vera.pk not in people_with("payments.decide")
        assert vera.pk in people_with("payments.view")

    def test_records_who_asked_and_who_agreed(
        self, reset: str, adam: User, olga: User, as_olga: PrsClient
    ) -> None:
        ok(as_olga.post(f"{RESETS}{reset}/approve/"), 200)
        asked = EventRecord.objects.get(name="accounts.mfa_reset_requested")
        agreed = EventRecord.objects.get(name="accounts.second_factors_reset")
        assert (asked.actor_id, agreed.actor_id) == (str(adam.pk), str(olga.pk))
        assert (asked.reason, agreed.reason) == (WHY["reason"], WHY["reason"])

    def test_tells_the_person(self, vera: User) -> None:
        send_reset_notice(user_id=vera.pk)
        assert mail.outbox[-1].to == [vera.email]

    def test_is_refused_to_whoever_asked(self, reset: str, as_adam: PrsClient) -> None:
        answer = as_adam.post(f"{RESETS}{reset}/approve/")
        assert error(answer, 403)["code"] == "reset_needs_second_administrator"

    def test_is_refused_a_second_time(self, reset: str, as_olga: PrsClient) -> None:
        ok(as_olga.post(f"{RESETS}{reset}/approve/"), 200)
        for verb in ("approve", "decline"):
            answer = as_olga.post(f"{RESETS}{reset}/{verb}/")
            assert error(answer, 409)["code"] == "mfa_reset_decided"

    def test_can_be_turned_down_and_asked_for_again(
        self, reset: str, vera: User, as_olga: PrsClient, as_adam: PrsClient
    ) -> None:
        assert error(ask(as_olga, vera), 409)["code"] == "mfa_reset_pending"
        assert ok(as_olga.post(f"{RESETS}{reset}/decline/"), 200)["status"] == "declined"
        assert Authenticator.objects.filter(user=vera).exists()
        ok(ask(as_adam, vera), 201)

    def test_can_be_taken_back_by_whoever_asked(self, reset: str, as_adam: PrsClient) -> None:
        ok(as_adam.post(f"{RESETS}{reset}/decline/"), 200)

    def test_is_not_found_from_another_organization(
        self, reset: str, vera: User, as_mallory: PrsClient
    ) -> None:
        for verb in ("approve", "decline"):
            error(as_mallory.post(f"{RESETS}{reset}/{verb}/"), 404)
        error(ask(as_mallory, vera), 404)

    def test_is_for_people_who_have_a_factor(self, sam: User, as_adam: PrsClient) -> None:
        assert error(ask(as_adam, sam), 409)["code"] == "no_second_factor"

    def test_is_never_of_oneself(self, adam: User, acme: Tenant, as_olga: PrsClient) -> None:
        give_app(adam)
        as_adam = PrsClient.signed_in(adam, tenant=acme)
        assert error(ask(as_adam, adam), 403)["code"] == "own_second_factor"
        asked = ok(ask(as_olga, adam), 201)
        answer = as_adam.post(f"{RESETS}{asked['id']}/approve/")
        assert error(answer, 403)["code"] == "own_second_factor"

    def test_of_an_owner_is_beyond_an_administrator(self, olga: User, as_adam: PrsClient) -> None:
        give_app(olga)
        assert error(ask(as_adam, olga), 403)["code"] == "permission_denied"

    def test_asks_for_a_recent_proof(
        self,
        reset: str,
        vera: User,
        adam: User,
        olga: User,
        as_adam: PrsClient,
        as_olga: PrsClient,
    ) -> None:
        SignIn.objects.all().update(proved_at=utc_now() - timedelta(minutes=16))
        for answer in (ask(as_adam, vera), as_olga.post(f"{RESETS}{reset}/approve/")):
            assert error(answer, 403)["code"] == "step_up_required"

    def test_asks_for_a_reason(self, vera: User, as_adam: PrsClient) -> None:
        error(as_adam.post(f"/api/admin/users/{vera.pk}/mfa-reset/", {}), 400)

    def test_is_listed(self, reset: str, as_olga: PrsClient) -> None:
        assert ok(as_olga.get(f"{RESETS}?status=pending"))["pagination"]["count"] == 1
        assert ok(as_olga.get(f"{RESETS}?status=done"))["pagination"]["count"] == 0

    def test_list_costs_the_same_statements_for_1_and_50(
        self, adam: User, as_adam: PrsClient, as_olga: PrsClient
    ) -> None:
        make_resets(adam, 1)
        one = queries_of(partial(as_olga.get, f"{RESETS}?page_size=100"))
        make_resets(adam, 49)
        assert queries_of(partial(as_olga.get, f"{RESETS}?page_size=100")) == one

    def test_by_one_person_is_refused_by_the_database_too(self, vera: User, adam: User) -> None:
        row = MfaReset(
            user=vera,
            reason="x",
            requested_by_id=adam.pk,
            requested_at=utc_now(),
            status="done",
            decided_by_id=adam.pk,
            decided_at=utc_now(),
        )
        with pytest.raises(IntegrityError, match="mfa_reset_takes_two"), transaction.atomic():
            row.save(force_insert=True)
        row.requested_by_id = vera.pk
        with pytest.raises(IntegrityError, match="mfa_reset_of_another"), transaction.atomic():
            row.save(force_insert=True)


def make_resets(by: User, count: int) -> None:
    MfaReset.objects.bulk_create(
        MfaReset(user=PersonFactory(), reason="x", requested_by_id=by.pk, requested_at=utc_now())
        for _ in range(count)
    )


def test_of_two_who_agree_at_once_one_does(fresh_tenant: Tenant) -> None:
    asker, first, second, person = (PersonFactory() for _ in range(4))
    give_app(person)
    at = utc_now()
    reset = request_mfa_reset(user_id=person.pk, reason="x", by=asker, at=at)

    def agree(by: User) -> UUID:
        return approve_mfa_reset(reset_id=reset.pk, by=by, at=utc_now()).pk

    outcomes = run_together(fresh_tenant, [partial(agree, first), partial(agree, second)])
    assert sum(isinstance(each, ResetDecided) for each in outcomes) == 1, outcomes
    with use_tenant(fresh_tenant):
        assert EventRecord.objects.filter(name="accounts.second_factors_reset").count() == 1
