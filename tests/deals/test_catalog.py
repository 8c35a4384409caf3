"""Products and stages."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import StaleVersion
from shared_apps.tenancy.context import Tenant
from tenant_apps.deals.models import Product, Stage
from tenant_apps.deals.selectors import find_stage_by_name
from tenant_apps.deals.services import NameTaken, seed_stages, update_product
from tests.cast import STAGEHAND, make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.deals import ProductFactory
from tests.queries import queries_of
from tests.together import run_together

PRODUCTS, STAGES = "/api/business/products/", "/api/business/stages/"
GTX: dict[str, Any] = {"name": "GTX Pro", "list_price": {"amount": "4821.00", "currency": "USD"}}
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

    def test_keeps_organizations_apart(
        self, as_adam: PrsClient, as_mallory: PrsClient, url: str, body: dict[str, Any]
    ) -> None:
        made = ok(as_adam.post(url, body))
        for asked in (made["id"], uuid4()):
            assert error(as_mallory.get(f"{url}{asked}/"), 404)["code"] == "not_found"
            refused = as_mallory.patch(f"{url}{asked}/", {"name": "x"}, version=1)
            assert error(refused, 404)["code"] == "not_found"


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
