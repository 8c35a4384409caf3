"""Products and stages are put away and back."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
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
    find: ClassVar[Callable[["UUID"], "Product | Stage"]]
    take: ClassVar[Callable[..., object]]
    subject: ClassVar[str]

    def get(self, _request: HttpRequest, row: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        return self._ask(row, Form())

    def post(self, _request: HttpRequest, row: str) -> HttpResponseBase:
        """Take the step, or say why not."""
        form = Form()
        given: dict[str, Any] = {self.subject: parse_id(row), "by": self.viewer, "at": self.at}
        if attempt(form, lambda: (type(self).take(**given),)) is None:
            return self._ask(row, form, status=form.status)
        return self.go(reverse(self.back), _("Done: %(step)s.") % {"step": self.step.label})

    def _ask(self, row: str, form: Form, status: int = 200) -> HttpResponseBase:
        found = type(self).find(parse_id(row))
        about, back = About(found.name, ""), reverse(self.back)
        context = {"step": self.step, "form": form, "back": back, "about": about}
        return self.show("move.html", status=status, **context)


class ProductMove(CatalogMove):
    """A step with a product."""

    back = "portal:products"
    subject = "product_id"
    find = staticmethod(lambda pk: selectors.get_product(product_id=pk))


class PutProductAway(ProductMove):
    """Offer a product no more."""

    step = Move(
        "archive",
        PUT_AWAY,
        "archive",
        gettext_lazy("Put this product away?"),
        gettext_lazy("New lines no longer offer it. The deals that have it keep it."),
        "danger",
    )
    take = staticmethod(services.archive_product)


class PutProductBack(ProductMove):
    """Offer a product again."""

    step = Move(
        "restore",
        PUT_BACK,
        "archive-restore",
        gettext_lazy("Put this product back?"),
        gettext_lazy("The lines of deals offer it again."),
        "primary",
    )
    take = staticmethod(services.restore_product)


class StageMove(CatalogMove):
    """A step with a stage."""

    back = "portal:stages"
    subject = "stage_id"
    find = staticmethod(lambda pk: selectors.get_stage(stage_id=pk))


class PutStageAway(StageMove):
    """Offer a stage no more."""

    step = Move(
        "archive",
        PUT_AWAY,
        "archive",
        gettext_lazy("Put this stage away?"),
        gettext_lazy("No further deal can enter it. The deals that are in it stay there."),
        "danger",
    )
    take = staticmethod(services.archive_stage)


class PutStageBack(StageMove):
    """Offer a stage again."""

    step = Move(
        "restore",
        PUT_BACK,
        "archive-restore",
        gettext_lazy("Put this stage back?"),
        gettext_lazy("Deals can be in it again, at its place."),
        "primary",
    )
    take = staticmethod(services.restore_stage)
