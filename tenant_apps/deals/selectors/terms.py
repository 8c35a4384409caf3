"""A deal's current terms and credit as plain values, for the apps above."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.deals.models import Deal, DealVersion, SalesCreditSplit


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalmentTerms:
    """A part of the price and the day it is due."""

    id: UUID
    position: int
    due_on: date
    amount: Money
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LineTerms:
    """A line as sold."""

    id: UUID
    description: str
    quantity: Decimal
    unit_price: Money
    discount_percent: Decimal
    tax_rate_percent: Decimal
    tax_reason: str
    supplied_on: date | None
    net: Money
    tax: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class DealTerms:
    """A deal with its current terms, as plain values."""

    deal_id: UUID
    code: str
    name: str
    client_id: UUID
    owner_id: UUID
    currency: str
    status: str
    is_archived: bool
    deal_on: date
    won_at: datetime | None
    version_id: UUID
    version_number: int
    prices_include_tax: bool
    net: Money
    tax: Money
    total: Money
    instalments: tuple[InstalmentTerms, ...]
    lines: tuple[LineTerms, ...]

    @property
    def days_of_supply(self) -> tuple[date, ...]:
        """Return when each line is supplied: on its own day, or on the deal's."""
        return tuple(line.supplied_on or self.deal_on for line in self.lines)


def deal_terms(deal_id: UUID) -> DealTerms:
    """Return the deal with its current terms; locks nothing. Raises: Deal.DoesNotExist."""
    deal = Deal.objects.select_related("current_version").get(pk=deal_id)
    version = deal.current_version
    return DealTerms(
        deal_id=deal.pk,
        code=deal.code,
        name=deal.name,
        client_id=deal.client_id,
        owner_id=deal.owner_id,
        currency=version.currency,
        status=deal.status,
        is_archived=deal.is_archived,
        deal_on=deal.deal_on,
        won_at=deal.won_at,
        version_id=version.pk,
        version_number=version.number,
        prices_include_tax=version.prices_include_tax,
        net=money_of(version.net, version.currency),
        tax=money_of(version.tax, version.currency),
        total=money_of(version.total, version.currency),
        instalments=_instalment_terms(version),
        lines=_line_terms(version),
    )


def _instalment_terms(version: DealVersion) -> tuple[InstalmentTerms, ...]:
    return tuple(
        InstalmentTerms(
            id=part.pk,
            position=part.position,
            due_on=part.due_on,
            amount=money_of(part.amount, version.currency),
            kind=part.kind,
        )
        for part in version.instalments.order_by("position")
    )


def _line_terms(version: DealVersion) -> tuple[LineTerms, ...]:
    return tuple(
        LineTerms(
            id=line.pk,
            description=line.description,
            quantity=line.quantity,
            unit_price=money_of(line.unit_price, version.currency),
            discount_percent=line.discount_percent,
            tax_rate_percent=line.tax_rate_percent,
            tax_reason=line.tax_reason,
            supplied_on=line.supplied_on,
            net=money_of(line.net, version.currency),
            tax=money_of(line.tax, version.currency),
        )
        for line in version.lines.order_by("position")
    )


@dataclass(frozen=True, slots=True)
class CreditedShare:
    """A person's share of a deal's credit."""

    user_id: UUID
    share_percent: Decimal


def credited_shares(deal_id: UUID, *, on: date) -> tuple[CreditedShare, ...]:
    """Return who is credited on a day, in a fixed order; the shares total 100 %."""
    splits = splits_on(on).filter(deal_id=deal_id)
    pairs = splits.order_by("pk").values_list("payee_id", "share_percent")
    return tuple(CreditedShare(payee_id, share) for payee_id, share in pairs)


def credited_people(deal_id: UUID, *, since: date) -> frozenset[UUID]:
    """Return who is credited on a day or will be on a later one: whoever gains by the deal."""
    splits = SalesCreditSplit.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=since), deal_id=deal_id
    )
    return frozenset(splits.order_by().values_list("payee_id", flat=True))


def splits_on(day: date) -> QuerySet[SalesCreditSplit]:
    """Return the shares of every deal that are valid on a day."""
    return SalesCreditSplit.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day)
    )


def list_splits(*, deal_id: UUID) -> QuerySet[SalesCreditSplit]:
    """Return the shares of a deal on all days, those of the earliest days first."""
    splits = SalesCreditSplit.objects.filter(deal_id=deal_id).select_related("payee")
    return splits.order_by(F("valid_from").asc(nulls_first=True), "pk")
