"""Recording an event: the audit row, what follows at once, what is owed for later."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from shared_apps.audit.models import Delivery, DeliveryState, EventRecord
from shared_apps.audit.recording import NotInTransaction, record
from shared_apps.audit.registry import UnknownEvent
from shared_apps.audit.request import RequestInfo, use_request_info
from shared_apps.kernel.events import Actor, Occurrence
from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import Tenant
from tests.audit.parcels import Desk, ParcelLost, ParcelSent, parcel


@pytest.mark.django_db
class TestRecord:
    def test_writes_who_what_when_and_under_which_request(
        self, parcel_desk: Desk, clerk: Actor, at_noon: datetime
    ) -> None:
        event, request_id = parcel(), uuid4()

        with use_request_info(RequestInfo(request_id=request_id, ip="203.0.113.7")):
            row = record(
                event,
                actor=clerk,
                at=at_noon,
                before={"status": "packed", "door_token": "1234"},
                after={"status": "sent"},
                reason="The van left.",
            )

        row.refresh_from_db()
        assert (row.name, row.subject_type) == ("tests.parcel_sent", "tests.parcel")
        assert (row.subject_id, row.payload["weight"]) == (event.parcel_id, "1.250")
        assert (row.actor_kind, row.actor_id, row.actor_label) == (
            clerk.kind,
            clerk.id,
            clerk.label,
        )
        assert (row.request_id, row.ip, row.reason) == (request_id, "203.0.113.7", "The van left.")
        assert row.before == {"status": "packed", "door_token": "[masked]"}
        assert row.after == {"status": "sent"}
        assert row.recorded_at == at_noon
        assert row.written_at is not None

    def test_runs_the_atomic_reactions_with_the_occurrence(
        self, parcel_desk: Desk, clerk: Actor, at_noon: datetime
    ) -> None:
        seen: list[tuple[ParcelSent, Occurrence]] = []
        parcel_desk.at_once = lambda event, occurrence: seen.append((event, occurrence))
        event = parcel()

        row = record(event, actor=clerk, at=at_noon)

        assert seen == [(event, Occurrence(event_id=row.id, recorded_at=at_noon, actor=clerk))]

    def test_owes_one_delivery_per_later_reaction(
        self, parcel_desk: Desk, clerk: Actor, at_noon: datetime
    ) -> None:
        row = record(parcel(), actor=clerk, at=at_noon)

        owed = Delivery.objects.filter(event=row).order_by("id").values_list("reaction", "state")
        assert list(owed) == [
            ("tests.write_receipt", DeliveryState.READY),
            ("tests.tell_sender", DeliveryState.READY),
        ]

    def test_leaves_nothing_when_an_atomic_reaction_fails(
        self, parcel_desk: Desk, clerk: Actor, at_noon: datetime
    ) -> None:
        parcel_desk.at_once = _refuse
        before = EventRecord.objects.count()

        with pytest.raises(LookupError), transaction.atomic():
            record(parcel(), actor=clerk, at=at_noon)

        assert EventRecord.objects.count() == before

    def test_names_an_event_class_that_the_table_does_not_have(
        self, parcel_desk: Desk, clerk: Actor, at_noon: datetime
    ) -> None:
        with pytest.raises(UnknownEvent, match=r"tests\.audit\.parcels\.ParcelLost is not in"):
            record(ParcelLost(parcel_id=uuid7()), actor=clerk, at=at_noon)

    def test_refuses_an_actor_of_an_unknown_kind(
        self, parcel_desk: Desk, at_noon: datetime
    ) -> None:
        nobody = Actor(kind="ghost", id="x", label="x")

        with pytest.raises(IntegrityError, match="event_actor_kind_known"), transaction.atomic():
            record(parcel(), actor=nobody, at=at_noon)

    def test_costs_two_statements_with_two_later_reactions(
        self, parcel_desk: Desk, clerk: Actor, at_noon: datetime, django_assert_num_queries: object
    ) -> None:
        assert callable(django_assert_num_queries)
        EventRecord.objects.exists()  # the connection now stands in acme
        with django_assert_num_queries(2):
            record(parcel(), actor=clerk, at=at_noon)


class TestRecordOutsideATransaction:
    def test_is_refused(self, depot: Tenant, clerk: Actor, at_noon: datetime) -> None:
        with pytest.raises(NotInTransaction, match=r"tests\.parcel_sent"):
            record(parcel(), actor=clerk, at=at_noon)

        assert not EventRecord.objects.filter(name=ParcelSent.name).exists()


class TestRecordWithoutRedis:
    def test_still_writes(
        self, depot: Tenant, clerk: Actor, at_noon: datetime, settings: Settings
    ) -> None:
        settings.CACHES = _pointing_nowhere(settings.CACHES)

        with transaction.atomic():
            row = record(parcel(), actor=clerk, at=at_noon)

        assert Delivery.objects.filter(event=row, state=DeliveryState.READY).count() == 2


def _refuse(event: ParcelSent, occurrence: Occurrence) -> None:
    raise LookupError(str(occurrence.event_id))


def _pointing_nowhere(caches: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    return {name: {**cache, "LOCATION": "redis://127.0.0.1:1/0"} for name, cache in caches.items()}


@pytest.mark.django_db
class TestEventRecords:
    def test_refuse_a_second_delivery_of_the_same_reaction(
        self, parcel_desk: Desk, clerk: Actor, at_noon: datetime
    ) -> None:
        row = record(parcel(), actor=clerk, at=at_noon)

        with pytest.raises(IntegrityError, match="delivery_once"), transaction.atomic():
            Delivery.objects.create(event=row, reaction="tests.write_receipt")

    def test_are_indexed_for_what_is_owed(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'delivery_owed'")
            (definition,) = cursor.fetchone()

        assert "WHERE" in definition
        assert "done" not in definition
