"""Take products and stages out of what is offered, and put them back.

What uses them keeps them: a deal its stage, a line its product.
"""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError
from tenant_apps.deals.events import (
    ProductArchived,
    ProductRestored,
    StageArchived,
    StageRestored,
)
from tenant_apps.deals.models import Product, Stage

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class LastStageKept(DomainError):
    """The pipeline keeps one stage at least."""

    code, status = "last_stage_kept", 409
    message = "This is the last stage of the pipeline; enter another one first."


@transaction.atomic
def archive_product(*, product_id: UUID, by: "User", at: datetime) -> None:
    """Offer a product no more; records ProductArchived once. Locks the product.

    Raises: Product.DoesNotExist.
    """
    product = _lock_product(product_id)
    if _put(product, at, by=by, at=at):
        record(ProductArchived(product_id=product.pk), actor=by.actor, at=at)


@transaction.atomic
def restore_product(*, product_id: UUID, by: "User", at: datetime) -> Product:
    """Offer a product again; records ProductRestored once. Locks the product.

    Raises: Product.DoesNotExist.
    """
    product = _lock_product(product_id)
    if _put(product, None, by=by, at=at):
        record(ProductRestored(product_id=product.pk), actor=by.actor, at=at)
    return product


@transaction.atomic
def archive_stage(*, stage_id: UUID, by: "User", at: datetime) -> None:
    """Offer a stage no more; records StageArchived once. Locks the stages that are offered.

    Raises: Stage.DoesNotExist, LastStageKept.
    """
    locked = Stage.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    offered = {each.pk: each for each in locked.filter(archived_at=None)}
    stage = offered.get(stage_id) or Stage.objects.get(pk=stage_id)
    if stage.pk in offered and len(offered) == 1:
        raise LastStageKept
    if stage.pk in offered and _put(stage, at, by=by, at=at):
        record(StageArchived(stage_id=stage.pk), actor=by.actor, at=at)


@transaction.atomic
def restore_stage(*, stage_id: UUID, by: "User", at: datetime) -> Stage:
    """Offer a stage again, at its place; records StageRestored once. Locks the stage.

    Raises: Stage.DoesNotExist.
    """
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).get(pk=stage_id)
    if _put(stage, None, by=by, at=at):
        record(StageRestored(stage_id=stage.pk), actor=by.actor, at=at)
    return stage


def _lock_product(product_id: UUID) -> Product:
    return Product.objects.select_for_update(no_key=True, of=("self",)).get(pk=product_id)


def _put(row: Product | Stage, away: datetime | None, *, by: "User", at: datetime) -> bool:
    """Return whether the row was put away or back; False when it is there already."""
    if row.is_archived == (away is not None):
        return False
    row.archived_at = away
    row.save(update_fields=["archived_at", *row.mark_changed(by_id=by.pk, at=at)])
    return True
