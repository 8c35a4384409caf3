"""What an import did: counts, totals, what was odd, and what was refused, by line."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from shared_apps.kernel.money import Money

SHOWN_LINES = 8
SHOWN_REFUSALS = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not imported, and why."""

    file: str
    line: int
    reason: str


def counted(number: int, noun: str) -> str:
    """Return "1 row" or "2 rows"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@dataclass(kw_only=True)
class Report:
    """What an import did, or would do."""

    currency: str
    is_dry_run: bool = False
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    deals: Counter[str] = field(default_factory=Counter)
    totals: dict[str, Money] = field(default_factory=dict)
    quirks: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, file: str, line: int, reason: str) -> None:
        """Note a row that is not imported."""
        self.refusals.append(Refusal(file, line, reason))

    def note(self, quirk: str, *, file: str, line: int) -> None:
        """Note something odd about a row that is imported all the same."""
        self.quirks[quirk].append((file, line))

    def count(self, kind: str, what: str) -> None:
        """Count a row of a kind: created, updated or unchanged."""
        self.counts[kind][what] += 1

    def add(self, group: str, amount: Money) -> None:
        """Count a deal of a group ("won") and its value."""
        self.deals[group] += 1
        self.totals[group] = self.totals.get(group, Money.zero(self.currency)) + amount

    def as_json(self) -> dict[str, Any]:
        """Return the report for machines, every line number included."""
        return {
            "dry_run": self.is_dry_run,
            "counts": {kind: dict(counts) for kind, counts in self.counts.items()},
            "deals": {
                group: {"count": count, "value": self.totals[group].as_json()}
                for group, count in self.deals.items()
            },
            "quirks": [
                {
                    "quirk": quirk,
                    "count": len(places),
                    "lines": [{"file": file, "line": line} for file, line in places],
                }
                for quirk, places in self.quirks.items()
            ],
            "refused": [
                {"file": each.file, "line": each.line, "reason": each.reason}
                for each in self.refusals
            ],
        }

    def as_text(self) -> str:
        """Return the report for people."""
        lines = ["Dry run: nothing was written." if self.is_dry_run else "Imported."]
        for kind, counts in self.counts.items():
            figures = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
            lines.append(f"  {kind}: {figures}")
        lines.append("Deals in the file:")
        for group, count in self.deals.items():
            total = self.totals[group]
            lines.append(f"  {group}: {count:,}, {total.amount:,f} {total.currency}")
        lines += self._quirk_lines() + self._refusal_lines()
        return "\n".join(lines)

    def _quirk_lines(self) -> list[str]:
        lines = ["Odd, but imported:"] if self.quirks else []
        for quirk, places in self.quirks.items():
            shown = ", ".join(f"{file}:{line}" for file, line in places[:SHOWN_LINES])
            more = len(places) - SHOWN_LINES
            rest = f" and {more:,} more" if more > 0 else ""
            lines.append(f"  {quirk} ({counted(len(places), 'row')}: {shown}{rest})")
        return lines

    def _refusal_lines(self) -> list[str]:
        if not self.refusals:
            return ["Every row was accepted."]
        lines = [f"Refused: {counted(len(self.refusals), 'row')}"]
        shown = self.refusals[:SHOWN_REFUSALS]
        lines += [f"  {each.file}:{each.line}: {each.reason}" for each in shown]
        more = len(self.refusals) - SHOWN_REFUSALS
        if more > 0:
            lines.append(f"  and {more:,} more; --json lists them all")
        return lines
