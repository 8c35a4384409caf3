"""Entering clients."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import PermissionRefused
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.clients.services import (
    ClientExists,
    ClientLooksAlike,
    ExternalIdTaken,
    NewClient,
    archive_client,
    create_client,
)
from tests.cast import make_cast, make_person, person_named
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.together import run_together

URL = "/api/business/clients/"


class TestCreateClient:
    def test_makes_the_client_its_makers(self, sam: User, at_noon: datetime) -> None:
        client = create_client(new=NewClient(name="Northwind"), by=sam, at=at_noon)

        assert (client.owner_id, client.created_at) == (sam.pk, at_noon)
        events = history_of(subject_type="clients.client", subject_id=client.pk)
        assert [event.name for event in events] == ["clients.client_created"]

    def test_numbers_clients_in_order(self, sam: User, at_noon: datetime) -> None:
        first = create_client(new=NewClient(name="One"), by=sam, at=at_noon)
        second = create_client(new=NewClient(name="Two"), by=sam, at=at_noon)

        assert first.code == "CL-0001"
        assert second.code == "CL-0002"

    def test_knows_a_colleagues_client_by_its_tax_number(
        self, sam: User, suki: User, at_noon: datetime
    ) -> None:
        create_client(new=NewClient(name="Northwind", tax_id="GB1"), by=sam, at=at_noon)
        with pytest.raises(ClientExists):
            create_client(new=NewClient(name="North Wind Ltd", tax_id="gb1"), by=suki, at=at_noon)

    def test_says_that_a_colleagues_client_exists_and_nothing_else(
        self, sam: User, olga: User, at_noon: datetime
    ) -> None:
        create_client(new=NewClient(name="Northwind"), by=sam, at=at_noon)
        nina = make_person("nina", last_name="New", role="salesperson", by=olga, at=at_noon)

        with pytest.raises(ClientExists, match="exists, ask the owner") as refused:
            create_client(new=NewClient(name=" northwind "), by=nina, at=at_noon)

        assert "Sam" not in refused.value.detail
        assert refused.value.problems == ()

    def test_names_the_owner_to_whoever_sees_people(
        self, sam: User, adam: User, suki: User, at_noon: datetime
    ) -> None:
        """Administrators see everybody, Suki her team."""
        create_client(new=NewClient(name="Northwind"), by=sam, at=at_noon)
        for person in (adam, suki):
            with pytest.raises(ClientExists, match=f"ask the owner: {sam.full_name}."):
                create_client(new=NewClient(name="northwind"), by=person, at=at_noon)

    def test_takes_no_number_for_a_refused_client(
        self, sam: User, suki: User, at_noon: datetime
    ) -> None:
        create_client(new=NewClient(name="Northwind"), by=sam, at=at_noon)
        with pytest.raises(ClientExists):
            create_client(new=NewClient(name="Northwind"), by=suki, at=at_noon)

        assert create_client(new=NewClient(name="Other"), by=suki, at=at_noon).code == "CL-0002"

    def test_forgets_an_archived_namesake(
        self, sam: User, adam: User, suki: User, at_noon: datetime
    ) -> None:
        client = create_client(new=NewClient(name="Northwind"), by=sam, at=at_noon)
        archive_client(client_id=client.pk, by=adam, at=at_noon)

        assert create_client(new=NewClient(name="Northwind"), by=suki, at=at_noon).pk

    @pytest.mark.parametrize(
        ("new", "places"),
        [
            ({"name": "north-wind ltd"}, ["/name"]),
            ({"name": "Other", "tax_id": "gb 1"}, ["/tax_id"]),
            ({"name": "Other", "email": "PAY@north.example"}, ["/email"]),
            ({"name": "North Wind Ltd.", "tax_id": "GB-1"}, ["/name", "/tax_id"]),
        ],
    )
    def test_shows_a_client_of_ones_own_that_it_looks_like(
        self, sam: User, at_noon: datetime, new: dict[str, Any], places: list[str]
    ) -> None:
        known: dict[str, Any] = {
            "name": "North Wind Ltd",
            "tax_id": "GB1",
            "email": "pay@north.example",
        }
        first = create_client(new=NewClient(**known), by=sam, at=at_noon)
        with pytest.raises(ClientLooksAlike) as refused:
            create_client(new=NewClient(**new), by=sam, at=at_noon)

        assert [problem.field for problem in refused.value.problems] == places
        assert refused.value.problems[0].message == "It looks like CL-0001 (North Wind Ltd)."
        assert refused.value.look_alikes == (first,)
        knowingly = NewClient(**new, is_another=True)
        assert create_client(new=knowingly, by=sam, at=at_noon).code == "CL-0002"

    def test_minds_neither_archived_ones_nor_what_both_lack(
        self, sam: User, adam: User, at_noon: datetime
    ) -> None:
        first = create_client(new=NewClient(name="Müller"), by=sam, at=at_noon)
        create_client(new=NewClient(name="Möller"), by=sam, at=at_noon)
        archive_client(client_id=first.pk, by=adam, at=at_noon)
        assert create_client(new=NewClient(name="Müller"), by=sam, at=at_noon).pk

    def test_refuses_an_external_id_twice(self, sam: User, at_noon: datetime) -> None:
        create_client(new=NewClient(name="One", external_id="X1"), by=sam, at=at_noon)

        with pytest.raises(ExternalIdTaken):
            create_client(new=NewClient(name="Two", external_id="X1"), by=sam, at=at_noon)

    def test_refuses_a_salesperson_another_owner(
        self, sam: User, suki: User, at_noon: datetime
    ) -> None:
        with pytest.raises(PermissionRefused):
            create_client(new=NewClient(name="One", owner_id=suki.pk), by=sam, at=at_noon)

    def test_lets_an_administrator_name_the_owner(
        self, adam: User, suki: User, at_noon: datetime
    ) -> None:
        new = NewClient(name="One", owner_id=suki.pk)
        assert create_client(new=new, by=adam, at=at_noon).owner_id == suki.pk


class TestPostClient:
    def test_answers_201_with_the_client_and_its_etag(self, as_sam: PrsClient) -> None:
        response = as_sam.post(URL, {"name": "Northwind", "email": "Pay@Northwind.example"})

        client = ok(response, 201)
        assert client["code"] == "CL-0001"
        assert client["email"] == "pay@northwind.example"
        assert client["owner"]["name"] == "Sam Seller"
        assert response["ETag"] == '"1"'

    def test_goes_on_knowingly(self, as_sam: PrsClient) -> None:
        ok(as_sam.post(URL, {"name": "Northwind"}), 201)
        refused = error(as_sam.post(URL, {"name": "northwind"}), 409)
        assert refused["code"] == "client_looks_alike"
        assert [problem["field"] for problem in refused["errors"]] == ["/name"]
        again = ok(as_sam.post(URL, {"name": "northwind", "is_another": True}), 201)
        assert again["code"] == "CL-0002"
        changed = as_sam.patch(f"{URL}CL-0002/", {"is_another": True}, version=1)
        assert error(changed, 400)["errors"][0]["field"] == "/is_another"

    def test_is_refused_to_roles_that_do_not_sell(
        self, as_vera: PrsClient, as_fay: PrsClient, as_audrey: PrsClient
    ) -> None:
        for client in (as_vera, as_fay, as_audrey):
            assert error(client.post(URL, {"name": "X"}), 403)["code"] == "permission_denied"

    def test_is_refused_without_a_sign_in(self, anyone: PrsClient) -> None:
        assert error(anyone.post(URL, {"name": "X"}), 401)["code"] == "not_authenticated"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "/name"),
            ({"name": "X", "code": "CL-9999"}, "/code"),
            ({"name": "X", "email": "no address"}, "/email"),
            ({"name": "X", "billing_address": {"country": "XX"}}, "/billing_address/country"),
            ({"name": "X", "contacts": [{"email": "a@b.example"}]}, "/contacts/0/name"),
            ({"name": "X", "owner": "CL-0001"}, "/owner"),
        ],
    )
    def test_names_what_is_wrong(
        self, as_sam: PrsClient, body: dict[str, object], field: str
    ) -> None:
        problems = error(as_sam.post(URL, body), 400)["errors"]
        assert field in {problem["field"] for problem in problems}

    def test_answers_409_for_a_colleagues_client(
        self, as_sam: PrsClient, as_suki: PrsClient
    ) -> None:
        ok(as_sam.post(URL, {"name": "Northwind"}))

        refused = error(as_suki.post(URL, {"name": "Northwind"}), 409)
        assert refused["code"] == "client_exists"
        assert refused["errors"] == []

    def test_keeps_organizations_apart(self, as_sam: PrsClient, as_mallory: PrsClient) -> None:
        ok(as_sam.post(URL, {"name": "Northwind"}))
        assert ok(as_mallory.post(URL, {"name": "Northwind"}), 201)["code"] == "CL-0001"


class TestConcurrentCreation:
    def test_numbers_50_clients_without_a_gap(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        sam = person_named("sam")

        def create(number: int) -> str:
            code: str = ClientFactory(name=f"Client {number}", by=sam, at=at_noon).code
            return code

        codes = run_together(fresh_tenant, [partial(create, number) for number in range(50)])

        assert sorted(codes) == [f"CL-{number:04}" for number in range(1, 51)]
        assert Client.objects.count() == 50

    def test_lets_one_of_two_people_enter_the_same_name(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        new = NewClient(name="Northwind")
        results = run_together(
            fresh_tenant,
            [
                partial(create_client, new=new, by=person_named(name), at=at_noon)
                for name in ("sam", "suki")
            ],
        )
        assert {type(result) for result in results} == {Client, ClientExists}
        assert Client.objects.count() == 1
