"""Products and stages are put away and back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy

from shared_apps.web.references import parse_id
from tenant_apps.deals import selectors, services
from tenant_apps.portal.forms.form import Form, attempt
from tenant_apps.portal.moves import Move
from tenant_apps.portal.pages import Page
from tenant_apps.portal.views.catalog import CHANGE
from tenant_apps.portal.views.person import About

if TYPE_CHECKING:
    from uuid import UUID

    from tenant_apps.deals.models import Product, Stage

PUT_AWAY, PUT_BACK = gettext_lazy("Put away"), gettext_lazy("Put back")


class CatalogMove(Page):
    """A step with a row of the catalog: asked first, then taken."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "settings"
    back: ClassVar[str]
    step: ClassVar[Move]

    def get(self, _request: HttpRequest, row: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        return self._ask(row, Form())

    def post(self, _request: HttpRequest, row: str) -> HttpResponseBase:
        """Take the step, or say why not."""
        form = Form()
        if attempt(form, lambda: (self.take(parse_id(row)),)) is None:
            return self._ask(row, form, status=form.status)
        return self.go(reverse(self.back), str(self.step.done))

    def find(self, pk: "UUID") -> "Product | Stage":
        """Return the row."""
        raise NotImplementedError

    def take(self, pk: "UUID") -> object:
        """Take the step."""
        raise NotImplementedError

    def _ask(self, row: str, form: Form, status: int = 200) -> HttpResponseBase:
        found = self.find(parse_id(row))
        about, back = About(found.name, ""), reverse(self.back)
        context = {"step": self.step, "form": form, "back": back, "about": about}
        return self.show("move.html", status=status, **context)


class ProductMove(CatalogMove):
    """A step with a product."""

    back = "portal:products"

    def find(self, pk: "UUID") -> "Product":
        """Return the product."""
        return selectors.get_product(product_id=pk)


class PutProductAway(ProductMove):
    """Offer a product no more."""

    step = Move(
        "archive",
        PUT_AWAY,
        "archive",
        gettext_lazy("Put this product away?"),
        gettext_lazy("New lines no longer offer it. The deals that have it keep it."),
        "danger",
        done=gettext_lazy("The product is put away."),
    )

    def take(self, pk: "UUID") -> object:
        """Offer it no more."""
        return services.archive_product(product_id=pk, by=self.viewer, at=self.at)


class PutProductBack(ProductMove):
    """Offer a product again."""

    step = Move(
        "restore",
        PUT_BACK,
        "archive-restore",
        gettext_lazy("Put this product back?"),
        gettext_lazy("The lines of deals offer it again."),
        "primary",
        done=gettext_lazy("The product is offered again."),
    )

    def take(self, pk: "UUID") -> object:
        """Offer it again."""
        return services.restore_product(product_id=pk, by=self.viewer, at=self.at)


class StageMove(CatalogMove):
    """A step with a stage."""

    back = "portal:stages"

    def find(self, pk: "UUID") -> "Stage":
        """Return the stage."""
        return selectors.get_stage(stage_id=pk)


class PutStageAway(StageMove):
    """Offer a stage no more."""

    step = Move(
        "archive",
        PUT_AWAY,
        "archive",
        gettext_lazy("Put this stage away?"),
        gettext_lazy("No further deal can enter it. The deals that are in it stay there."),
        "danger",
        done=gettext_lazy("The stage is put away."),
    )

    def take(self, pk: "UUID") -> object:
        """Offer it no more."""
        return services.archive_stage(stage_id=pk, by=self.viewer, at=self.at)


class PutStageBack(StageMove):
    """Offer a stage again."""

    step = Move(
        "restore",
        PUT_BACK,
        "archive-restore",
        gettext_lazy("Put this stage back?"),
        gettext_lazy("Deals can be in it again, at its place."),
        "primary",
        done=gettext_lazy("The stage is offered again."),
    )

    def take(self, pk: "UUID") -> object:
        """Offer it again."""
        return services.restore_stage(stage_id=pk, by=self.viewer, at=self.at)
