"""Products and stages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, StaleVersion
from shared_apps.kernel.money import Money
from tenant_apps.deals.events import ProductSaved, StageSaved
from tenant_apps.deals.models import Product, Stage

if TYPE_CHECKING:
    from shared_apps.kernel.events import Actor
    from tenant_apps.accounts.models import User

FIRST_STAGES = (("Prospecting", 10), ("Engaging", 30), ("Proposal", 60), ("Negotiation", 80))


class NameTaken(DomainError):
    """A product or stage of this name or external id exists."""

    code, status = "name_taken", 409
    message = "This name or external id is in use already."
    field = "/name"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewProduct:
    """A product to be."""

    name: str
    list_price: Money
    series: str = ""
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewStage:
    """A stage to be."""

    name: str
    probability_percent: Decimal
    position: int


@transaction.atomic
def create_product(*, new: NewProduct, by: "User", at: datetime) -> Product:
    """Enter a product; records ProductSaved. Raises: NameTaken."""
    product = Product(
        name=new.name.strip(),
        series=new.series,
        list_price=new.list_price.amount,
        currency=new.list_price.currency,
        external_id=new.external_id or None,
        created_by_id=by.pk,
        updated_by_id=by.pk,
        created_at=at,
        updated_at=at,
    )
    _save(product)
    after = {"name": product.name, "list_price": new.list_price}
    record(ProductSaved(product_id=product.pk), actor=by.actor, at=at, after=after)
    return product


@transaction.atomic
def update_product(
    *, product_id: UUID, changes: Mapping[str, Any], expected_version: int, by: "User", at: datetime
) -> Product:
    """Change a product's name, series, list price or external id; records ProductSaved.

    Deals keep the price they were made with. Locks the product.
    Raises: Product.DoesNotExist, StaleVersion, NameTaken.
    """
    product = Product.objects.select_for_update(no_key=True, of=("self",)).get(pk=product_id)
    if product.version != expected_version:
        raise StaleVersion
    before, after = _apply(product, _columns(changes))
    if after:
        _save(product, [*after, *product.mark_changed(by_id=by.pk, at=at)])
        saved = ProductSaved(product_id=product.pk)
        record(saved, actor=by.actor, at=at, before=before, after=after)
    return product


def _columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes by column: a price is an amount and a currency."""
    columns = dict(changes)
    price: Money | None = columns.pop("list_price", None)
    if price is not None:
        columns |= {"list_price": price.amount, "currency": price.currency}
    return columns


@transaction.atomic
def create_stage(*, new: NewStage, by: "User", at: datetime) -> Stage:
    """Enter a stage; records StageSaved. Raises: NameTaken."""
    stage = Stage(
        name=new.name.strip(),
        probability_percent=new.probability_percent,
        position=new.position,
        created_by_id=by.pk,
        updated_by_id=by.pk,
        created_at=at,
        updated_at=at,
    )
    _save(stage)
    after = {"name": stage.name, "probability_percent": stage.probability_percent}
    record(StageSaved(stage_id=stage.pk), actor=by.actor, at=at, after=after)
    return stage


@transaction.atomic
def update_stage(
    *, stage_id: UUID, changes: Mapping[str, Any], expected_version: int, by: "User", at: datetime
) -> Stage:
    """Change a stage's name, probability or position; records StageSaved. Locks the stage.

    Raises: Stage.DoesNotExist, StaleVersion, NameTaken.
    """
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).get(pk=stage_id)
    if stage.version != expected_version:
        raise StaleVersion
    before, after = _apply(stage, changes)
    if after:
        _save(stage, [*after, *stage.mark_changed(by_id=by.pk, at=at)])
        record(StageSaved(stage_id=stage.pk), actor=by.actor, at=at, before=before, after=after)
    return stage


@transaction.atomic
def seed_stages(*, actor: "Actor", at: datetime) -> None:
    """Give a new organization its pipeline; records StageSaved for each. Runs once."""
    if Stage.objects.exists():
        return
    for position, (name, probability) in enumerate(FIRST_STAGES, start=1):
        stage = Stage.objects.create(
            name=name,
            probability_percent=probability,
            position=position,
            created_at=at,
            updated_at=at,
        )
        record(StageSaved(stage_id=stage.pk), actor=actor, at=at)


def _apply(
    row: Product | Stage, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    after = {name: new for name, new in changes.items() if getattr(row, name) != new}
    before = {name: getattr(row, name) for name in after}
    for name, new in after.items():
        setattr(row, name, new)
    return before, after


def _save(row: Product | Stage, update_fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=update_fields is None, update_fields=update_fields)
    except IntegrityError:
        raise NameTaken from None
