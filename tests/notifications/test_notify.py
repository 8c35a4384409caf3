"""Telling people: numbers without gaps, once per event, whoever else writes at the same time."""

from concurrent.futures import ThreadPoolExecutor
from string import Formatter
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.notifications.messages import WORDINGS, Message
from tenant_apps.notifications.models import InboxHead, Notification
from tenant_apps.notifications.selectors import head_of, heads_of, notifications_after
from tenant_apps.notifications.services import acknowledge, notify
from tests.notifications.people import AT, MESSAGE, make_person, tell


def seqs_of(person_id: UUID) -> list[int]:
    return [row.seq for row in notifications_after(recipient_id=person_id, after=0, limit=1000)]


@pytest.mark.django_db
class TestNotify:
    def test_numbers_each_inbox_from_one(self) -> None:
        sam, vera = make_person("sam"), make_person("vera")
        tell(sam)
        tell(sam, vera)
        assert seqs_of(sam.pk) == [1, 2]
        assert seqs_of(vera.pk) == [1]
        assert heads_of([sam.pk, vera.pk]) == {sam.pk: 2, vera.pk: 1}

    def test_keeps_the_values_beside_the_sentence(self) -> None:
        sam = make_person("sam")
        event = tell(sam)
        row = notifications_after(recipient_id=sam.pk, after=0, limit=1)[0]
        assert row.title == "PY-0001 is verified"
        assert row.body == "$400.00 from Northern Foods is verified."
        assert row.params == dict(MESSAGE.params)
        assert (row.event_id, row.link, row.occurred_at) == (event, "/payments/PY-0001/", AT)
        assert not row.is_read

    def test_tells_a_person_once_per_event(self) -> None:
        sam, vera = make_person("sam"), make_person("vera")
        event = tell(sam)
        tell(sam, vera, event_id=event)
        assert seqs_of(sam.pk) == [1]
        assert seqs_of(vera.pk) == [1]

    def test_counts_a_person_named_twice_once(self) -> None:
        sam = make_person("sam")
        tell(sam, sam)
        assert seqs_of(sam.pk) == [1]

    def test_does_nothing_without_recipients(self) -> None:
        assert notify(recipients=[], event_id=uuid7(), message=MESSAGE, at=AT) == {}

    def test_an_undone_transaction_leaves_no_gap(self) -> None:
        sam = make_person("sam")
        tell(sam)
        with transaction.atomic():
            tell(sam)
            transaction.set_rollback(True)
        tell(sam)
        assert seqs_of(sam.pk) == [1, 2]

    def test_takes_a_constant_number_of_statements(self) -> None:
        people = [make_person(f"person{number}") for number in range(12)]
        with CaptureQueriesContext(connection) as few:
            tell(people[0])
        with CaptureQueriesContext(connection) as many:
            tell(*people)
        assert len(few) == len(many)

    def test_the_database_refuses_an_event_twice(self) -> None:
        sam = make_person("sam")
        event = tell(sam)
        with pytest.raises(IntegrityError, match="notification_once_per_event"):
            Notification.objects.create(
                recipient=sam, seq=2, event_id=event, kind="x", title="x", body="x", occurred_at=AT
            )

    def test_a_message_needs_its_values(self) -> None:
        with pytest.raises(KeyError):
            _ = Message(kind="payment_verified", params={}).body

    @pytest.mark.parametrize("kind", sorted(WORDINGS))
    def test_values_are_never_read_as_a_template(self, kind: str) -> None:
        parts = Formatter().parse("".join(WORDINGS[kind]))
        names = [name for _text, name, _spec, _conversion in parts if name]
        hostile = Message(kind=kind, params=dict.fromkeys(names, "{__class__} <b>"))
        assert "{__class__} <b>" in hostile.title + hostile.body


@pytest.mark.django_db
class TestAcknowledge:
    def test_never_goes_back_nor_past_the_head(self) -> None:
        sam = make_person("sam")
        for _ in range(3):
            tell(sam)
        for seq, kept in ((2, 2), (1, 2), (99, 3)):
            acknowledge(recipient_id=sam.pk, seq=seq)
            assert InboxHead.objects.get(pk=sam.pk).acknowledged_seq == kept


class TestConcurrentNotify:
    def test_sixteen_writers_leave_every_inbox_gapless(self, fresh_tenant: Tenant) -> None:
        people = [make_person(f"person{number}") for number in range(4)]
        ids = [person.pk for person in people]

        def write(number: int) -> None:
            order = ids[number % 4 :] + ids[: number % 4]
            with use_tenant(fresh_tenant):
                try:
                    for _ in range(5):
                        notify(recipients=order, event_id=uuid7(), message=MESSAGE, at=AT)
                finally:
                    connection.close()

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(write, range(16)))
        for person_id in ids:
            assert seqs_of(person_id) == list(range(1, 81))
            assert head_of(person_id) == 80

    def test_of_sixteen_replays_one_tells(self, fresh_tenant: Tenant) -> None:
        sam = make_person("replayed")
        event = uuid7()

        def write(_number: int) -> int:
            with use_tenant(fresh_tenant):
                try:
                    told = notify(recipients=[sam.pk], event_id=event, message=MESSAGE, at=AT)
                finally:
                    connection.close()
            return len(told)

        with ThreadPoolExecutor(16) as pool:
            assert sum(pool.map(write, range(16))) == 1
        assert seqs_of(sam.pk) == [1]
