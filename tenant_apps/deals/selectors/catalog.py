"""Reads of products, stages and tax rates: everybody of the organization may see them."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from tenant_apps.deals.models import Product, Stage, TaxRate

PRODUCT_ORDERINGS = ("name", "-name", "created_at", "-created_at")


def list_products(
    *,
    search: str | None = None,
    external_id: str | None = None,
    include_archived: bool = False,
    ordering: str = "name",
) -> QuerySet[Product]:
    """Return the products that are sold now, or all that ever were."""
    products = (
        Product.objects.all() if include_archived else Product.objects.filter(archived_at=None)
    )
    if search:
        products = products.filter(name__icontains=search)
    if external_id:
        products = products.filter(external_id=external_id)
    return products.order_by(ordering, "pk")


def get_product(*, product_id: UUID) -> Product:
    """Return one product, archived ones included. Raises: Product.DoesNotExist."""
    return Product.objects.get(pk=product_id)


def products_among(ids: Collection[UUID]) -> QuerySet[Product]:
    """Return the products with these ids, whoever asks: what the audit log calls them."""
    return Product.objects.filter(pk__in=ids).order_by("pk")


def stages_among(ids: Collection[UUID]) -> QuerySet[Stage]:
    """Return the stages with these ids, whoever asks: what the audit log calls them."""
    return Stage.objects.filter(pk__in=ids).order_by("pk")


def tax_rates_among(ids: Collection[UUID]) -> QuerySet[TaxRate]:
    """Return the tax rates with these ids, whoever asks: what the audit log calls them."""
    return TaxRate.objects.filter(pk__in=ids).order_by("pk")


def products_by_id(ids: Iterable[UUID]) -> dict[UUID, Product]:
    """Return the products with these ids, archived ones included."""
    return Product.objects.in_bulk(set(ids))


def list_stages(*, include_archived: bool = False) -> QuerySet[Stage]:
    """Return the stages of the pipeline in order, or all that ever were."""
    stages = Stage.objects.all() if include_archived else Stage.objects.filter(archived_at=None)
    return stages.order_by("position", "pk")


def get_stage(*, stage_id: UUID) -> Stage:
    """Return one stage. Raises: Stage.DoesNotExist."""
    return Stage.objects.get(pk=stage_id)


def find_stage_by_name(name: str) -> Stage | None:
    """Return the stage of this name."""
    return Stage.objects.filter(name=name, archived_at=None).first()


def list_tax_rates(*, code: str | None = None, on: date | None = None) -> QuerySet[TaxRate]:
    """Return the tax rates of every day, or those of a day, by code, the newest first."""
    rates = TaxRate.objects.filter(_valid_on(on)) if on else TaxRate.objects.all()
    if code:
        rates = rates.filter(code=code)
    return rates.order_by("code", "-valid_from", "pk")


def get_tax_rate(*, tax_rate_id: UUID) -> TaxRate:
    """Return one tax rate. Raises: TaxRate.DoesNotExist."""
    return TaxRate.objects.get(pk=tax_rate_id)


class TaxTable:
    """The rates of some taxes on all days."""

    def __init__(self, rates: Iterable[TaxRate]) -> None:
        self._rates = tuple(rates)

    @classmethod
    def of(cls, codes: Iterable[str]) -> "TaxTable":
        """Return the rates of the taxes with these codes. One query."""
        return cls(TaxRate.objects.filter(code__in=set(codes)).order_by("pk"))

    def rate_on(self, day: date, *, code: str) -> TaxRate | None:
        """Return what a tax comes to on a day; None where it has no rate then."""
        valid = (rate for rate in self._rates if rate.code == code and rate.is_valid_on(day))
        return next(valid, None)


def _valid_on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
