"""The outbox: each owed effect happens once, whatever dies, fails or runs twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings as product_settings
from django.db import connection, transaction
from django_redis import get_redis_connection

from config.celery import app as celery_app
from shared_apps.audit.announcing import dirty_places, mark_dirty
from shared_apps.audit.delivery import (
    FIRST_DELAY_S,
    LONGEST_DELAY_S,
    MAX_ATTEMPTS,
    LeaseLost,
    carry_out,
    claim_delivery,
    delay_before_attempt,
    deliver,
    lease_duration,
    replay,
    sweep,
)
from shared_apps.audit.models import Delivery, DeliveryState, EventRecord
from shared_apps.audit.recording import record
from shared_apps.audit.request import current_request_info
from shared_apps.audit.selectors import list_dead_deliveries
from shared_apps.kernel.events import Actor, Occurrence
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tests.audit.parcels import QUEUE, Desk, ParcelSent, parcel, receipts
from tests.unguarded import unguarded

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def owed(depot: Tenant, clerk: Actor, at_noon: datetime) -> UUID:
    """A committed delivery of the receipt that nobody has carried out."""
    with transaction.atomic():
        row = record(parcel(), actor=clerk, at=at_noon)
    return Delivery.objects.get(event=row, reaction="tests.write_receipt").pk


def in_threads(tenant: Tenant, calls: int, work: Callable[[], object]) -> list[object]:
    """Run `work` at the same moment in as many threads, each with a connection of its own."""
    barrier = Barrier(calls)

    def run(_: int) -> object:
        with use_tenant(tenant):
            try:
                barrier.wait()
                return work()
            finally:
                connection.close()

    with ThreadPoolExecutor(calls) as pool:
        return list(pool.map(run, range(calls)))


def fail(event: ParcelSent, occurrence: Occurrence) -> None:
    """Break like a reaction does."""
    raise LookupError("the printer is out of paper")


def delivery(pk: UUID) -> Delivery:
    """Return the row as it stands."""
    return Delivery.objects.get(pk=pk)


def end_lease(pk: UUID) -> None:
    """Let the lease run out, as time would."""
    Delivery.objects.filter(pk=pk, state=DeliveryState.LEASED).update(lease_until=LONG_AGO)


class TestDeliver:
    def test_carries_the_effect_out_and_marks_it_done(
        self, owed: UUID, parcel_desk: Desk, clerk: Actor, at_noon: datetime
    ) -> None:
        assert deliver(delivery_id=owed)

        row = delivery(owed)
        assert (row.state, row.attempts, row.lease_until) == (DeliveryState.DONE, 1, None)
        assert row.settled_at is not None
        assert receipts() == 1
        ((event, occurrence),) = parcel_desk.seen
        assert event.parcel_id == row.event.subject_id
        assert occurrence == Occurrence(event_id=row.event.pk, recorded_at=at_noon, actor=clerk)

    def test_does_nothing_a_second_time(self, owed: UUID) -> None:
        deliver(delivery_id=owed)

        assert not deliver(delivery_id=owed)
        assert receipts() == 1

    def test_happens_once_under_16_concurrent_calls(self, owed: UUID, depot: Tenant) -> None:
        outcomes = in_threads(depot, 16, lambda: deliver(delivery_id=owed))

        assert sorted(map(bool, outcomes)) == [False] * 15 + [True]
        assert receipts() == 1

    def test_continues_the_request_that_caused_it(self, owed: UUID, parcel_desk: Desk) -> None:
        request_id = UUID("5f0c3f0e-27b5-4dc0-8a2f-3a4f9a1b7c11")
        with unguarded(EventRecord):
            EventRecord.objects.update(request_id=request_id)
        seen: list[UUID | None] = []
        parcel_desk.later = lambda *_: seen.append(current_request_info().request_id)

        deliver(delivery_id=owed)

        assert seen == [request_id]

    def test_of_an_unknown_id_does_nothing(self, depot: Tenant) -> None:
        assert not deliver(delivery_id=UUID(int=1))

    def test_of_another_organization_does_nothing(self, owed: UUID, acme: Tenant) -> None:
        with use_tenant(acme):
            assert not deliver(delivery_id=owed)

        assert delivery(owed).state == DeliveryState.READY


class TestFailingReaction:
    def test_leaves_no_effect_and_becomes_due_again_later(
        self, owed: UUID, parcel_desk: Desk
    ) -> None:
        parcel_desk.later = fail

        assert not deliver(delivery_id=owed)

        row = delivery(owed)
        assert receipts() == 0
        assert (row.state, row.attempts) == (DeliveryState.READY, 1)
        assert row.last_error == "LookupError: the printer is out of paper"
        assert row.next_attempt_at > datetime.now(UTC) + timedelta(seconds=FIRST_DELAY_S / 4)

    def test_harms_no_other_reaction_of_the_event(self, owed: UUID, parcel_desk: Desk) -> None:
        parcel_desk.later = fail
        other = Delivery.objects.get(event=delivery(owed).event, reaction="tests.tell_sender")

        deliver(delivery_id=owed)

        assert deliver(delivery_id=other.pk)

    def test_is_dead_after_12_attempts_and_kept(self, owed: UUID, parcel_desk: Desk) -> None:
        parcel_desk.later = fail

        for _ in range(MAX_ATTEMPTS + 3):
            deliver(delivery_id=owed)

        row = delivery(owed)
        assert (row.state, row.attempts) == (DeliveryState.DEAD, MAX_ATTEMPTS)
        assert "out of paper" in row.last_error
        assert [dead.pk for dead in list_dead_deliveries()] == [owed]

    def test_can_be_replayed_once_its_cause_is_gone(self, owed: UUID, parcel_desk: Desk) -> None:
        parcel_desk.later = fail
        for _ in range(MAX_ATTEMPTS):
            deliver(delivery_id=owed)
        parcel_desk.later = None

        assert replay(delivery_id=owed)
        assert deliver(delivery_id=owed)
        assert receipts() == 1

    def test_is_not_replayed_unless_it_is_dead(self, owed: UUID) -> None:
        deliver(delivery_id=owed)

        assert not replay(delivery_id=owed)
        assert receipts() == 1

    def test_is_noted_when_its_name_is_unknown(self, owed: UUID) -> None:
        with unguarded(Delivery):
            Delivery.objects.filter(pk=owed).update(reaction="tests.retired")

        assert not deliver(delivery_id=owed)
        assert "tests.retired" in delivery(owed).last_error


class TestLease:
    def test_keeps_others_away_while_it_holds(self, owed: UUID) -> None:
        assert claim_delivery(delivery_id=owed) is not None

        assert claim_delivery(delivery_id=owed) is None
        assert not deliver(delivery_id=owed)

    def test_lasts_longer_than_any_task_may_run(self) -> None:
        assert lease_duration().total_seconds() > product_settings.CELERY_TASK_TIME_LIMIT

    def test_of_a_dead_worker_passes_on_when_it_ends(self, owed: UUID) -> None:
        claim_delivery(delivery_id=owed)
        end_lease(owed)

        assert deliver(delivery_id=owed)
        assert (delivery(owed).generation, receipts()) == (2, 1)

    def test_taken_over_fences_the_stale_worker(self, owed: UUID) -> None:
        stale = claim_delivery(delivery_id=owed)
        end_lease(owed)
        fresh = claim_delivery(delivery_id=owed)
        assert stale is not None
        assert fresh is not None

        with pytest.raises(LeaseLost):
            carry_out(claim=stale)

        assert receipts() == 0
        carry_out(claim=fresh)
        assert (delivery(owed).state, receipts()) == (DeliveryState.DONE, 1)

    def test_cannot_be_taken_over_while_the_effect_is_running(
        self, owed: UUID, depot: Tenant, parcel_desk: Desk
    ) -> None:
        taken: list[object] = []

        def steal(*_: object) -> None:
            taken.extend(in_threads(depot, 1, lambda: claim_delivery(delivery_id=owed)))

        claim = claim_delivery(delivery_id=owed)
        end_lease(owed)
        parcel_desk.later = steal
        assert claim is not None

        carry_out(claim=claim)

        assert taken == [None]
        assert (delivery(owed).state, receipts()) == (DeliveryState.DONE, 1)

    def test_that_killed_12_workers_ends_dead(self, owed: UUID) -> None:
        for _ in range(MAX_ATTEMPTS):
            claim_delivery(delivery_id=owed)
            end_lease(owed)

        assert not deliver(delivery_id=owed)
        assert (delivery(owed).state, receipts()) == (DeliveryState.DEAD, 0)


class TestSweep:
    def test_finds_what_a_lost_queue_owes_and_16_deliveries_run_it_once(
        self, owed: UUID, depot: Tenant
    ) -> None:
        redis = get_redis_connection("default")
        redis.delete(QUEUE)

        assert sweep() == 2
        assert redis.llen(QUEUE) == 2
        in_threads(depot, 16, lambda: deliver(delivery_id=owed))
        assert receipts() == 1

    def test_finds_what_a_worker_left_that_died_after_its_claim(self, owed: UUID) -> None:
        claim_delivery(delivery_id=owed)
        end_lease(owed)

        assert sweep() == 2
        assert deliver(delivery_id=owed)

    def test_leaves_a_running_lease_alone(self, owed: UUID) -> None:
        claim_delivery(delivery_id=owed)

        assert sweep() == 1

    def test_leaves_a_failed_delivery_until_its_time(self, owed: UUID, parcel_desk: Desk) -> None:
        parcel_desk.later = fail
        deliver(delivery_id=owed)

        assert sweep() == 1

    def test_does_not_announce_the_same_backlog_twice_in_a_row(self, owed: UUID) -> None:
        assert sweep() == 2
        assert sweep() == 0

    def test_keeps_the_organization_on_the_list_while_anything_is_owed(
        self, owed: UUID, depot: Tenant
    ) -> None:
        sweep()

        assert dirty_places() == {str(depot.id)}

    def test_takes_the_organization_off_the_list_when_nothing_is_owed(
        self, owed: UUID, depot: Tenant
    ) -> None:
        for row in Delivery.objects.all():
            deliver(delivery_id=row.pk)

        assert sweep() == 0
        assert dirty_places() == set()

    def test_visits_the_platform_under_a_name_of_its_own(self, depot: Tenant) -> None:
        with use_platform():
            mark_dirty()

        assert dirty_places() == {"platform"}


class TestAnnouncement:
    def test_is_made_after_the_commit_only(
        self, depot: Tenant, clerk: Actor, at_noon: datetime
    ) -> None:
        redis = get_redis_connection("default")

        with transaction.atomic():
            record(parcel(), actor=clerk, at=at_noon)
            assert redis.llen(QUEUE) == 0

        assert redis.llen(QUEUE) == 2
        assert dirty_places() == {str(depot.id)}

    def test_is_not_made_after_a_rollback(
        self, depot: Tenant, clerk: Actor, at_noon: datetime
    ) -> None:
        with transaction.atomic():
            record(parcel(), actor=clerk, at=at_noon)
            transaction.set_rollback(True)

        assert get_redis_connection("default").llen(QUEUE) == 0

    def test_reaches_a_worker_which_carries_it_out(self, owed: UUID, depot: Tenant) -> None:
        with start_worker(celery_app, pool="solo", perform_ping_check=False, loglevel="CRITICAL"):
            _wait_until(lambda: delivery(owed).state == DeliveryState.DONE)

        assert receipts() == 1


class TestDelay:
    def test_doubles_up_to_an_hour_with_jitter(self) -> None:
        for attempt in range(1, MAX_ATTEMPTS):
            longest = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (attempt - 1))
            waits = [delay_before_attempt(attempt=attempt).total_seconds() for _ in range(50)]
            assert longest / 2 <= min(waits) <= max(waits) <= longest
            assert len(set(waits)) > 40


def _wait_until(is_true: Callable[[], bool]) -> None:
    deadline = datetime.now(UTC) + timedelta(seconds=20)
    while not is_true():
        assert datetime.now(UTC) < deadline, "It did not happen within 20 seconds."
        connection.close()
