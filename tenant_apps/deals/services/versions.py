"""Write the rows of a version, and read a version's terms back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_noop

from shared_apps.kernel.errors import FieldProblem, Gathering
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.models import money_of
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import organization_settings
from tenant_apps.deals.models import (
    Deal,
    DealLine,
    DealVersion,
    Instalment,
    Product,
)
from tenant_apps.deals.selectors import TaxTable, products_by_id
from tenant_apps.deals.terms import (
    InvalidTerms,
    NewInstalment,
    NewLine,
    NewTerms,
    Terms,
    build_terms,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

PUT_AWAY = gettext_noop("This product was put away; choose another one.")


def check_terms(
    new: NewTerms,
    *,
    deal_on: date,
    parts_before: Sequence[NewInstalment] = (),
    products: Mapping[UUID, Product] | None = None,
) -> Terms:
    """Return the terms priced and checked, with descriptions from the catalog where left out.

    Lines with a tax code get the rate of the day on which they are supplied, by default the deal's.
    `products` are those of the lines, when the caller has read them already. Raises: InvalidTerms.
    """
    known = products_of(new.lines) if products is None else products
    together = Gathering()
    described = _described(new.lines, known, together)
    lines = _taxed(described, deal_on, together)
    due_on = deal_on + timedelta(days=organization_settings().payment_terms_days)
    # what a line with a wrong tax comes to says nothing about the instalments
    parts = () if together.has_found else new.instalments
    with together.part():
        priced = replace(new, lines=lines, instalments=parts)
        terms = build_terms(priced, due_on=due_on, parts_before=parts_before)
    together.refuse()
    return terms


def products_of(lines: Iterable[NewLine]) -> dict[UUID, Product]:
    """Return the products of the lines by id."""
    wanted = {line.product_id for line in lines if line.product_id}
    return products_by_id(wanted) if wanted else {}


def refuse_archived(
    lines: Iterable[NewLine], products: Mapping[UUID, Product], *, kept: Collection[UUID] = ()
) -> None:
    """Refuse products that are not offered any more, but for those `kept`. Raises: InvalidTerms."""
    away = [
        f"/lines/{index}/product"
        for index, line in enumerate(lines)
        if (product := products.get(line.product_id) if line.product_id else None)
        and product.is_archived
        and product.pk not in kept
    ]
    if away:
        raise InvalidTerms(problems=[FieldProblem(each, "invalid", PUT_AWAY) for each in away])


def _described(
    lines: tuple[NewLine, ...], products: Mapping[UUID, Product], together: Gathering
) -> tuple[NewLine, ...]:
    described = list(lines)
    for index, line in enumerate(lines):
        with together.part(f"/lines/{index}"):
            described[index] = _described_line(line, products)
    return tuple(described)


def _described_line(line: NewLine, products: Mapping[UUID, Product]) -> NewLine:
    product = products.get(line.product_id) if line.product_id else None
    if line.product_id and product is None:
        raise InvalidTerms.at("/product", "There is no such product.")
    description = line.description or (product.name if product else "")
    if not description:
        raise InvalidTerms.at("/description", "Say what is sold.")
    return replace(line, description=description)


def _taxed(lines: tuple[NewLine, ...], deal_on: date, together: Gathering) -> tuple[NewLine, ...]:
    """Return the lines with rate and reason of their day of supply where they name a tax."""
    codes = {line.tax_code for line in lines if line.tax_code}
    table, taxed = TaxTable.of(codes) if codes else None, list(lines)
    for index, line in enumerate(lines):
        with together.part(f"/lines/{index}"):
            if table and line.tax_code:
                taxed[index] = _taxed_line(line, table, line.supplied_on or deal_on)
    return tuple(taxed)


def _taxed_line(line: NewLine, table: TaxTable, day: date) -> NewLine:
    rate = table.rate_on(day, code=line.tax_code)
    if rate is None:
        message = worded(
            "There is no tax %(code)s on %(day)s; enter its rate first.",
            code=line.tax_code,
            day=day,
        )
        raise InvalidTerms.at("/tax_code", message)
    if line.tax_rate_percent not in {Decimal(0), rate.rate_percent}:
        message = worded(
            "%(code)s is %(rate)s%% on %(day)s.",
            code=line.tax_code,
            rate=rate.rate_percent.normalize(),
            day=day,
        )
        raise InvalidTerms.at("/tax_rate_percent", message)
    return replace(line, tax_rate_percent=rate.rate_percent, tax_reason=rate.reason)


def new_version(deal: Deal, terms: Terms, *, number: int, by: "User") -> DealVersion:
    """Return a version of the deal, not saved yet: the deal's row may have to go first."""
    return DealVersion(
        id=uuid7(),
        deal_id=deal.pk,
        number=number,
        currency=terms.currency,
        net=terms.net.amount,
        tax=terms.tax.amount,
        total=terms.total.amount,
        prices_include_tax=terms.prices_include_tax,
        terms=terms.text,
        is_estimate=terms.is_estimate,
        content_hash=terms.content_hash,
        created_by_id=by.pk,
    )


def insert_version(version: DealVersion, terms: Terms) -> None:
    """Write a version with its lines and instalments: three statements at most."""
    insert_versions([(version, terms)])


def insert_versions(versions: Sequence[tuple[DealVersion, Terms]]) -> None:
    """Write versions with their lines and instalments: three statements for all of them."""
    DealVersion.objects.bulk_create(version for version, _ in versions)
    DealLine.objects.bulk_create(
        line for version, terms in versions for line in _line_rows(version, terms)
    )
    Instalment.objects.bulk_create(
        part for version, terms in versions for part in _instalment_rows(version, terms)
    )


def _line_rows(version: DealVersion, terms: Terms) -> list[DealLine]:
    return [
        DealLine(
            version=version,
            position=position,
            product_id=priced.line.product_id,
            description=priced.line.description,
            quantity=priced.line.quantity,
            unit_price=priced.line.unit_price.amount,
            discount_percent=priced.line.discount_percent,
            tax_rate_percent=priced.line.tax_rate_percent,
            tax_code=priced.line.tax_code,
            tax_reason=priced.line.tax_reason,
            supplied_on=priced.line.supplied_on,
            net=priced.net.amount,
            tax=priced.tax.amount,
            gross=priced.gross.amount,
        )
        for position, priced in enumerate(terms.lines, start=1)
    ]


def _instalment_rows(version: DealVersion, terms: Terms) -> list[Instalment]:
    return [
        Instalment(
            version=version,
            position=position,
            due_on=part.due_on,
            amount=part.amount.amount,
            kind=part.kind,
        )
        for position, part in enumerate(terms.instalments, start=1)
    ]


def parts_of(version: DealVersion) -> list[NewInstalment]:
    """Return the instalments of a version as new ones."""
    return [
        NewInstalment(
            due_on=part.due_on, amount=money_of(part.amount, version.currency), kind=part.kind
        )
        for part in version.instalments.order_by("position")
    ]


def lines_of(version: DealVersion) -> tuple[NewLine, ...]:
    """Return the lines of a version as new ones; those with a tax code are taxed anew."""
    return tuple(
        NewLine(
            quantity=line.quantity,
            unit_price=money_of(line.unit_price, version.currency),
            description=line.description,
            discount_percent=line.discount_percent,
            tax_rate_percent=Decimal(0) if line.tax_code else line.tax_rate_percent,
            tax_code=line.tax_code,
            tax_reason="" if line.tax_code else line.tax_reason,
            supplied_on=line.supplied_on,
            product_id=line.product_id,
        )
        for line in version.lines.order_by("position")
    )
