"""The socket, over a real web process: hello, resume, live, healing, and who is turned away."""

import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import httpx
import pytest
from django.db import transaction
from websockets.exceptions import ConnectionClosed, InvalidStatus

from config.embedded.processes import wait_until
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Actor, Occurrence
from shared_apps.kernel.ids import uuid7
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
from tenant_apps.notifications import push
from tenant_apps.notifications.models import InboxHead, Notification
from tenant_apps.notifications.reactions import close_sockets, push_changed
from tenant_apps.notifications.services import mark_read
from tenant_apps.payments.events import PaymentVerified
from tests.cast import STAGEHAND, activate_owner
from tests.notifications.clients import HEARTBEAT_S, opened, signed_in, ticket_of
from tests.notifications.people import AT, PASSWORD, make_person, tell

pytestmark = pytest.mark.timeout(300)


def lets_in(tenant: Tenant, port: int, person: User) -> bool:
    """Return whether a fresh ticket opens the socket."""
    with signed_in(tenant, port, person) as client:
        try:
            return bool(client.next()["type"] == "hello")
        except ConnectionClosed:
            return False


def tell_without_push(person_id: UUID, seq: int) -> None:
    """Write a notification as if its push had been lost on the way."""
    with transaction.atomic():
        InboxHead.objects.update_or_create(recipient_id=person_id, defaults={"last_seq": seq})
        Notification.objects.create(
            recipient_id=person_id,
            seq=seq,
            event_id=uuid7(),
            kind="payment_verified",
            title="lost",
            body="lost",
            occurred_at=AT,
        )


class TestLiveInbox:
    def test_says_hello_with_the_head_then_what_was_missed_then_what_comes(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam = make_person("hello")
        tell(sam)
        tell(sam)
        with signed_in(fresh_tenant, port, sam) as client:
            assert client.next() == {"type": "hello", "head": 2}
            client.send(type="resume", after=0)
            assert client.numbers(2) == [1, 2]
            event = tell(sam)
            frame = client.next()
        assert (frame["type"], frame["seq"], frame["event_id"]) == ("notification", 3, str(event))
        assert frame["title"] == "PY-0001 is verified"

    def test_a_live_frame_equals_the_one_read_from_the_inbox(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam = make_person("equal")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            client.send(type="resume", after=0)
            time.sleep(0.2)
            tell(sam)
            pushed = client.next()
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            client.send(type="resume", after=0)
            assert client.next() == pushed

    def test_resumes_after_a_disconnect_where_the_client_stood(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam = make_person("resume")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            client.send(type="resume", after=0)
            tell(sam)
            assert client.numbers(1) == [1]
        for _ in range(3):
            tell(sam)
        with signed_in(fresh_tenant, port, sam) as client:
            assert client.next()["head"] == 4
            client.send(type="resume", after=1)
            assert client.numbers(3) == [2, 3, 4]

    def test_resuming_beyond_the_head_hides_nothing_that_comes(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam = make_person("beyond")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            client.send(type="resume", after=500)
            time.sleep(0.3)
            tell(sam)
            assert client.numbers(1) == [1]

    def test_reads_a_long_inbox_page_by_page(self, fresh_tenant: Tenant, port: int) -> None:
        sam = make_person("long")
        for _ in range(210):
            tell(sam)
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            client.send(type="resume", after=0)
            assert client.numbers(210) == list(range(1, 211))

    def test_every_socket_of_a_person_hears_and_nobody_else(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam, vera = make_person("both"), make_person("other")
        with (
            signed_in(fresh_tenant, port, sam) as one,
            signed_in(fresh_tenant, port, sam) as two,
            signed_in(fresh_tenant, port, vera) as hers,
        ):
            for client in (one, two, hers):
                client.next()
                client.send(type="resume", after=0)
            tell(sam)
            assert one.numbers(1) == two.numbers(1) == [1]
            with pytest.raises(TimeoutError):
                hers.next(patience_s=0.5)

    def test_a_lost_push_is_healed_by_the_next_one(self, fresh_tenant: Tenant, port: int) -> None:
        sam = make_person("gap")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            client.send(type="resume", after=0)
            tell(sam)
            assert client.numbers(1) == [1]
            tell_without_push(sam.pk, 2)
            tell(sam)
            assert client.numbers(2) == [2, 3]

    def test_a_lost_push_is_healed_by_the_heartbeat(self, fresh_tenant: Tenant, port: int) -> None:
        sam = make_person("beat")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            client.send(type="resume", after=0)
            time.sleep(0.2)
            tell_without_push(sam.pk, 1)
            assert client.numbers(1) == [1]
            client.send(type="ping")
            assert client.next() == {"type": "pong"}
            assert client.next_head() == 1

    def test_pages_hear_what_to_fetch_again(self, fresh_tenant: Tenant, port: int) -> None:
        sam = make_person("changed")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            push.push_changed(topics=["payments", "queue"])
            assert client.next() == {"type": "changed", "topics": ["payments", "queue"]}

    def test_reading_on_one_device_tells_the_others(self, fresh_tenant: Tenant, port: int) -> None:
        sam = make_person("devices")
        tell(sam)
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            mark_read(recipient_id=sam.pk, seq=1, at=AT)
            assert client.next() == {"type": "changed", "topics": ["notifications"]}

    def test_an_acknowledged_number_is_kept(self, fresh_tenant: Tenant, port: int) -> None:
        sam = make_person("ack")
        tell(sam)
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            client.send(type="ack", seq=1)
            client.send(type="ping")
            assert client.next() == {"type": "pong"}
        assert InboxHead.objects.get(pk=sam.pk).acknowledged_seq == 1

    def test_a_frame_that_is_none_is_answered_and_harms_nothing(
        self, fresh_tenant: Tenant, port: int
    ) -> None:
        sam = make_person("bad")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            client.connection.send("not json")
            assert client.next()["code"] == "invalid_frame"
            client.connection.send(b"\x00\x01")
            assert client.next()["code"] == "invalid_frame"
            client.send(type="ping")
            assert client.next() == {"type": "pong"}


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


class TestWithoutChannelLayer:
    def test_the_heartbeat_alone_brings_everything(
        self, fresh_tenant: Tenant, deaf_port: int
    ) -> None:
        sam = make_person("deaf")
        tell(sam)
        with signed_in(fresh_tenant, deaf_port, sam) as client:
            assert client.next() == {"type": "hello", "head": 1}
            client.send(type="resume", after=0)
            tell(sam)
            tell(sam)
            assert client.numbers(3) == [1, 2, 3]


class TestPushChanged:
    @pytest.mark.parametrize("topic", ["payments", "queue", "dashboard"])
    def test_names_the_topics_of_the_events_app(
        self, fresh_tenant: Tenant, port: int, topic: str
    ) -> None:
        sam = make_person(f"topics-{topic}")
        with signed_in(fresh_tenant, port, sam) as client:
            client.next()
            push_changed(PaymentVerified(payment_id=uuid7()), occurrence())
            assert topic in client.next()["topics"]


def occurrence() -> Occurrence:
    return Occurrence(event_id=uuid7(), recorded_at=AT, actor=Actor.system("tests"))


def session_cookie(tenant: Tenant, port: int, email: str) -> str:
    """Sign in as a browser does and return the Cookie header."""
    answer = httpx.post(
        f"http://127.0.0.1:{port}/api/auth/login/",
        json={"email": email, "password": PASSWORD, "session": True},
        headers={"Host": f"{tenant.host}:{port}"},
    )
    assert answer.status_code == 200, answer.text
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
