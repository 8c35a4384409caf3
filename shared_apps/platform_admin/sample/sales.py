"""The steps of clients and deals."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from shared_apps.kernel.money import Money, allocate, total
from shared_apps.platform_admin.sample import words
from shared_apps.platform_admin.sample.plan import PlannedClient, PlannedDeal, PlannedLine
from shared_apps.platform_admin.sample.scene import Account, Scene, Step
from tenant_apps.clients.services import NewClient, create_client
from tenant_apps.deals.services import (
    NewDeal,
    NewInstalment,
    NewLine,
    NewProduct,
    NewSplit,
    cancel_deal,
    create_deal,
    create_product,
    lose_deal,
    win_deal,
)
from tenant_apps.deals.terms import price_line


class Sales:
    """Enters products, clients and deals, and brings the deals to their end."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def steps(self) -> Iterator[Step]:
        """Return what there is to do, in no order."""
        history = self.scene.history
        yield Step(history.starts_at, 0, 0, self._enter_products)
        for client in history.clients:
            yield Step(client.at, 1, client.number, partial(self._enter_client, client))
        for deal in history.deals:
            yield from self._steps_of(deal)

    def _steps_of(self, deal: PlannedDeal) -> Iterator[Step]:
        courses: dict[str, Callable[[PlannedDeal, datetime], object]] = {
            "won": self._win,
            "lost": self._lose,
            "cancelled": self._win_and_cancel,
        }
        yield Step(deal.at, 2, deal.number, partial(self._enter_deal, deal))
        if deal.path in courses:
            yield Step(deal.settled_at, 3, deal.number, partial(courses[deal.path], deal))

    def _enter_products(self, at: datetime) -> None:
        for name, series, price in words.PRODUCTS:
            money = Money.of(price, self.scene.profile.currency)
            new = NewProduct(name=name, series=series, list_price=money)
            product = create_product(new=new, by=self.scene.cast.first("admin"), at=at)
            self.scene.products.append(product)

    def _enter_client(self, planned: PlannedClient, at: datetime) -> None:
        home = self.scene.profile.billing_address
        new = NewClient(
            name=planned.name,
            legal_name=f"{planned.name} Ltd",
            billing_address={**home, "line1": planned.street} if planned.is_complete else {},
            email=f"accounts@{planned.name.lower().replace(' ', '.')}.example",
            status="active",
            is_another=True,
        )
        seller = self.scene.seller(planned.owner)
        self.scene.clients[planned.number] = create_client(new=new, by=seller, at=at)

    def _enter_deal(self, planned: PlannedDeal, at: datetime) -> None:
        lines = tuple(self._line(line, planned.currency) for line in planned.lines)
        price = total((price_line(line).gross for line in lines), currency=planned.currency)
        new = NewDeal(
            name=planned.name,
            client=self.scene.clients[planned.client].pk,
            status="draft" if planned.path == "draft" else "open",
            currency=planned.currency,
            lines=lines,
            splits=self._splits(planned),
            instalments=_instalments(planned, price, at),
            source=planned.source,
            expected_close_on=planned.settled_at.date(),
        )
        deal = create_deal(new=new, by=self.scene.seller(planned.seller), at=at)
        self.scene.accounts[planned.number] = Account(deal, price, price)

    def _line(self, planned: PlannedLine, currency: str) -> NewLine:
        product = self.scene.products[planned.product]
        return NewLine(
            product_id=product.pk,
            description=product.name,
            quantity=Decimal(planned.quantity),
            unit_price=Money.rounded(product.list_price, currency),
            discount_percent=Decimal(planned.discount_percent),
            tax_rate_percent=Decimal(planned.tax_rate_percent),
        )

    def _splits(self, planned: PlannedDeal) -> tuple[NewSplit, ...]:
        seller, partner = self.scene.seller(planned.seller), self.scene.seller(planned.partner)
        share = Decimal(planned.partner_share_percent)
        own = NewSplit(payee_id=seller.pk, share_percent=100 - share)
        return (own, NewSplit(payee_id=partner.pk, share_percent=share)) if share else (own,)

    def _win(self, planned: PlannedDeal, at: datetime) -> None:
        deal = self.scene.accounts[planned.number].deal
        win_deal(deal_id=deal.pk, by=self.scene.seller(planned.seller), at=at)

    def _lose(self, planned: PlannedDeal, at: datetime) -> None:
        deal, seller = self.scene.accounts[planned.number].deal, self.scene.seller(planned.seller)
        lose_deal(deal_id=deal.pk, reason=planned.lost_reason, by=seller, at=at)

    def _win_and_cancel(self, planned: PlannedDeal, at: datetime) -> None:
        self._win(planned, at)
        deal, seller = self.scene.accounts[planned.number].deal, self.scene.seller(planned.seller)
        cancel_deal(deal_id=deal.pk, reason="The client withdrew the order.", by=seller, at=at)


def _instalments(planned: PlannedDeal, price: Money, at: datetime) -> tuple[NewInstalment, ...]:
    """Divide the price into equal parts, the first due in two weeks, then one each month."""
    parts = allocate(price, weights=[1] * planned.instalments)
    first = at.date() + timedelta(days=14)
    return tuple(
        NewInstalment(due_on=first + timedelta(days=30 * index), amount=part)
        for index, part in enumerate(parts)
    )
