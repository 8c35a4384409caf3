"""Reactions that were given up: seen at the console, and sent again by hand."""

import pytest
from django.test import Client

from shared_apps.audit.models import Delivery, DeliveryState, EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.platform_admin.dead_letters import DeliveryNotDead, replay_one
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import invite_person, issue_invitation
from tenant_apps.accounts.services.people import NewPerson
from tests.cast import STAGEHAND

SECRET = "nora@north.example owes 1,234.50 USD"


@pytest.fixture
def letter(pat: User, acme: Tenant) -> Delivery:
    """An invitation of acme whose e-mail was given up."""
    with use_tenant(acme):
        at = utc_now()
        person = invite_person(new=NewPerson(email="ida@acme.example"), by=STAGEHAND, at=at)
        issue_invitation(user_id=person.pk, by=STAGEHAND, at=at)
        found = Delivery.objects.get(
            event__subject_id=person.pk, reaction="accounts.send_invitation"
        )
        Delivery.objects.filter(pk=found.pk).update(
            state=DeliveryState.DEAD,
            attempts=12,
            last_error=f"SMTPServerDisconnected: {SECRET}",
            settled_at=at,
        )
    return found


def state_of(letter: Delivery, tenant: Tenant) -> tuple[str, int]:
    with use_tenant(tenant):
        row = Delivery.objects.get(pk=letter.pk)
        return row.state, row.attempts


class TestDeadLetters:
    def test_are_counted_by_organization(self, pats: Client, letter: Delivery) -> None:
        html = pats.get("/console/dead-letters/").content.decode()
        assert "/console/dead-letters/acme/" in html
        assert "/console/dead-letters/globex/" not in html

    def test_are_shown_without_what_they_say(self, pats: Client, letter: Delivery) -> None:
        html = pats.get("/console/dead-letters/acme/").content.decode()
        assert "accounts.send_invitation" in html
        assert "SMTPServerDisconnected" in html
        assert SECRET not in html
        assert "ida@acme.example" not in html

    def test_are_not_there_for_nobody(self, pats: Client) -> None:
        assert pats.get("/console/dead-letters/nobody/").status_code == 404


class TestReplay:
    def test_gives_one_its_attempts_back_and_is_written_down(
        self, pats: Client, pat: User, letter: Delivery, acme: Tenant
    ) -> None:
        address = f"/console/dead-letters/acme/{letter.pk}/replay/"
        assert pats.post(address, {"reason": "The mail server is back"}).status_code == 303
        assert state_of(letter, acme) == (DeliveryState.READY, 0)
        event = EventRecord.objects.get(subject_id=letter.pk)
        assert (event.actor_id, event.reason) == (str(pat.pk), "The mail server is back")
        assert event.payload["organization"] == "acme"

    def test_gives_all_of_a_place_theirs(
        self, pats: Client, letter: Delivery, acme: Tenant
    ) -> None:
        answer = pats.post("/console/dead-letters/acme/replay/", {"reason": "x"})
        assert answer.status_code == 303
        assert state_of(letter, acme) == (DeliveryState.READY, 0)

    def test_needs_a_reason(self, pats: Client, letter: Delivery, acme: Tenant) -> None:
        address = f"/console/dead-letters/acme/{letter.pk}/replay/"
        assert pats.post(address, {"reason": ""}).status_code == 400
        assert state_of(letter, acme) == (DeliveryState.DEAD, 12)

    def test_is_refused_a_second_time(self, pat: User, letter: Delivery) -> None:
        def replay() -> None:
            replay_one(
                slug="acme", delivery_id=str(letter.pk), by=STAGEHAND, at=utc_now(), reason="x"
            )

        replay()
        with pytest.raises(DeliveryNotDead):
            replay()

    def test_does_not_reach_into_another_organization(
        self, pats: Client, letter: Delivery, acme: Tenant
    ) -> None:
        address = f"/console/dead-letters/globex/{letter.pk}/replay/"
        assert pats.post(address, {"reason": "x"}).status_code == 400
        assert state_of(letter, acme) == (DeliveryState.DEAD, 12)
        with use_platform():
            assert not EventRecord.objects.filter(subject_id=letter.pk).exists()
