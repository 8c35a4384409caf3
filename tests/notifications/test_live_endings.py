"""The socket, over a real web process: who is turned away and when it closes."""

import time
from dataclasses import replace
from datetime import timedelta
from functools import partial

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from config.embedded.processes import wait_until
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Actor
from shared_apps.organizations.selectors import get_tenant
from shared_apps.organizations.services import (
    raise_key_version,
    resume_organization,
    suspend_organization,
)
from shared_apps.tenancy.context import Tenant
from tenant_apps.access.events import RoleRemoved
from tenant_apps.access.services import RoleTerms, assign_role, change_role, create_role
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import (
    NewKey,
    create_service_account,
    issue_key,
    issue_ticket,
    revoke_key,
    sign_person_out,
    suspend_person,
)
from tenant_apps.notifications.live import close_sockets
from tests.cast import STAGEHAND, activate_owner
from tests.notifications.clients import HEARTBEAT_S, opened, signed_in, ticket_of
from tests.notifications.people import AT, PASSWORD, make_person, occurrence

pytestmark = pytest.mark.timeout(300)


def lets_in(tenant: Tenant, port: int, person: User) -> bool:
    """Return whether a fresh ticket opens the socket."""
    with signed_in(tenant, port, person) as client:
        try:
            return bool(client.next()["type"] == "hello")
        except ConnectionClosed:
            return False


class TestWhoIsTurnedAway:
    def test_nobody_without_a_credential(self, fresh_tenant: Tenant, port: int) -> None:
        with opened(fresh_tenant, port) as client:
            assert client.close_code() == 4401

    def test_a_ticket_is_good_once(self, fresh_tenant: Tenant, port: int) -> None:
        ticket = ticket_of(make_person("once"))
        with opened(fresh_tenant, port, f"?ticket={ticket}") as client:
            assert client.next()["type"] == "hello"
        with opened(fresh_tenant, port, f"?ticket={ticket}") as client:
            assert client.close_code() == 4401

    def test_a_foreign_organizations_ticket(
        self, fresh_tenant: Tenant, acme: Tenant, port: int
    ) -> None:
        ticket = ticket_of(make_person("foreign"))
        with opened(acme, port, f"?ticket={ticket}") as client:
            assert client.close_code() == 4401
        with opened(fresh_tenant, port, f"?ticket={ticket}") as client:
            assert client.next()["type"] == "hello"

    def test_a_ticket_shown_by_a_foreign_page(self, fresh_tenant: Tenant, port: int) -> None:
        ticket = ticket_of(make_person("page"))
        origin = {"Origin": "http://evil.example"}
        with opened(fresh_tenant, port, f"?ticket={ticket}", origin) as client:
            assert client.close_code() == 4401

    def test_a_session_from_a_foreign_origin(self, fresh_tenant: Tenant, port: int) -> None:
        cookie = session_cookie(fresh_tenant, port, make_person("session").email)
        at_home = {"Cookie": cookie, "Origin": f"http://{fresh_tenant.host}:{port}"}
        with opened(fresh_tenant, port, headers=at_home) as client:
            assert client.next()["type"] == "hello"
        for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
            with opened(fresh_tenant, port, headers={"Cookie": cookie, **origin}) as client:
                assert client.close_code() == 4401

    def test_an_unknown_host(self, fresh_tenant: Tenant, port: int) -> None:
        nowhere = replace(fresh_tenant, host="nowhere.localhost")
        with pytest.raises(InvalidStatus, match="403"), opened(nowhere, port):
            pass


