"""A forgotten password: the same answer to everybody, a link for those who exist, good once."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.audit.models import Delivery, EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.services import suspend_person
from tenant_apps.accounts.services.resets import make_reset_token, send_reset_mail
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, error, ok
from tests.factories.accounts import InvitedPersonFactory

pytestmark = pytest.mark.django_db

ASK, CONFIRM = "/api/auth/password/reset/", "/api/auth/password/reset/confirm/"
NEW = "an even better one 9"


class TestAsking:
    def test_is_answered_alike_for_known_and_unknown_addresses(
        self, person: User, anyone: PrsClient
    ) -> None:
        ok(anyone.post(ASK, {"email": person.email}), 204)
        ok(anyone.post(ASK, {"email": f"un{person.email}"}), 204)

    def test_costs_the_same_statements_for_known_and_unknown_addresses(
        self, person: User, anyone: PrsClient
    ) -> None:
        counts = []
        for email in (person.email, f"un{person.email}"):
            with CaptureQueriesContext(connection) as queries:
                ok(anyone.post(ASK, {"email": email}), 204)
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_keeps_no_text_of_an_unknown_address(self, anyone: PrsClient, acme: Tenant) -> None:
        ok(anyone.post(ASK, {"email": "secret@nowhere.example"}), 204)
        row = EventRecord.objects.get(name="accounts.password_reset_asked")
        assert row.payload["user_id"] == ""
        assert "secret" not in str(row.payload)

    def test_owes_a_mail(self, person: User, anyone: PrsClient) -> None:
        ok(anyone.post(ASK, {"email": person.email}), 204)
        event = EventRecord.objects.get(name="accounts.password_reset_asked")
        assert Delivery.objects.get(event=event).reaction == "accounts.send_password_reset"

    def test_is_stopped_when_it_becomes_a_nuisance(
        self, person: User, anyone: PrsClient, settings: Any
    ) -> None:
        settings.PASSWORD_RESETS_PER_ACCOUNT = 2
        for email in (person.email, f"un{person.email}"):
            for _ in range(2):
                ok(anyone.post(ASK, {"email": email}), 204)
            stopped = anyone.post(ASK, {"email": email})
            assert error(stopped, 429)["code"] == "throttled"
            assert 0 < int(stopped["Retry-After"]) <= 900


class TestTheMail:
    def test_leads_to_the_host_of_the_organization(self, person: User, acme: Tenant) -> None:
        send_reset_mail(user_id=person.pk)
        assert mail.outbox[-1].to == [person.email]
        assert f"http://{acme.host}" in mail.outbox[-1].body
        assert "/password/reset/?token=" in mail.outbox[-1].body

    def test_is_in_the_language_of_the_person(self, person: User, acme: Tenant) -> None:
        person.locale = "de"
        person.save(update_fields=["locale"])
        send_reset_mail(user_id=person.pk)
        assert mail.outbox[-1].subject == f"Ihr Passwort bei {acme.name}"
        assert "innerhalb einer Stunde" in mail.outbox[-1].body
        assert "/password/reset/?token=" in mail.outbox[-1].body

    def test_is_not_sent_to_people_who_cannot_sign_in(self, person: User) -> None:
        suspend_person(user_id=person.pk, by=STAGEHAND, at=utc_now())
        for each in (person, InvitedPersonFactory()):
            send_reset_mail(user_id=each.pk)
        assert not [sent for sent in mail.outbox if person.email in sent.to]


class TestTheLink:
    def test_replaces_the_password_and_ends_every_sign_in(
        self, person: User, pair: dict[str, str], anyone: PrsClient
    ) -> None:
        given = {"token": make_reset_token(person), "new_password": NEW}
        ok(anyone.post(CONFIRM, given), 204)
        assert not SignIn.objects.filter(user=person, ended_at=None).exists()
        error(anyone.post("/api/auth/login/", {"email": person.email, "password": PASSWORD}), 401)
        answer = ok(anyone.post("/api/auth/login/", {"email": person.email, "password": NEW}))
        assert answer["status"] == "signed_in"

    def test_is_good_once(self, person: User, anyone: PrsClient) -> None:
        given = {"token": make_reset_token(person), "new_password": NEW}
        ok(anyone.post(CONFIRM, given), 204)
        again = {**given, "new_password": "the attacker's own 9"}
        assert error(anyone.post(CONFIRM, again), 401)["code"] == "token_invalid"

    def test_is_of_this_organization(self, person: User, at_globex: PrsClient) -> None:
        given = {"token": make_reset_token(person), "new_password": NEW}
        assert error(at_globex.post(CONFIRM, given), 401)["code"] == "wrong_tenant"

    def test_refuses_weak_passwords(self, person: User, anyone: PrsClient) -> None:
        given = {"token": make_reset_token(person), "new_password": "short"}
        assert error(anyone.post(CONFIRM, given), 400)["errors"][0]["field"] == "/new_password"

    def test_does_not_serve_suspended_people(self, person: User, anyone: PrsClient) -> None:
        token = make_reset_token(person)
        suspend_person(user_id=person.pk, by=STAGEHAND, at=utc_now())
        error(anyone.post(CONFIRM, {"token": token, "new_password": NEW}), 401)
