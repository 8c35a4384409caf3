"""Stored applications of money, read back in bulk with their events and terms."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from shared_apps.audit.selectors import EventFilters, list_events
from shared_apps.kernel.money import Money, total
from tenant_apps.commissions.explanation import CollectedFacts
from tenant_apps.commissions.models import CollectedCredit, CommissionLine
from tenant_apps.deals.reporting import VersionAmounts, version_amounts
from tenant_apps.payments.events import APPLICATIONS

T = TypeVar("T")

CHUNK = 500
NO_EVENT: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Application:
    """What one PaymentApplied event says, the deal's terms at it, and the credits it left.

    `payload` is empty when the log has no such event.
    """

    payload: dict[str, str]
    credits: Sequence[CollectedCredit]
    amounts: VersionAmounts

    @property
    def deal_id(self) -> UUID:
        """Return the deal that took the money."""
        return self.credits[0].deal_id

    @property
    def currency(self) -> str:
        """Return the currency of the credits."""
        return self.credits[0].currency

    @property
    def applied(self) -> Money:
        """Return what the event applied, gross; nothing when there is no such event."""
        amount, currency = self.payload.get("amount", "0"), self.payload.get("currency")
        return Money.of(amount, currency or self.currency)

    def credit_of(self, payee_id: UUID) -> CollectedCredit:
        """Return the payee's credit."""
        return next(credit for credit in self.credits if credit.payee_id == payee_id)

    def facts(self, *, seq: int, applied_before: Money, net_before: Money) -> CollectedFacts:
        """Return what the application did to its deal as the deal's `seq`-th."""
        first = self.credits[0]
        return CollectedFacts(
            event_id=first.event_id,
            deal_id=first.deal_id,
            deal_version_id=first.deal_version_id,
            applied_before=applied_before,
            applied=self.applied,
            deal_net=self.amounts.net,
            deal_total=self.amounts.total,
            net_before=net_before,
            deal_seq=seq,
            shares=tuple(credit.share_percent for credit in self.credits),
        )

    def stored_facts(self) -> CollectedFacts:
        """Return the same as the stored credits tell it."""
        first = self.credits[0]
        credited = total((credit.money for credit in self.credits), currency=self.currency)
        return self.facts(
            seq=first.deal_seq,
            applied_before=first.applied_after_money - self.applied,
            net_before=first.net_after_money - credited,
        )

    def expected_record(
        self, seq: int, *, applied_after: Money, net_after: Money
    ) -> dict[str, object]:
        """Return what each credit of the event has to say beside its base."""
        return {
            "payment": self.payload.get("payment_id"),
            "deal": self.payload.get("deal_id"),
            "deal_seq": seq,
            "commission_on": self.payload.get("commission_day"),
            "applied_after": applied_after.as_json(),
            "net_after": net_after.as_json(),
        }


def read_applications(rows: QuerySet[CollectedCredit]) -> Iterator[Application]:
    """Yield the applications of credits that come event by event, a few queries per CHUNK."""
    by_event = groupby(rows.iterator(chunk_size=CHUNK), key=attrgetter("event_id"))
    for groups in _chunks(list(group) for _, group in by_event):
        yield from _join(groups)


def with_applications(
    lines: QuerySet[CommissionLine],
) -> Iterator[tuple[CommissionLine, Application]]:
    """Yield each line with the application that is its source."""
    for chunk in _chunks(lines.iterator(chunk_size=CHUNK)):
        events = {line.event_id for line in chunk}
        rows = CollectedCredit.objects.filter(event_id__in=events)
        in_order = rows.order_by("event_id", "position", "pk")
        by_event = {
            application.credits[0].event_id: application
            for application in read_applications(in_order)
        }
        for line in chunk:
            yield line, by_event[line.event_id]


def _join(groups: Sequence[Sequence[CollectedCredit]]) -> Iterator[Application]:
    payloads = _payloads(group[0].event_id for group in groups)
    amounts = version_amounts(group[0].deal_version_id for group in groups)
    for group in groups:
        payload = payloads.get(group[0].event_id, NO_EVENT)
        yield Application(payload, group, amounts[group[0].deal_version_id])


def _payloads(event_ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    events = list_events(EventFilters()).filter(name__in=APPLICATIONS, pk__in=list(event_ids))
    found = events.values_list("pk", "payload")
    return dict(found)


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
