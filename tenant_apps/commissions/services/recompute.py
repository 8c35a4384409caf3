"""The proof: every credit and every line again, from the stored events and plan values."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db import connection, transaction

from shared_apps.audit.selectors import EventFilters, list_events
from shared_apps.kernel.money import Money
from tenant_apps.commissions.calculation import credited_parts, net_collected
from tenant_apps.commissions.explanation import canonical_json
from tenant_apps.commissions.models import CollectedCredit, CommissionLine, LadderHead
from tenant_apps.commissions.selectors import PayableComponent
from tenant_apps.commissions.services.accrual import Claim, next_line
from tenant_apps.commissions.services.applications import (
    Application,
    read_applications,
    with_applications,
)
from tenant_apps.payments.events import APPLICATIONS

Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A stored row that the events do not give, or an event that left no row."""

    kind: str
    id: UUID
    expected: str
    stored: str


@dataclass(kw_only=True)
class Recomputation:
    """What was computed again, and what came out differently."""

    events: int = 0
    credits: int = 0
    lines: int = 0
    ladders: int = 0
    differences: list[Difference] = field(default_factory=list)

    def compare(self, kind: str, row_id: UUID, *, expected: object, stored: object) -> None:
        """Note a difference when the two are not the same bytes."""
        expected_text, stored_text = canonical_json(expected), canonical_json(stored)
        if expected_text != stored_text:
            self.differences.append(
                Difference(kind=kind, id=row_id, expected=expected_text, stored=stored_text)
            )


@contextmanager
def read_consistently() -> Iterator[None]:
    """Read one state of the database throughout; inside a transaction of the caller's, theirs."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def recompute_all(*, advance: Advance = lambda _: None) -> Recomputation:
    """Compute every credit and every line anew and compare them byte for byte (rule M12).

    Reads everything and writes nothing; memory does not grow with the number of lines. `advance`
    is told how many lines were done.
    """
    result = Recomputation()
    _check_events(result)
    in_deals = CollectedCredit.objects.order_by("deal_id", "deal_seq", "position", "pk")
    for _, applications in groupby(read_applications(in_deals), key=attrgetter("deal_id")):
        _check_deal(applications, result)
    lines = CommissionLine.objects.select_related("component", "plan_version", "ladder_head")
    in_order = lines.order_by("ladder_head_id", "ladder_seq", "pk")
    by_ladder = groupby(with_applications(in_order), key=lambda pair: pair[0].ladder_head_id)
    for _, pairs in by_ladder:
        _check_ladder(pairs, result, advance)
    return result


def _check_events(result: Recomputation) -> None:
    """Every application of money must have been credited to somebody."""
    events = list_events(EventFilters()).filter(name__in=APPLICATIONS)
    result.events = events.count()
    for event in events.exclude(pk__in=CollectedCredit.objects.values("event_id")):
        result.compare("event", event.pk, expected=event.payload, stored=None)


def _check_deal(applications: Iterator[Application], result: Recomputation) -> None:
    """Compare the credits of one deal with the fold of its events."""
    applied = net = None
    for seq, application in enumerate(applications, start=1):
        nothing = Money.zero(application.currency)
        facts = application.facts(
            seq=seq, applied_before=applied or nothing, net_before=net or nothing
        )
        applied = facts.applied_before + facts.applied
        net = net_collected(applied=applied, net=facts.deal_net, total=facts.deal_total)
        parts = credited_parts(before=facts.net_before, after=net, shares=facts.shares)
        for credit, part in zip(application.credits, parts, strict=True):
            expected = application.expected_record(seq, applied_after=applied, net_after=net)
            expected["base"] = part.as_json()
            result.compare("credit", credit.pk, expected=expected, stored=_credit_record(credit))
            result.credits += 1


def _check_ladder(
    pairs: Iterator[tuple[CommissionLine, Application]], result: Recomputation, advance: Advance
) -> None:
    """Take the sources of one ladder again, in its order, and compare lines and head."""
    again = stored = None
    for line, application in pairs:
        stored = line.ladder_head
        again = again or _empty_head(stored)
        payable = PayableComponent(line.payee_id, line.component)
        claim = Claim(application.credit_of(line.payee_id), payable)
        expected = next_line(again, claim, application.stored_facts())
        result.compare("line", line.pk, expected=line_record(expected), stored=line_record(line))
        result.lines += 1
        advance(1)
    if again and stored:
        expected_head, stored_head = _head_record(again), _head_record(stored)
        result.compare("ladder", stored.pk, expected=expected_head, stored=stored_head)
        result.ladders += 1


def line_record(line: CommissionLine) -> dict[str, object]:
    """Return what a line says, as plain JSON without its id, its time of writing and its status."""
    return {
        "payee": str(line.payee_id),
        "component": str(line.component_id),
        "plan_version": str(line.plan_version_id),
        "ladder_head": str(line.ladder_head_id),
        "ladder_seq": line.ladder_seq,
        "deal": str(line.deal_id),
        "payment": str(line.payment_id),
        "event": str(line.event_id),
        "period": line.period,
        "commission_on": line.commission_on.isoformat(),
        "share_percent": f"{line.share_percent:.6f}",
        "base": line.base_money.as_json(),
        "amount": line.money.as_json(),
        "explanation": line.explanation,
    }


def _credit_record(credit: CollectedCredit) -> dict[str, object]:
    return {
        "payment": str(credit.payment_id),
        "deal": str(credit.deal_id),
        "deal_seq": credit.deal_seq,
        "commission_on": credit.commission_on.isoformat(),
        "applied_after": credit.applied_after_money.as_json(),
        "net_after": credit.net_after_money.as_json(),
        "base": credit.money.as_json(),
    }


def _empty_head(stored: LadderHead) -> LadderHead:
    return LadderHead(
        pk=stored.pk,
        payee_id=stored.payee_id,
        component_id=stored.component_id,
        plan_version_id=stored.plan_version_id,
        period=stored.period,
        currency=stored.currency,
    )


def _head_record(head: LadderHead) -> dict[str, object]:
    return {
        "last_seq": head.last_seq,
        "base": head.base_money.as_json(),
        "accrued": head.accrued_money.as_json(),
    }
