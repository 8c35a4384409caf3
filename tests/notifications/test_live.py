"""The socket, over a real web process: hello, resume, live, healing."""

import time
from uuid import UUID

import pytest
from django.db import transaction

from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import Tenant
from tenant_apps.notifications import push
from tenant_apps.notifications.live import push_changed
from tenant_apps.notifications.models import InboxHead, Notification
from tenant_apps.notifications.services import mark_read
from tenant_apps.payments.events import PaymentVerified
from tests.notifications.clients import signed_in
from tests.notifications.people import AT, make_person, occurrence, tell

pytestmark = pytest.mark.timeout(300)


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
            assert client.next() == {"type": "hello", "head": 2, "person": str(sam.pk)}
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


class TestWithoutChannelLayer:
    def test_the_heartbeat_alone_brings_everything(
        self, fresh_tenant: Tenant, deaf_port: int
    ) -> None:
        sam = make_person("deaf")
        tell(sam)
        with signed_in(fresh_tenant, deaf_port, sam) as client:
            assert client.next() == {"type": "hello", "head": 1, "person": str(sam.pk)}
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
