"""The event log over HTTP: read by those who may, narrowed by filters, paged by cursor."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import Tenant, use_tenant
from tests.audit.parcels import ParcelSent, parcel
from tests.client import PrsClient, error, ok
from tests.queries import queries_of

AUDIT = "/api/admin/audit/"
Send = Callable[..., EventRecord]


@pytest.fixture
def send(acme: Tenant, settings: object, at_noon: datetime) -> Send:
    """Record one parcel as sent by a clerk, some minutes after noon."""
    settings.EVENT_REACTIONS = "tests.audit.parcels.REACTIONS"  # type: ignore[attr-defined]  # pytest-django's

    def send_parcel(minutes: int = 0, clerk: str = "clara") -> EventRecord:
        actor = Actor(kind="user", id=clerk, label=clerk.title())
        at = at_noon + timedelta(minutes=minutes)
        return record(parcel(), actor=actor, at=at, after={"status": "sent"}, reason="Paid.")

    return send_parcel


def ids(response: object) -> list[str]:
    """Return the ids of the parcels in a list."""
    return [row["id"] for row in ok(response)["results"] if row["subject_type"] == "tests.parcel"]


class TestAuditLog:
    def test_shows_what_happened_newest_first(self, as_audrey: PrsClient, send: Send) -> None:
        first, second = send(), send(1)

        assert ids(as_audrey.get(AUDIT, {"name": ParcelSent.name})) == [
            str(second.pk),
            str(first.pk),
        ]

    def test_shows_one_event_in_full(
        self, as_audrey: PrsClient, send: Send, at_noon: datetime
    ) -> None:
        row = send()

        shown = ok(as_audrey.get(f"{AUDIT}{row.pk}/"))

        assert shown["name"] == "tests.parcel_sent"
        assert shown["subject_id"] == str(row.subject_id)
        assert shown["payload"]["weight"] == "1.250"
        assert (shown["before"], shown["after"]) == (None, {"status": "sent"})
        assert shown["actor"] == {
            "kind": "user",
            "id": "clara",
            "name": "Clara",
            "on_behalf_of": "",
        }
        assert shown["reason"] == "Paid."
        assert shown["recorded_at"] == "2026-03-02T11:00:00Z"

    def test_is_narrowed_by_each_filter(
        self, as_audrey: PrsClient, send: Send, at_noon: datetime
    ) -> None:
        early, late = send(0, "clara"), send(10, "carl")
        noon_5 = (at_noon + timedelta(minutes=5)).isoformat()

        def found(**filters: str) -> list[str]:
            return ids(as_audrey.get(AUDIT, {"name": ParcelSent.name, **filters}))

        assert found(actor="carl") == [str(late.pk)]
        assert found(subject_id=str(early.subject_id)) == [str(early.pk)]
        assert found(subject_type="tests.parcel", recorded_before=noon_5) == [str(early.pk)]
        assert found(recorded_after=noon_5) == [str(late.pk)]
        assert found(subject_type="tests.nothing") == []

    def test_is_paged_by_cursor(self, as_audrey: PrsClient, send: Send) -> None:
        for minute in range(3):
            send(minute)

        data = ok(as_audrey.get(AUDIT, {"name": ParcelSent.name, "page_size": "2"}))
        rest = ok(as_audrey.get(data["pagination"]["next"]))

        assert data["pagination"]["count"] is None
        assert [len(data["results"]), len(rest["results"])] == [2, 1]

    def test_costs_the_same_for_1_and_50_rows(self, as_audrey: PrsClient, send: Send) -> None:
        send()
        few = queries_of(lambda: as_audrey.get(AUDIT, {"page_size": 100}))
        for minute in range(49):
            send(minute)

        assert queries_of(lambda: as_audrey.get(AUDIT, {"page_size": 100})) == few

    def test_is_closed_to_roles_without_the_permission(self, as_sam: PrsClient, send: Send) -> None:
        row = send()

        assert error(as_sam.get(AUDIT), 403)["code"] == "permission_denied"
        assert error(as_sam.get(f"{AUDIT}{row.pk}/"), 403)["code"] == "permission_denied"

    def test_of_another_organization_is_not_found(
        self, as_audrey: PrsClient, as_mallory: PrsClient, send: Send, globex: Tenant
    ) -> None:
        row = send()

        answers = [as_mallory.get(f"{AUDIT}{pk}/") for pk in (row.pk, uuid4(), "nonsense")]

        assert ok(as_audrey.get(f"{AUDIT}{row.pk}/"))["id"] == str(row.pk)
        errors = [error(answer, 404) for answer in answers]
        assert errors[0] == errors[1] == errors[2]
        with use_tenant(globex):
            assert not EventRecord.objects.filter(pk=row.pk).exists()

    @pytest.mark.parametrize("method", ["post", "patch", "put", "delete"])
    def test_cannot_be_changed(self, as_olga: PrsClient, send: Send, method: str) -> None:
        row = send()

        assert getattr(as_olga, method)(f"{AUDIT}{row.pk}/", {}).status_code == 405
        assert getattr(as_olga, method)(AUDIT, {}).status_code == 405
