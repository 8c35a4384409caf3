"""The proof that a series of papers has no gap."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Sum

from shared_apps.kernel.errors import PermissionRefused
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.access.scopes import scope_of
from tenant_apps.invoices.certificate import ChainLink, chain_hash
from tenant_apps.invoices.models import CreditNote, Invoice, Series, SeriesType, Status
from tenant_apps.invoices.selectors.lists import VIEW

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """The proof that a series has no gap: recompute the chain from the invoices to check it."""

    series_type: str
    year: int
    first_number: int
    next_number: int
    count: int
    is_gapless: bool
    first: str | None
    last: str | None
    totals: tuple[Money, ...]
    chain_hash: str


def series_certificate(*, series_type: str, year: int, viewer: "User") -> Certificate:
    """Return the certificate of one series, to whoever sees all of its invoices.

    Raises: PermissionRefused, Series.DoesNotExist.
    """
    if scope_of(viewer, VIEW).user_ids is not None:
        raise PermissionRefused
    series = Series.objects.get(series_type=series_type, year=year)
    papers = _papers(series_type).filter(series_type=series_type, year=year)
    sequences = list(papers.order_by("sequence", "pk").values_list("sequence", flat=True))
    links = list(_links(papers))
    return Certificate(
        series_type=series_type,
        year=year,
        first_number=series.first_number,
        next_number=series.next_number,
        count=len(links),
        is_gapless=sequences == list(range(series.first_number, series.next_number)),
        first=links[0].number if links else None,
        last=links[-1].number if links else None,
        totals=_totals(papers),
        chain_hash=chain_hash(links),
    )


def _papers(series_type: str) -> "QuerySet[Any]":
    if series_type == SeriesType.CREDIT_NOTE:
        return CreditNote.objects.all()
    return Invoice.objects.filter(status=Status.ISSUED)


def _links(papers: "QuerySet[Any]") -> Iterator[ChainLink]:
    rows = papers.order_by("sequence", "pk").values_list("number", "content_hash")
    return (ChainLink(str(number), content_hash) for number, content_hash in rows.iterator())


def _totals(papers: "QuerySet[Any]") -> tuple[Money, ...]:
    sums = papers.values("currency").annotate(sum=Sum("total")).order_by("currency")
    return tuple(money_of(row["sum"], row["currency"]) for row in sums)
