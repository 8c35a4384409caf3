"""Products and stages over HTTP."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import (
    InputSerializer,
    MoneyField,
    QuerySerializer,
    RateField,
    SearchField,
)
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.deals import selectors, services
from tenant_apps.deals.api.outputs import ProductOut, StageOut

VIEW, EDIT = "products.view", "products.edit"

PRODUCT: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000010",
    "external_id": None,
    "name": "GTX Pro",
    "series": "GTX",
    "list_price": {"amount": "4821.00", "currency": "USD"},
    "archived_at": None,
    "created_at": "2026-03-02T11:00:00Z",
    "updated_at": "2026-03-02T11:00:00Z",
    "version": 1,
}
STAGE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000020",
    "name": "Engaging",
    "probability_percent": "30",
    "position": 2,
    "archived_at": None,
    "version": 1,
}


class ProductIn(InputSerializer):
    """A product to enter; on PATCH, what to change."""

    name = serializers.CharField(max_length=200)
    series = serializers.CharField(required=False, allow_blank=True, max_length=100)
    list_price = MoneyField()
    external_id = serializers.CharField(required=False, allow_null=True, max_length=100)


class ProductQuery(QuerySerializer):
    """What a list of products may be asked for."""

    orderings = ("name", "created_at")

    external_id = serializers.CharField(required=False, max_length=100)
    include_archived = serializers.BooleanField(required=False)
    search = SearchField()


class StageQuery(QuerySerializer):
    """What a list of stages may be asked for."""

    include_archived = serializers.BooleanField(required=False)


class StageIn(InputSerializer):
    """A stage to enter; on PATCH, what to change."""

    name = serializers.CharField(max_length=80)
    probability_percent = RateField(max_digits=5, decimal_places=2, min_value=0, max_value=100)
    position = serializers.IntegerField(min_value=1, max_value=1000)


class ProductViewSet(ApiViewSet):
    """The products of the catalog."""

    permissions: ClassVar = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": EDIT,
        "partial_update": EDIT,
        "destroy": EDIT,
        "restore": EDIT,
    }

    @documented(response=ProductOut, query=ProductQuery, example=PRODUCT)
    def list(self, request: Request) -> Response:
        """List the products."""
        products = selectors.list_products(**self.query(ProductQuery))
        return self.page(products, ProductOut)

    @documented(
        request=ProductIn,
        response=ProductOut,
        status=201,
        request_example={"name": "GTX Pro", "list_price": PRODUCT["list_price"]},
        example=PRODUCT,
    )
    def create(self, request: Request) -> Response:
        """Enter a product."""
        new = services.NewProduct(**self.read(ProductIn))
        product = services.create_product(new=new, by=self.viewer, at=self.at)
        return self.one(product, ProductOut, status=201)

    @documented(response=ProductOut, example=PRODUCT)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a product."""
        return self.one(selectors.get_product(product_id=parse_id(pk)), ProductOut)

    @documented(
        request=ProductIn,
        response=ProductOut,
        request_example={"list_price": PRODUCT["list_price"]},
        example=PRODUCT,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a product; deals keep the price they were made with."""
        product = selectors.get_product(product_id=parse_id(pk))
        changed = services.update_product(
            product_id=product.pk,
            changes=self.read(ProductIn, current=ProductOut(product)),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self.one(changed, ProductOut)

    @documented()
    def destroy(self, request: Request, pk: str) -> Response:
        """Put a product away: it is not offered any more, and what uses it keeps it."""
        services.archive_product(product_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.nothing()

    @documented(response=ProductOut, example=PRODUCT)
    def restore(self, request: Request, pk: str) -> Response:
        """Offer a product again."""
        restored = services.restore_product(product_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.one(restored, ProductOut)


class StageViewSet(ApiViewSet):
    """The stages of the pipeline."""

    permissions: ClassVar = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": EDIT,
        "partial_update": EDIT,
        "destroy": EDIT,
        "restore": EDIT,
    }

    @documented(response=StageOut, query=StageQuery, example=STAGE)
    def list(self, request: Request) -> Response:
        """List the stages in order."""
        return self.page(selectors.list_stages(**self.query(StageQuery)), StageOut)

    @documented(
        request=StageIn,
        response=StageOut,
        status=201,
        request_example={"name": "Engaging", "probability_percent": "30", "position": 2},
        example=STAGE,
    )
    def create(self, request: Request) -> Response:
        """Enter a stage."""
        new = services.NewStage(**self.read(StageIn))
        stage = services.create_stage(new=new, by=self.viewer, at=self.at)
        return self.one(stage, StageOut, status=201)

    @documented(response=StageOut, example=STAGE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a stage."""
        return self.one(selectors.get_stage(stage_id=parse_id(pk)), StageOut)

    @documented(
        request=StageIn,
        response=StageOut,
        request_example={"probability_percent": "35"},
        example=STAGE,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a stage."""
        stage = selectors.get_stage(stage_id=parse_id(pk))
        changed = services.update_stage(
            stage_id=stage.pk,
            changes=self.read(StageIn, current=StageOut(stage)),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self.one(changed, StageOut)

    @documented()
    def destroy(self, request: Request, pk: str) -> Response:
        """Put a stage away: it is not offered any more, and what uses it keeps it."""
        services.archive_stage(stage_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.nothing()

    @documented(response=StageOut, example=STAGE)
    def restore(self, request: Request, pk: str) -> Response:
        """Offer a stage again."""
        restored = services.restore_stage(stage_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.one(restored, StageOut)
