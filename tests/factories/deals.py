"""Products and deals, entered through the services."""

from decimal import Decimal
from typing import Any

import factory

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.deals.models import Deal, Product
from tenant_apps.deals.services import (
    NewDeal,
    NewLine,
    NewProduct,
    NewSplit,
    create_deal,
    create_product,
)
from tests.cast import person_named
from tests.factories.clients import ClientFactory


class ProductFactory(factory.Factory[Product]):
    """A product at 100.00 USD."""

    class Meta:
        model = Product

    name = factory.Sequence(lambda n: f"Product {n:04}")
    list_price = Money.of("100.00", "USD")
    by = factory.LazyFunction(lambda: person_named("adam"))
    at = factory.LazyFunction(utc_now)

    @classmethod
    def _create(cls, model_class: type[Product], *_args: Any, **given: Any) -> Product:
        by, at = given.pop("by"), given.pop("at")
        return create_product(new=NewProduct(**given), by=by, at=at)


def line(amount: str = "1000.00", currency: str = "USD", **given: Any) -> NewLine:
    """Return a line of one thing at this price."""
    given.setdefault("description", "Website")
    given.setdefault("quantity", Decimal(1))
    return NewLine(unit_price=Money.of(amount, currency), **given)


def split(*shares: tuple[Any, str]) -> tuple[NewSplit, ...]:
    """Return shares of people: split((sam, "70"), (suki, "30"))."""
    return tuple(NewSplit(payee_id=who.pk, share_percent=Decimal(share)) for who, share in shares)


class DealFactory(factory.Factory[Deal]):
    """An open deal of `by` (Sam unless said) over 1,000.00 USD, all his credit."""

    class Meta:
        model = Deal

    name = factory.Sequence(lambda n: f"Deal {n:04}")
    by = factory.LazyFunction(lambda: person_named("sam"))
    at = factory.LazyFunction(utc_now)
    client = factory.LazyAttribute(lambda new: ClientFactory(by=new.by, at=new.at).pk)
    status = "open"
    lines = factory.LazyFunction(lambda: (line(),))

    @classmethod
    def _create(cls, model_class: type[Deal], *_args: Any, **given: Any) -> Deal:
        by, at = given.pop("by"), given.pop("at")
        client = given.pop("client")
        return create_deal(new=NewDeal(client=getattr(client, "pk", client), **given), by=by, at=at)


class WonDealFactory(DealFactory):
    """The same, won."""

    status = "won"
