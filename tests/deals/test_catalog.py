"""Products and stages."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import StaleVersion
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Product, Stage
from tenant_apps.deals.selectors import find_stage_by_name
from tenant_apps.deals.services import (
    LastStageKept,
    NameTaken,
    archive_product,
    archive_stage,
    seed_stages,
    update_product,
)
from tests.cast import STAGEHAND, make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, ProductFactory, line
from tests.queries import queries_of
from tests.together import run_together

PRODUCTS, STAGES = "/api/business/products/", "/api/business/stages/"
GTX: dict[str, Any] = {"name": "GTX Pro", "list_price": {"amount": "4821.00", "currency": "USD"}}
DOLLARS = {"amount": "100.00", "currency": "USD"}
DEMO: dict[str, Any] = {"name": "Demo", "probability_percent": "42.5", "position": 3}


class TestStages:
    def test_start_with_the_usual_pipeline(self, as_sam: PrsClient) -> None:
        stages = ok(as_sam.get(STAGES))["results"]
        assert [(each["name"], each["probability_percent"]) for each in stages] == [
            ("Prospecting", "10"),
            ("Engaging", "30"),
            ("Proposal", "60"),
            ("Negotiation", "80"),
        ]

    def test_are_seeded_once(self, db: None) -> None:
        seed_stages(actor=STAGEHAND, at=utc_now())
        assert Stage.objects.count() == 4
        found = find_stage_by_name("Engaging")
        assert found is not None
        assert found.position == 2


@pytest.mark.parametrize(("url", "body"), [(PRODUCTS, GTX), (STAGES, DEMO)])
class TestCatalog:
    def test_is_written_by_an_administrator(
        self, as_adam: PrsClient, url: str, body: dict[str, Any]
    ) -> None:
        made = ok(as_adam.post(url, body), 201)
        assert made.items() >= body.items()
        assert ok(as_adam.get(f"{url}{made['id']}/")) == made

        shown = {**made, "name": "New name"}
        changed = ok(as_adam.patch(f"{url}{made['id']}/", shown, version=1))
        assert (changed["name"], changed["version"]) == ("New name", 2)
        subject = "deals.product" if url == PRODUCTS else "deals.stage"
        assert history_of(subject_type=subject, subject_id=made["id"]).count() == 2

    def test_is_read_by_sellers_and_written_by_nobody_else(
        self, as_sam: PrsClient, as_fay: PrsClient, url: str, body: dict[str, Any]
    ) -> None:
        assert ok(as_sam.get(url))["pagination"]["count"] >= 0
        for client in (as_sam, as_fay):
            assert error(client.post(url, body), 403)["code"] == "permission_denied"

    def test_refuses_a_name_twice(self, as_adam: PrsClient, url: str, body: dict[str, Any]) -> None:
        ok(as_adam.post(url, body))
        assert error(as_adam.post(url, body), 409)["code"] == "name_taken"

    def test_refuses_a_stale_change(
        self, as_adam: PrsClient, url: str, body: dict[str, Any]
    ) -> None:
        made = ok(as_adam.post(url, body))
        assert error(as_adam.patch(f"{url}{made['id']}/", {"name": "x"}), 428)
        assert error(as_adam.patch(f"{url}{made['id']}/", {"name": "x"}, version=2), 412)

    def test_is_put_away_and_back(
        self, as_adam: PrsClient, as_sam: PrsClient, url: str, body: dict[str, Any]
    ) -> None:
        path = f"{url}{ok(as_adam.post(url, body))['id']}/"
        for client, answer in ((as_sam, 403), (as_adam, 204), (as_adam, 204)):
            assert client.delete(path).status_code == answer
        assert body["name"] not in names_at(as_sam, url)
        assert body["name"] in names_at(as_sam, f"{url}?include_archived=true")
        assert ok(as_sam.get(path))["archived_at"] is not None

        assert error(as_sam.post(f"{path}restore/"), 403)
        assert ok(as_adam.post(f"{path}restore/"))["archived_at"] is None
        assert ok(as_adam.post(f"{path}restore/"))["archived_at"] is None
        assert body["name"] in names_at(as_sam, url)
        kind = "product" if url == PRODUCTS else "stage"
        events = history_of(subject_type=f"deals.{kind}", subject_id=UUID(path.split("/")[-2]))
        assert {each.name for each in events} == {
            f"deals.{kind}_{what}" for what in ("saved", "archived", "restored")
        }
        assert len(events) == 3

    def test_keeps_organizations_apart(
        self, as_adam: PrsClient, as_mallory: PrsClient, url: str, body: dict[str, Any]
    ) -> None:
        made = ok(as_adam.post(url, body))
        for asked in (made["id"], uuid4()):
            assert error(as_mallory.get(f"{url}{asked}/"), 404)["code"] == "not_found"
            refused = as_mallory.patch(f"{url}{asked}/", {"name": "x"}, version=1)
            assert error(refused, 404)["code"] == "not_found"
            assert error(as_mallory.delete(f"{url}{asked}/"), 404)["code"] == "not_found"
            restored = as_mallory.post(f"{url}{asked}/restore/")
            assert error(restored, 404)["code"] == "not_found"


def names_at(client: PrsClient, url: str) -> list[str]:
    return [each["name"] for each in ok(client.get(url))["results"]]


class TestPutAway:
    @pytest.fixture
    def product(self, adam: User) -> Product:
        product: Product = ProductFactory(name="GTX Pro")
        return product

    @pytest.fixture
    def stage(self, db: None) -> Stage:
        return Stage.objects.get(name="Engaging")

    def test_is_chosen_by_no_new_deal(
        self, as_sam: PrsClient, sam: User, adam: User, product: Product, stage: Stage
    ) -> None:
        archive_product(product_id=product.pk, by=adam, at=utc_now())
        archive_stage(stage_id=stage.pk, by=adam, at=utc_now())
        client = ClientFactory(by=sam)
        line = {"product": str(product.pk), "quantity": "1", "unit_price": DOLLARS}
        for more, field in (
            ({"lines": [line]}, "/lines/0/product"),
            ({"stage": str(stage.pk)}, "/stage"),
        ):
            sent = {"client": client.code, "name": "New", "status": "draft", **more}
            refused = error(as_sam.post("/api/business/deals/", sent), 400)
            assert [each["field"] for each in refused["errors"]] == [field]
            assert "was put away" in refused["errors"][0]["message"]

    def test_stays_on_the_deals_that_have_it(
        self, as_sam: PrsClient, sam: User, adam: User, product: Product, stage: Stage
    ) -> None:
        lines = (line("100.00", product_id=product.pk, description="Pro"),)
        deal = DealFactory(by=sam, at=utc_now(), status="open", stage_id=stage.pk, lines=lines)
        archive_product(product_id=product.pk, by=adam, at=utc_now())
        archive_stage(stage_id=stage.pk, by=adam, at=utc_now())

        path = f"/api/business/deals/{deal.code}/"
        held = {"product": str(product.pk), "quantity": "2", "unit_price": DOLLARS}
        sent = {"lines": [held], "stage": str(stage.pk), "name": "Renamed"}
        changed = ok(as_sam.patch(path, sent, version=1))
        assert (changed["name"], changed["stage"]["name"]) == ("Renamed", "Engaging")
        assert changed["lines"][0]["product"] == str(product.pk)

    def test_keeps_the_last_stage(self, as_adam: PrsClient) -> None:
        *others, last = Stage.objects.order_by("position")
        for each in others:
            assert as_adam.delete(f"{STAGES}{each.pk}/").status_code == 204
        refused = error(as_adam.delete(f"{STAGES}{last.pk}/"), 409)
        assert refused["code"] == "last_stage_kept"
        assert names_at(as_adam, STAGES) == [last.name]

    def test_keeps_a_stage_of_the_last_two_from_two_writers(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        adam = person_named("adam")
        *others, one, two = Stage.objects.order_by("position")
        for each in others:
            archive_stage(stage_id=each.pk, by=adam, at=at_noon)
        results = run_together(
            fresh_tenant,
            [partial(archive_stage, stage_id=each.pk, by=adam, at=at_noon) for each in (one, two)],
        )
        assert {type(each) for each in results} == {type(None), LastStageKept}
        assert Stage.objects.filter(archived_at=None).count() == 1


class TestProducts:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("search=gtx", ["GTX Basic", "GTX Pro"]),
            ("ordering=-name", ["MG Special", "GTX Pro", "GTX Basic"]),
            ("external_id=P7", ["MG Special"]),
        ],
    )
    def test_are_found(self, as_sam: PrsClient, query: str, names: list[str]) -> None:
        for name, external_id in (("GTX Pro", None), ("MG Special", "P7"), ("GTX Basic", None)):
            ProductFactory(name=name, external_id=external_id)
        listed = ok(as_sam.get(f"{PRODUCTS}?{query}"))["results"]
        assert [each["name"] for each in listed] == names

    def test_change_price_and_currency_together(self, as_adam: PrsClient) -> None:
        product = ProductFactory()
        sent = {"list_price": {"amount": "500", "currency": "JPY"}}
        changed = ok(as_adam.patch(f"{PRODUCTS}{product.pk}/", sent, version=1))
        assert changed["list_price"] == {"amount": "500", "currency": "JPY"}

    def test_cost_the_same_queries_for_1_and_50_rows(self, as_sam: PrsClient) -> None:
        ProductFactory()
        one = queries_of(lambda: as_sam.get(f"{PRODUCTS}?page_size=100"))
        ProductFactory.create_batch(49)
        assert queries_of(lambda: as_sam.get(f"{PRODUCTS}?page_size=100")) == one

    def test_are_changed_by_one_of_two_writers(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        adam = person_named("adam")
        product = ProductFactory(by=adam, at=at_noon)
        tries = [
            partial(
                update_product,
                product_id=product.pk,
                changes={"series": series},
                expected_version=1,
                by=adam,
                at=at_noon,
            )
            for series in ("A", "B")
        ]
        results = run_together(fresh_tenant, tries)
        assert {type(result) for result in results} == {Product, StaleVersion}

    def test_are_entered_once_under_concurrency(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        adam = person_named("adam")
        tries = [partial(ProductFactory, name="Same", by=adam, at=at_noon)] * 5
        results = run_together(fresh_tenant, tries)
        assert sum(isinstance(result, NameTaken) for result in results) == 4
