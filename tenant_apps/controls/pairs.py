"""Who checked whom how often, and where checking has come to lie in one hand. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from tenant_apps.controls.checks import Checked
from tenant_apps.controls.duties import MEDIUM
from tenant_apps.controls.names import Names
from tenant_apps.controls.reports import Finding, Pair

# below these numbers a share says nothing yet
LEAST_CHECKS, LEAST_OF_PAIR = 10, 5
CHECKER_SHARE, PAIR_SHARE = Decimal(75), Decimal(90)


@dataclass
class _Sum:
    """What one checker checked of one maker."""

    count: int = 0
    approvals: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    last_at: datetime | None = None

    def add(self, checked: Checked) -> None:
        """Add a row."""
        self.count += checked.count
        self.approvals += checked.approvals
        self.by_kind[checked.kind] += checked.count
        self.last_at = max(self.last_at or checked.last_at, checked.last_at)


def find_pairs(checks: Iterable[Checked], *, names: Names) -> list[Pair]:
    """Return the pairs of maker and checker, the most frequent first.

    What two people made together counts for each of them.
    """
    sums: dict[tuple[UUID, UUID], _Sum] = defaultdict(_Sum)
    of_maker: Counter[UUID] = Counter()
    for checked in checks:
        for maker in checked.makers:
            sums[maker, checked.checker].add(checked)
            of_maker[maker] += checked.count
    pairs = (
        Pair(
            maker=names.of(maker),
            checker=names.of(checker),
            count=summed.count,
            approvals=summed.approvals,
            refusals=summed.count - summed.approvals,
            share_percent=percent_of(summed.count, of_maker[maker]),
            by_kind=dict(summed.by_kind),
            last_at=summed.last_at,
        )
        for (maker, checker), summed in sums.items()
        if summed.last_at is not None
    )
    return sorted(pairs, key=lambda pair: (-pair.count, pair.maker.id, pair.checker.id))


def find_concentrations(checks: Iterable[Checked], pairs: Iterable[Pair]) -> Iterator[Finding]:
    """Yield who checks most of everything of a kind, and whose work one person checks alone."""
    yield from _of_checkers(list(checks), {pair.checker.id: pair for pair in pairs})
    for pair in pairs:
        if pair.count >= LEAST_OF_PAIR and pair.share_percent >= PAIR_SHARE:
            yield Finding(
                code="pair_concentration",
                risk=MEDIUM,
                person=pair.checker,
                other=pair.maker,
                kind=next(iter(pair.by_kind), ""),
                count=pair.count,
                share_percent=pair.share_percent,
                at=pair.last_at,
            )


def percent_of(part: int, whole: int) -> Decimal:
    """Return a part of a whole in per cent with one digit; zero of nothing."""
    if not whole:
        return Decimal(0)
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"))


def _of_checkers(checks: list[Checked], seen: dict[UUID, Pair]) -> Iterator[Finding]:
    totals: Counter[str] = Counter()
    sums: dict[tuple[str, UUID], _Sum] = defaultdict(_Sum)
    for checked in checks:
        totals[checked.kind] += checked.count
        sums[checked.kind, checked.checker].add(checked)
    for (kind, checker), summed in sorted(sums.items(), key=lambda item: item[0]):
        share = percent_of(summed.count, totals[kind])
        if totals[kind] >= LEAST_CHECKS and share >= CHECKER_SHARE and summed.last_at:
            yield Finding(
                code="checker_concentration",
                risk=MEDIUM,
                person=seen[checker].checker,
                kind=kind,
                count=summed.count,
                share_percent=share,
                at=summed.last_at,
            )
