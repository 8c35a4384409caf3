"""Measuring: contestants take turns within one run, so that whatever slows the machine slows all.

What counts is the ratio of two contestants; absolute times say little beyond one machine and hour.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")

# design, performance.md: a median of at least five
FEWEST_ROUNDS = 5

Contestants = Mapping[str, Callable[[], float]]


class TooFewRounds(ValueError):
    """A median of fewer than five rounds says nothing."""


@dataclass(frozen=True)
class Samples:
    """What each contestant took, one figure per round, all in the same unit."""

    figures: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        """Return the contestant's middle figure."""
        return median(self.figures[name])

    def ratio(self, name: str, *, to: str) -> float:
        """Return the middle one of the ratios of each round: what drifts over a run drops out."""
        pairs = zip(self.figures[name], self.figures[to], strict=True)
        return median(mine / other for mine, other in pairs)

    def ratio_of_medians(self, name: str, *, to: str) -> float:
        """Return the ratio of the two middle figures."""
        return self.median(name) / self.median(to)

    @property
    def rounds(self) -> int:
        """Return how many rounds were counted."""
        return len(next(iter(self.figures.values())))


def take_turns(contestants: Contestants, *, rounds: int = 5, warm_up: int = 1) -> Samples:
    """Let the contestants measure themselves in turn, see `run_rounds`; return their figures."""
    return Samples(run_rounds(contestants, rounds=rounds, warm_up=warm_up))


def run_rounds(
    contestants: Mapping[str, Callable[[], T]], *, rounds: int = 5, warm_up: int = 1
) -> dict[str, list[T]]:
    """Let the contestants work in turn: A B floor, B floor A, and so on; return what they return.

    What a contestant prepares and clears away is its own affair. `warm_up` rounds go first and are
    thrown away. Raises: TooFewRounds.
    """
    if rounds < FEWEST_ROUNDS:
        raise TooFewRounds(f"{rounds} rounds are too few; {FEWEST_ROUNDS} are the least.")
    found: dict[str, list[T]] = {name: [] for name in contestants}
    for number in range(-warm_up, rounds):
        for name in _turned(list(contestants), by=number):
            returned = contestants[name]()
            if number >= 0:
                found[name].append(returned)
    return found


def _turned(names: list[str], *, by: int) -> list[str]:
    """Return the names beginning elsewhere: nobody always follows the same neighbour's work."""
    start = by % len(names)
    return names[start:] + names[:start]
