"""What deals are made from: the products with their prices, and the stages of the pipeline."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.models import money_of
from shared_apps.tenancy.context import current_tenant
from shared_apps.web.references import parse_id
from tenant_apps.deals import selectors, services
from tenant_apps.deals.api.catalog import EDIT, VIEW, ProductIn, StageIn
from tenant_apps.portal.choices import currency_choices
from tenant_apps.portal.formatting import read_amount, type_amount, type_rate
from tenant_apps.portal.forms.form import Form, attempt, checked, money, read_form, without_blanks
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.views.settings import settings_tabs

if TYPE_CHECKING:
    from tenant_apps.deals.models import Product, Stage

CHANGE: Mapping[str, str | None] = {"get": EDIT, "post": EDIT}
Row = TypeVar("Row")


class Products(Page):
    """The products that are sold."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "settings"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show them by name."""
        search = request.GET.get("q", "").strip()[:200]
        return self.show(
            "settings/products.html",
            parts=settings_tabs(self, "products"),
            shown=page_of(
                selectors.list_products(search=search, include_archived=_is_all(request)), request
            ),
            is_all=_is_all(request),
            is_filtered=bool(search),
            may_change=self.may(EDIT) and self.is_writable,
        )


class Stages(Page):
    """The stages that a deal goes through."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "settings"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show them in order."""
        return self.show(
            "settings/stages.html",
            parts=settings_tabs(self, "stages"),
            shown=page_of(selectors.list_stages(include_archived=_is_all(request)), request),
            is_all=_is_all(request),
            may_change=self.may(EDIT) and self.is_writable,
        )


class NewRow(Page):
    """A form that enters a row of the catalog, once."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "settings"
    template: ClassVar[str]
    back: ClassVar[str]

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        return self._show(Form(typed=self.first()))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Enter what was typed."""
        form = read_form(request.POST)
        make = partial(self._make, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        return self._show(form, form.status) if to is None else self.go(to, self.said())

    def first(self) -> dict[str, Any]:
        """Return what stands in the form at first."""
        raise NotImplementedError

    def enter(self, form: Form) -> None:
        """Enter it."""
        raise NotImplementedError

    def said(self) -> str:
        """Return what is said once it is entered."""
        raise NotImplementedError

    def _make(self, form: Form) -> str:
        self.enter(form)
        return reverse(self.back)

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        currencies = currency_choices()
        return self.show(self.template, status=status, form=form, row=None, currencies=currencies)


class EditRow(Page, Generic[Row]):
    """A form that changes a row of the catalog."""

    permissions: ClassVar[Mapping[str, str | None]] = CHANGE
    room = "settings"
    template: ClassVar[str]
    back: ClassVar[str]

    def get(self, _request: HttpRequest, row: str) -> HttpResponseBase:
        """Show the row as it would be typed."""
        found = self.find(row)
        return self._show(found, self.typed(found))

    def post(self, request: HttpRequest, row: str) -> HttpResponseBase:
        """Keep what was changed."""
        found, form = self.find(row), read_form(request.POST)
        if attempt(form, partial(self.keep, found, form)) is None:
            return self._show(found, form, form.status)
        return self.go(reverse(self.back), _("The change is saved."))

    def find(self, reference: str) -> Row:
        """Return the row."""
        raise NotImplementedError

    def typed(self, row: Row) -> Form:
        """Return the row as a form."""
        raise NotImplementedError

    def keep(self, row: Row, form: Form) -> object:
        """Change the row."""
        raise NotImplementedError

    def _show(self, row: Row, form: Form, status: int = 200) -> HttpResponseBase:
        currencies = currency_choices()
        return self.show(self.template, status=status, form=form, row=row, currencies=currencies)


class NewProductPage(NewRow):
    """A product to sell."""

    template = "settings/product_form.html"
    back = "portal:products"

    def first(self) -> dict[str, Any]:
        """Return the organization's currency."""
        return {"currency": current_tenant().currency}

    def enter(self, form: Form) -> None:
        """Enter the product."""
        new = services.NewProduct(**checked(ProductIn, without_blanks(product_body(form))))
        services.create_product(new=new, by=self.viewer, at=self.at)

    def said(self) -> str:
        """Return where it is found from now on."""
        return _("The product stands in the lines of new deals.")


class EditProduct(EditRow["Product"]):
    """Another name or price; deals keep the price that they were made with."""

    template = "settings/product_form.html"
    back = "portal:products"

    def find(self, reference: str) -> "Product":
        """Return the product."""
        return selectors.get_product(product_id=parse_id(reference))

    def typed(self, row: "Product") -> Form:
        """Return the product as it would be typed."""
        price = money_of(row.list_price, row.currency)
        typed = {
            "name": row.name,
            "series": row.series,
            "list_price": type_amount(price.amount),
            "currency": row.currency,
            "external_id": row.external_id or "",
        }
        return Form(typed=typed, version=str(row.version))

    def keep(self, row: "Product", form: Form) -> object:
        """Change the product."""
        return services.update_product(
            product_id=row.pk,
            changes=checked(ProductIn, product_body(form)),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
        )


class NewStagePage(NewRow):
    """A stage of the pipeline."""

    template = "settings/stage_form.html"
    back = "portal:stages"

    def first(self) -> dict[str, Any]:
        """Return the place behind the last stage."""
        last = selectors.list_stages().last()
        return {"position": str(last.position + 1 if last else 1)}

    def enter(self, form: Form) -> None:
        """Enter the stage."""
        new = services.NewStage(**checked(StageIn, stage_body(form)))
        services.create_stage(new=new, by=self.viewer, at=self.at)

    def said(self) -> str:
        """Return where it is found from now on."""
        return _("Deals can be in this stage from now on.")


class EditStage(EditRow["Stage"]):
    """Another name, probability or place."""

    template = "settings/stage_form.html"
    back = "portal:stages"

    def find(self, reference: str) -> "Stage":
        """Return the stage."""
        return selectors.get_stage(stage_id=parse_id(reference))

    def typed(self, row: "Stage") -> Form:
        """Return the stage as it would be typed."""
        typed = {
            "name": row.name,
            "probability_percent": type_rate(row.probability_percent),
            "position": str(row.position),
        }
        return Form(typed=typed, version=str(row.version))

    def keep(self, row: "Stage", form: Form) -> object:
        """Change the stage."""
        return services.update_stage(
            stage_id=row.pk,
            changes=checked(StageIn, stage_body(form)),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
        )


def _is_all(request: HttpRequest) -> bool:
    """Return whether what was put away is asked for as well."""
    return request.GET.get("all") == "1"


def product_body(form: Form) -> dict[str, Any]:
    """Return a product as the API reads it."""
    body = {name: form.value(f"/{name}") for name in ("name", "series")}
    body["external_id"] = form.value("/external_id") or None
    price = read_amount(str(form.value("/list_price")))
    return body | {"list_price": money(price, str(form.value("/currency")))}


def stage_body(form: Form) -> dict[str, Any]:
    """Return a stage as the API reads it."""
    body = {name: form.value(f"/{name}") for name in ("name", "position")}
    return body | {"probability_percent": read_amount(str(form.value("/probability_percent")))}