class TestClosing:
    def test_a_suspended_person_is_closed_within_five_seconds(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam, vera = make_person("suspended"), make_person("stays")
        with signed_in(fresh_tenant, port, sam) as his, signed_in(fresh_tenant, port, vera) as hers:
            his.next(), hers.next()
            started = time.monotonic()
            suspend_person(user_id=sam.pk, by=Actor.system("tests"), at=AT)
            assert his.close_code() == 4403
            assert time.monotonic() - started < 5
            hers.send(type="ping")
            assert hers.next() == {"type": "pong"}

    def test_losing_a_role_closes_at_once(self, fresh_tenant: Tenant, port: int) -> None:
        sam = make_person("role")
        event = RoleRemoved(user_id=sam.pk, role="verifier")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            close_sockets(event, occurrence())
            assert client.close_code(patience_s=HEARTBEAT_S / 2) == 4403

    def test_a_role_that_grants_something_else_closes_those_who_have_it(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        owner = activate_owner(at=AT)
        role = create_role(
            terms=RoleTerms(name="Clerk", grants={"deals.view": "all"}), by=owner, at=AT
        )
        sam, vera = make_person("clerk-to-be"), make_person("bystander")
        assign_role(user_id=sam.pk, role=role.code, by=owner, at=AT)
        with signed_in(fresh_tenant, port, sam) as his, signed_in(fresh_tenant, port, vera) as hers:
            his.next(), hers.next()
            terms = RoleTerms(grants={"deals.view": "own"})
            change_role(code=role.code, terms=terms, expected_version=1, by=owner, at=AT)
            assert his.close_code(patience_s=HEARTBEAT_S / 2) == 4403
            hers.send(type="ping")
            assert hers.next() == {"type": "pong"}

    def test_a_program_is_closed_at_once_when_its_key_is_revoked(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam = make_person("issuer")
        account = create_service_account(name="Webshop", by=sam.actor, at=utc_now())
        new = NewKey(name="Key", grants={}, lifetime=timedelta(days=1))
        key = issue_key(account_id=account.pk, new=new, by=sam, at=utc_now()).key
        with opened(fresh_tenant, port, f"?ticket={issue_ticket(credential=key)}") as client:
            assert client.next()["type"] == "hello"
            revoke_key(key_id=key.pk, by=sam, at=utc_now())
            assert client.close_code(patience_s=HEARTBEAT_S / 2) == 4403

    def test_a_suspended_organization_is_closed_within_five_seconds(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam = make_person("org")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            started = time.monotonic()
            suspend_organization(organization_id=fresh_tenant.id, by=STAGEHAND, at=utc_now())
            try:
                assert client.close_code() == 4403
                assert time.monotonic() - started < 5
            finally:
                resume_organization(organization_id=fresh_tenant.id, by=STAGEHAND, at=utc_now())

    def test_a_suspended_person_is_closed_also_when_no_push_says_so(
        self, fresh_tenant: Tenant, deaf_port: int
    ) -> None:
        sam = make_person("unheard")
        with signed_in(fresh_tenant, deaf_port, sam) as client:
            client.next()
            started = time.monotonic()
            suspend_person(user_id=sam.pk, by=Actor.system("tests"), at=AT)
            assert client.close_code() == 4403
            assert time.monotonic() - started < 5

    def test_everyone_is_closed_within_five_seconds_of_being_signed_out(
        self, fresh_tenant: Tenant, port: int, deaf_port: int
    ) -> None:
        sam = make_person("everyone")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            started = time.monotonic()
            raise_key_version(organization_id=fresh_tenant.id)
            assert client.close_code() == 4403
            assert time.monotonic() - started < 5
        now = get_tenant(fresh_tenant.id)
        for each in (port, deaf_port):  # a process hears of it within 5 seconds
            assert wait_until(partial(lets_in, now, each, sam), timeout_s=10)

    def test_a_person_who_is_signed_out_is_closed_at_once(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam = make_person("out")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            sign_person_out(user_id=sam.pk, by=Actor.system("tests"), at=AT)
            assert client.close_code(patience_s=HEARTBEAT_S / 2) == 4403

    def test_a_client_that_says_nothing_is_closed(self, fresh_tenant: Tenant, port: int) -> None:
        sam = make_person("silent")
        with signed_in(fresh_tenant, port, sam) as client:
            client.answers_heartbeats = False
            client.next()
            assert client.close_code() == 4408


def session_cookie(tenant: Tenant, port: int, email: str) -> str:
    """Sign in as a browser does and return the Cookie header."""
    answer = httpx.post(
        f"http://127.0.0.1:{port}/api/auth/login/",
        json={"email": email, "password": PASSWORD, "session": True},
        headers={"Host": f"{tenant.host}:{port}"},
    )
    assert answer.status_code == 200, answer.text
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
