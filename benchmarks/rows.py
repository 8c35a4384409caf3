"""One line of a result: baseline, ours and floor of one case, their ratio, and the target."""

from dataclasses import dataclass
from typing import Any

from benchmarks.harness import Samples


@dataclass(frozen=True)
class Target:
    """A limit that the design sets: at most, or at least, so many times or units."""

    limit: float
    unit: str = "x"
    is_minimum: bool = False

    def __str__(self) -> str:
        sign = ">=" if self.is_minimum else "<="
        space = "" if self.unit == "x" else " "
        return f"{sign} {self.limit:g}{space}{self.unit}"

    def is_met_by(self, figure: float) -> bool:
        """Return whether the figure keeps the limit."""
        return figure >= self.limit if self.is_minimum else figure <= self.limit


def at_least(limit: float, unit: str = "x") -> Target:
    """Return a target that asks for so much or more."""
    return Target(limit, unit, is_minimum=True)


def at_most(limit: float, unit: str = "x") -> Target:
    """Return a target that allows so much and no more."""
    return Target(limit, unit)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measured case. `judged` is the figure that the target speaks of, `floor_judged` what the
    floor reaches of it in the same run: a target that the floor misses as well is out of reach on
    this machine.
    """

    case: str
    unit: str
    ours: float
    ratio: float
    judged: float
    baseline: float | None = None
    floor: float | None = None
    floor_judged: float | None = None
    target: Target | None = None
    rounds: int = 1
    ratio_of_medians: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Return whether the target is met; None where there is none."""
        return None if self.target is None else self.target.is_met_by(self.judged)

    @property
    def is_met_by_floor(self) -> bool | None:
        """Return whether the floor itself would meet the target; None where that is no question."""
        if self.target is None or self.floor_judged is None:
            return None
        return self.target.is_met_by(self.floor_judged)

    def as_json(self) -> dict[str, Any]:
        """Return the row as the result file has it."""
        return {
            "case": self.case,
            "baseline": _short(self.baseline),
            "ours": _short(self.ours),
            "floor": _short(self.floor),
            "ratio": _short(self.ratio),
            "target": None if self.target is None else str(self.target),
            "met": self.is_met,
            "unit": self.unit,
            "judged": _short(self.judged),
            "floor_judged": _short(self.floor_judged),
            "floor_meets_target": self.is_met_by_floor,
            "ratio_of_medians": _short(self.ratio_of_medians),
            "rounds": self.rounds,
            "note": self.note,
        }


def speedup_row(
    case: str, samples: Samples, *, target: Target | None = None, unit: str = "s", note: str = ""
) -> Row:
    """Return how many times faster we are than the baseline; the target is about that ratio."""
    ratio = samples.ratio("baseline", to="ours")
    return Row(
        **_figures(case, samples, unit, note),
        ratio=ratio,
        ratio_of_medians=samples.ratio_of_medians("baseline", to="ours"),
        judged=ratio,
        floor_judged=samples.ratio("baseline", to="floor") if _has_floor(samples) else None,
        target=target,
    )


def cost_row(
    case: str, samples: Samples, *, target: Target | None = None, unit: str = "s", note: str = ""
) -> Row:
    """Return how many times as much as the baseline we take; the target is about that ratio."""
    ratio = samples.ratio("ours", to="baseline")
    return Row(
        **_figures(case, samples, unit, note),
        ratio=ratio,
        ratio_of_medians=samples.ratio_of_medians("ours", to="baseline"),
        judged=ratio,
        floor_judged=samples.ratio("floor", to="baseline") if _has_floor(samples) else None,
        target=target,
    )


def limit_row(
    case: str, samples: Samples, *, target: Target, unit: str = "s", note: str = ""
) -> Row:
    """Return how many times faster we are; the target is about our own figure, not the ratio."""
    return Row(
        **_figures(case, samples, unit, note),
        ratio=samples.ratio("baseline", to="ours"),
        ratio_of_medians=samples.ratio_of_medians("baseline", to="ours"),
        judged=samples.median("ours"),
        floor_judged=samples.median("floor") if _has_floor(samples) else None,
        target=target,
    )


def growth_row(
    case: str, samples: Samples, *, target: Target | None = None, unit: str = "s", note: str = ""
) -> Row:
    """Return how we change from a small world ("small") to a large one ("large").

    The samples "floor small" and "floor large" say how the floor changes between the same two.
    """
    ratio = samples.ratio("large", to="small")
    return Row(
        case=case,
        unit=unit,
        baseline=samples.median("small"),
        ours=samples.median("large"),
        floor=samples.median("floor large"),
        ratio=ratio,
        ratio_of_medians=samples.ratio_of_medians("large", to="small"),
        judged=ratio,
        floor_judged=samples.ratio("floor large", to="floor small"),
        target=target,
        rounds=samples.rounds,
        note=note,
    )


def _figures(case: str, samples: Samples, unit: str, note: str) -> dict[str, Any]:
    return {
        "case": case,
        "unit": unit,
        "baseline": samples.median("baseline"),
        "ours": samples.median("ours"),
        "floor": samples.median("floor") if _has_floor(samples) else None,
        "rounds": samples.rounds,
        "note": note,
    }


def _has_floor(samples: Samples) -> bool:
    return "floor" in samples.figures


def _short(figure: float | None) -> float | None:
    return None if figure is None else float(f"{figure:.4g}")
