"""What all parts of a run found together, and the closing line."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Findings:
    """Operations and defects; `caught` says for each defect what was wrong without its guard."""

    operations: int = 0
    wrong: int = 0
    by_edge: Counter[str] = field(default_factory=Counter)
    caught: dict[str, bool] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def add_traffic(self, report: dict[str, Any]) -> None:
        """Add the report of one process of the traffic."""
        self.operations += report["operations"]
        self.wrong += report["wrong"]
        self.by_edge.update(report["by_edge"])
        self.broken += [f"{edge}: {n} wrong" for edge, n in report["wrong_by_edge"].items()]
        self.caught |= {name: bool(wrong) for name, wrong in report["defects"].items()}

    def add_answers(self, report: dict[str, Any]) -> None:
        """Add what one test of the product told."""
        self.operations += report["operations"]
        self.wrong += report["wrong"]
        self.by_edge["route"] += report["operations"]
        self.caught |= {name: bool(wrong) for name, wrong in report["caught"].items()}

    def judge(self) -> int:
        """Print the closing lines; return the exit status that matches them."""
        edges = ", ".join(f"{name} {count:,}" for name, count in sorted(self.by_edge.items()))
        print(f"  edges: {edges}")
        for reason in self.broken:
            print(f"  {reason}")
        missed = [name for name, is_caught in self.caught.items() if not is_caught]
        figures = f"{self.operations} operations, {self.wrong} wrong"
        caught = f"{len(self.caught) - len(missed)} of {len(self.caught)} defects caught"
        if self.wrong or missed or self.broken:
            print(f"isolation: failed ({figures}, {caught}; missed: {missed})")
            return 1
        print(f"isolation: ok ({figures}, {caught})")
        return 0
