"""The entries of a period as a file that an accountant can check by itself.

Opening balances, every posting, closing balances, the turnover of each currency, and a last line
with the number of lines before it and their SHA-256. Opening + postings = closing, and debits =
credits. What is posted while the file is read may be missing from it, its sums fit what it has.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

from django.db.models import Q

from shared_apps.kernel.models import money_of
from shared_apps.kernel.spreadsheets import harmless
from tenant_apps.ledger.models import JournalEntry, Posting
from tenant_apps.ledger.selectors import trial_balance

COLUMNS = (
    "record",
    "entry",
    "kind",
    "posted_on",
    "occurred_at",
    "memo",
    "account",
    "currency",
    "debit",
    "credit",
    "client",
    "deal",
    "payment",
    "invoice",
)
# entries that are read at a time: the file never stands in memory as a whole
AT_ONCE = 500

Line = dict[str, str]
Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """The days of an export; both belong to it."""

    since: date
    until: date


@dataclass
class _Sums:
    """What was seen so far: the balance of each account, the turnover of each currency."""

    balances: dict[Key, Decimal] = field(default_factory=dict)
    debits: dict[str, Decimal] = field(default_factory=dict)
    credits: dict[str, Decimal] = field(default_factory=dict)

    def add(self, posting: Posting) -> None:
        """Add a posting."""
        currency = posting.currency
        key = (posting.account_id, currency)
        self.balances[key] = self.balances.get(key, Decimal(0)) + posting.debit - posting.credit
        self.debits[currency] = self.debits.get(currency, Decimal(0)) + posting.debit
        self.credits[currency] = self.credits.get(currency, Decimal(0)) + posting.credit


def export_csv(*, period: Period) -> Iterator[bytes]:
    """Yield a period as CSV, a line at a time: a head, then what the module says."""
    head = dict(zip(COLUMNS, COLUMNS, strict=True))
    return _with_check(chain([head], _lines(period)), _csv_line)


def export_json_lines(*, period: Period) -> Iterator[bytes]:
    """Yield a period as JSON lines: one object per line, of the fields that the line has."""
    return _with_check(_lines(period), _json_line)


def _lines(period: Period) -> Iterator[Line]:
    """Yield the lines of a period; the closing balances are the sums of what was yielded."""
    sums = _opening(period)
    yield from _balance_lines("opening", sums)
    for entry in _entries(period):
        for posting in entry.postings.all():
            sums.add(posting)
            yield _posting_line(entry, posting)
    yield from _balance_lines("closing", sums)
    for currency in sorted(sums.debits):
        turnover = (sums.debits[currency], sums.credits[currency])
        yield {"record": "turnover", "currency": currency, **_sides(turnover, currency)}


def _opening(period: Period) -> _Sums:
    rows = trial_balance(as_of=period.since - timedelta(days=1))
    net = {(row.account, row.debit.currency): (row.debit - row.credit).amount for row in rows}
    return _Sums(balances=net)


def _entries(period: Period) -> Iterator[JournalEntry]:
    """Yield the entries in order of day and id, read in portions that end a query each."""
    entries = JournalEntry.objects.filter(
        posted_on__gte=period.since, posted_on__lte=period.until
    ).prefetch_related("postings")
    portion = list(entries.order_by("posted_on", "pk")[:AT_ONCE])
    while portion:
        yield from portion
        last = portion[-1]
        later = Q(posted_on__gt=last.posted_on) | Q(posted_on=last.posted_on, pk__gt=last.pk)
        portion = list(entries.filter(later).order_by("posted_on", "pk")[:AT_ONCE])


def _balance_lines(record: str, sums: _Sums) -> Iterator[Line]:
    for (account, currency), net in sorted(sums.balances.items()):
        sides = (max(net, Decimal(0)), max(-net, Decimal(0)))
        yield {
            "record": record,
            "account": account,
            "currency": currency,
            **_sides(sides, currency),
        }


def _posting_line(entry: JournalEntry, posting: Posting) -> Line:
    concerned = ("client", "deal", "payment", "invoice")
    return {
        "record": "posting",
        "entry": str(entry.pk),
        "kind": entry.kind,
        "posted_on": entry.posted_on.isoformat(),
        "occurred_at": entry.occurred_at.isoformat(),
        "memo": entry.memo,
        "account": posting.account_id,
        "currency": posting.currency,
        **_sides((posting.debit, posting.credit), posting.currency),
        **{name: str(getattr(posting, f"{name}_id") or "") for name in concerned},
    }


def _sides(sides: tuple[Decimal, Decimal], currency: str) -> Line:
    debit, credit = (f"{money_of(side, currency).amount:f}" for side in sides)
    return {"debit": debit, "credit": credit}


def _with_check(lines: Iterable[Line], write: Callable[[Line], bytes]) -> Iterator[bytes]:
    """Yield the written lines, and one that counts them and has their SHA-256."""
    digest, count = hashlib.sha256(), 0
    for line in lines:
        written = write(line)
        digest.update(written)
        count += 1
        yield written
    yield write({"record": "check", "entry": str(count), "memo": f"sha256 {digest.hexdigest()}"})


def _csv_line(line: Mapping[str, str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(line.get(name, "")) for name in COLUMNS])
    return out.getvalue().encode()


def _json_line(line: Mapping[str, str]) -> bytes:
    kept = {name: text for name, text in line.items() if text}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
