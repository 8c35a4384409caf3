"""Changing and archiving clients, and who finds them."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import PermissionRefused, StaleVersion
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.clients.selectors import billing_party, clients_by_id, get_client
from tenant_apps.clients.services import archive_client, update_client
from tests.client import PrsClient, error, ok
from tests.factories.clients import BERLIN, ClientFactory
from tests.queries import queries_of

URL = "/api/business/clients/"
NOWHERE = "There is nothing at this address, or it is not yours to see."


@pytest.fixture
def northwind(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(name="Northwind", by=sam, at=at_noon)


class TestUpdateClient:
    def test_records_what_was_and_what_is(
        self, northwind: Client, sam: User, at_noon: datetime
    ) -> None:
        later = at_noon + timedelta(hours=1)
        changed = update_client(
            client_id=northwind.pk,
            changes={"status": "active", "name": "Northwind"},
            expected_version=1,
            by=sam,
            at=later,
        )

        assert (changed.status, changed.version, changed.updated_at) == ("active", 2, later)
        event = history_of(subject_type="clients.client", subject_id=northwind.pk)[0]
        assert (event.before, event.after) == ({"status": "prospect"}, {"status": "active"})

    def test_writes_nothing_when_nothing_differs(
        self, northwind: Client, sam: User, at_noon: datetime
    ) -> None:
        changed = update_client(
            client_id=northwind.pk,
            changes={"name": "Northwind"},
            expected_version=1,
            by=sam,
            at=at_noon,
        )
        assert changed.version == 1
        assert history_of(subject_type="clients.client", subject_id=northwind.pk).count() == 1

    def test_refuses_a_stale_version(self, northwind: Client, sam: User, at_noon: datetime) -> None:
        with pytest.raises(StaleVersion):
            update_client(
                client_id=northwind.pk,
                changes={"status": "active"},
                expected_version=7,
                by=sam,
                at=at_noon,
            )

    def test_does_not_find_a_colleagues_client(
        self, northwind: Client, suki: User, at_noon: datetime
    ) -> None:
        with pytest.raises(Client.DoesNotExist):
            update_client(
                client_id=northwind.pk,
                changes={"status": "active"},
                expected_version=1,
                by=suki,
                at=at_noon,
            )

    def test_refuses_whoever_may_only_look(
        self, northwind: Client, theo: User, at_noon: datetime
    ) -> None:
        with pytest.raises(PermissionRefused):
            archive_client(client_id=northwind.pk, by=theo, at=at_noon)

    def test_lets_the_team_lead_hand_a_client_over_within_the_team(
        self, northwind: Client, theo: User, suki: User, at_noon: datetime
    ) -> None:
        changed = update_client(
            client_id=northwind.pk,
            changes={"owner_id": suki.pk},
            expected_version=1,
            by=theo,
            at=at_noon,
        )
        assert changed.owner_id == suki.pk

    def test_refuses_an_owner_outside_the_team(
        self, northwind: Client, theo: User, fay: User, at_noon: datetime
    ) -> None:
        with pytest.raises(PermissionRefused):
            update_client(
                client_id=northwind.pk,
                changes={"owner_id": fay.pk},
                expected_version=1,
                by=theo,
                at=at_noon,
            )


class TestPatchClient:
    def test_accepts_what_get_has_shown(self, northwind: Client, as_sam: PrsClient) -> None:
        shown = ok(as_sam.get(f"{URL}{northwind.code}/"))
        shown["remarks"] = "Pays late."

        changed = ok(as_sam.patch(f"{URL}{northwind.code}/", shown, version=1))
        assert (changed["remarks"], changed["version"]) == ("Pays late.", 2)

    def test_asks_for_if_match(self, northwind: Client, as_sam: PrsClient) -> None:
        refused = as_sam.patch(f"{URL}{northwind.pk}/", {"remarks": "x"})
        assert error(refused, 428)["code"] == "precondition_required"

    def test_refuses_a_stale_etag(self, northwind: Client, as_sam: PrsClient) -> None:
        refused = as_sam.patch(f"{URL}{northwind.pk}/", {"remarks": "x"}, version=3)
        assert error(refused, 412)["code"] == "stale_version"

    def test_refuses_to_change_the_code(self, northwind: Client, as_sam: PrsClient) -> None:
        refused = as_sam.patch(f"{URL}{northwind.pk}/", {"code": "CL-0009"}, version=1)
        assert error(refused, 400)["errors"][0]["field"] == "/code"

    def test_is_refused_to_an_auditor(self, northwind: Client, as_audrey: PrsClient) -> None:
        refused = as_audrey.patch(f"{URL}{northwind.pk}/", {"remarks": "x"}, version=1)
        assert error(refused, 403)["code"] == "permission_denied"


class TestFindClient:
    def test_answers_alike_for_a_colleagues_a_foreign_and_no_client(
        self, northwind: Client, as_suki: PrsClient, as_mallory: PrsClient
    ) -> None:
        answers = [
            error(as_suki.get(f"{URL}{northwind.pk}/"), 404),
            error(as_suki.get(f"{URL}{northwind.code}/"), 404),
            error(as_mallory.get(f"{URL}{northwind.pk}/"), 404),
            error(as_suki.get(f"{URL}{uuid4()}/"), 404),
            error(as_suki.delete(f"{URL}{northwind.pk}/"), 403),
        ]
        assert {answer["message"] for answer in answers[:4]} == {NOWHERE}

    def test_opens_to_the_team_and_to_readers_of_everything(
        self, northwind: Client, theo: User, tim: User, vera: User, audrey: User
    ) -> None:
        for viewer in (theo, tim, vera, audrey):
            assert get_client(reference=northwind.code, viewer=viewer) == northwind

    def test_is_closed_to_a_reviewer(self, northwind: Client, rita: User) -> None:
        with pytest.raises(PermissionRefused):
            get_client(reference=northwind.pk, viewer=rita)


class TestListClients:
    def test_shows_own_clients_newest_first(
        self, as_sam: PrsClient, sam: User, suki: User, at_noon: datetime
    ) -> None:
        for hours, owner in enumerate((sam, suki, sam)):
            ClientFactory(name=f"C{hours}", by=owner, at=at_noon + timedelta(hours=hours))

        listed = ok(as_sam.get(URL))
        assert [client["name"] for client in listed["results"]] == ["C2", "C0"]
        assert listed["pagination"]["count"] == 2

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("search=north", ["Northwind"]),
            ("search=pay@south", ["Southwind"]),
            ("search=CL-0002", ["Southwind"]),
            ("search=%25", []),
            ("external_id=X7", ["Southwind"]),
            ("tag=vip", ["Southwind"]),
            ("ordering=name", ["Northwind", "Southwind"]),
            ("created_after=2026-03-02T11:30:00Z", ["Southwind"]),
            ("created_before=2026-03-02T11:30:00Z", ["Northwind"]),
            ("status=active", []),
        ],
    )
    def test_filters(
        self,
        northwind: Client,
        as_sam: PrsClient,
        sam: User,
        at_noon: datetime,
        query: str,
        names: list[str],
    ) -> None:
        ClientFactory(
            name="Southwind",
            email="pay@southwind.example",
            external_id="X7",
            tags=("vip",),
            by=sam,
            at=at_noon + timedelta(hours=1),
        )
        listed = ok(as_sam.get(f"{URL}?{query}"))["results"]
        assert [client["name"] for client in listed] == names

    def test_refuses_unknown_parameters_by_name(self, as_sam: PrsClient) -> None:
        refused = error(as_sam.get(f"{URL}?colour=red"), 400)
        assert refused["errors"][0]["field"] == "/colour"

    def test_hides_archived_clients_unless_asked(
        self, northwind: Client, as_adam: PrsClient, at_noon: datetime
    ) -> None:
        assert as_adam.delete(f"{URL}{northwind.code}/").status_code == 204
        assert as_adam.delete(f"{URL}{northwind.code}/").status_code == 204

        assert ok(as_adam.get(URL))["results"] == []
        for query in ("include_archived=true", "updated_since=2026-03-01T00:00:00Z"):
            assert len(ok(as_adam.get(f"{URL}?{query}"))["results"]) == 1
        events = history_of(subject_type="clients.client", subject_id=northwind.pk)
        assert [event.name for event in events].count("clients.client_archived") == 1

    def test_costs_the_same_queries_for_1_and_50_rows(
        self, as_sam: PrsClient, sam: User, at_noon: datetime
    ) -> None:
        ClientFactory(by=sam, at=at_noon)
        one = queries_of(lambda: as_sam.get(f"{URL}?page_size=100"))
        ClientFactory.create_batch(49, by=sam, at=at_noon)

        assert queries_of(lambda: as_sam.get(f"{URL}?page_size=100")) == one


class TestBillingParty:
    def test_is_complete_with_a_street_a_city_and_a_country(self, northwind: Client) -> None:
        party = billing_party(northwind.pk)
        assert party.is_complete
        assert (party.legal_name, party.address["city"]) == ("Northwind GmbH", "Berlin")

    @pytest.mark.parametrize("missing", ["line1", "city", "country"])
    def test_is_incomplete_without_one_of_them(
        self, sam: User, at_noon: datetime, missing: str
    ) -> None:
        address = {part: value for part, value in BERLIN.items() if part != missing}
        client = ClientFactory(billing_address=address, by=sam, at=at_noon)
        assert not billing_party(client.pk).is_complete

    def test_falls_back_to_the_name(self, sam: User, at_noon: datetime) -> None:
        client = ClientFactory(name="Solo", legal_name="", by=sam, at=at_noon)
        assert billing_party(client.pk).legal_name == "Solo"

    def test_clients_come_by_id(self, northwind: Client) -> None:
        assert clients_by_id([northwind.pk, uuid4()]) == {northwind.pk: northwind}
