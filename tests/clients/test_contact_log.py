"""Logging contacts with clients."""

from datetime import datetime, timedelta

import pytest

from shared_apps.audit.selectors import history_of
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.queries import queries_of

CALL = {"kind": "call", "outcome": "Wants an offer.", "next_step": "Send it"}


@pytest.fixture
def northwind(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(name="Northwind", by=sam, at=at_noon)


@pytest.fixture
def url(northwind: Client) -> str:
    return f"/api/business/clients/{northwind.code}/contact-log/"


class TestLogContact:
    def test_keeps_who_said_what_and_what_is_next(
        self, as_sam: PrsClient, url: str, northwind: Client
    ) -> None:
        logged = ok(as_sam.post(url, {**CALL, "next_step_on": "2026-03-09"}), 201)

        assert logged["author"]["name"] == "Sam Seller"
        assert (logged["next_step"], logged["next_step_on"]) == ("Send it", "2026-03-09")
        assert ok(as_sam.get(url))["results"] == [logged]
        event = history_of(subject_type="clients.client", subject_id=northwind.pk)[0]
        assert event.name == "clients.contact_logged"

    def test_lists_what_is_to_be_done_over_all_clients(
        self, as_sam: PrsClient, as_suki: PrsClient, as_olga: PrsClient, url: str, sam: User
    ) -> None:
        for day in ("2026-03-09", "2026-03-08"):
            ok(as_sam.post(url, {**CALL, "next_step_on": day}), 201)
        ok(as_sam.post(url, {**CALL, "next_step": ""}), 201)
        steps = "/api/business/clients/next-steps/"
        listed = ok(as_sam.get(steps))["results"]

        assert [each["next_step_on"] for each in listed] == ["2026-03-08", "2026-03-09"]
        assert listed[0]["client"]["name"] == "Northwind"
        assert ok(as_suki.get(steps))["results"] == []
        query = f"{steps}?owner={sam.pk}&until=2026-03-08"
        assert len(ok(as_olga.get(query))["results"]) == 1
        ok(as_sam.post(f"{url}{listed[0]['id']}/done/"))
        assert len(ok(as_sam.get(steps))["results"]) == 1

    def test_lists_the_newest_contact_first(self, as_sam: PrsClient, url: str) -> None:
        for day in ("2026-02-02", "2026-02-04", "2026-02-03"):
            ok(as_sam.post(url, {**CALL, "outcome": day, "happened_at": f"{day}T09:00:00Z"}), 201)

        listed = ok(as_sam.get(url))["results"]
        assert [each["outcome"] for each in listed] == ["2026-02-04", "2026-02-03", "2026-02-02"]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({**CALL, "outcome": " "}, "/outcome"),
            ({**CALL, "kind": "smoke signal"}, "/kind"),
            ({**CALL, "happened_at": "2126-01-01T00:00:00Z"}, "/happened_at"),
            ({**CALL, "next_step": "", "next_step_on": "2026-03-09"}, "/next_step"),
            ({**CALL, "author": "somebody"}, "/author"),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, as_sam: PrsClient, url: str, body: dict[str, str], field: str
    ) -> None:
        assert error(as_sam.post(url, body), 400)["errors"][0]["field"] == field

    def test_is_refused_to_whoever_only_reads(
        self, url: str, as_tim: PrsClient, as_audrey: PrsClient
    ) -> None:
        for reader in (as_tim, as_audrey):
            assert ok(reader.get(url))["results"] == []
            assert error(reader.post(url, CALL), 403)["code"] == "permission_denied"

    def test_is_not_found_by_a_colleague_or_another_organization(
        self, url: str, as_suki: PrsClient, as_mallory: PrsClient
    ) -> None:
        for stranger in (as_suki, as_mallory):
            assert error(stranger.get(url), 404)["code"] == "not_found"
            assert error(stranger.post(url, CALL), 404)["code"] == "not_found"

    def test_happens_once_per_key(self, as_sam: PrsClient, url: str) -> None:
        first = ok(as_sam.post(url, CALL, key="contact-0001"), 201)
        again = as_sam.post(url, CALL, key="contact-0001")

        assert ok(again, 201) == first
        assert again["Idempotent-Replayed"] == "true"

    def test_costs_the_same_queries_for_1_and_50_rows(self, as_sam: PrsClient, url: str) -> None:
        ok(as_sam.post(url, CALL), 201)
        one = queries_of(lambda: as_sam.get(f"{url}?page_size=100"))
        for _ in range(49):
            as_sam.post(url, CALL)
        assert queries_of(lambda: as_sam.get(f"{url}?page_size=100")) == one


class TestFinishNextStep:
    def test_notes_when_it_was_done_once(self, as_sam: PrsClient, url: str) -> None:
        entry = ok(as_sam.post(url, CALL), 201)
        done = ok(as_sam.post(f"{url}{entry['id']}/done/"))

        assert done["done_at"] is not None
        assert error(as_sam.post(f"{url}{entry['id']}/done/"), 409)["code"] == "no_next_step"

    def test_needs_a_next_step(self, as_sam: PrsClient, url: str) -> None:
        entry = ok(as_sam.post(url, {**CALL, "next_step": ""}), 201)
        assert error(as_sam.post(f"{url}{entry['id']}/done/"), 409)["code"] == "no_next_step"

    def test_finds_no_entry_of_another_client(
        self, as_sam: PrsClient, url: str, sam: User, at_noon: datetime
    ) -> None:
        entry = ok(as_sam.post(url, CALL), 201)
        other = ClientFactory(by=sam, at=at_noon + timedelta(hours=1))

        path = f"/api/business/clients/{other.code}/contact-log/{entry['id']}/done/"
        assert error(as_sam.post(path), 404)["code"] == "not_found"

    def test_is_refused_to_whoever_only_reads(
        self, as_sam: PrsClient, as_audrey: PrsClient, url: str
    ) -> None:
        entry = ok(as_sam.post(url, CALL), 201)
        refused = as_audrey.post(f"{url}{entry['id']}/done/")
        assert error(refused, 403)["code"] == "permission_denied"
