"""Choices that depend on the seed alone, on every machine and version of Python."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of choices named by a text: the same name, the same choices.

    Not for secrets: it only has to be the same everywhere and look like chance.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._rolls = 0

    def below(self, limit: int) -> int:
        """Return one of 0, 1, ..., limit - 1."""
        self._rolls += 1
        digest = sha256(f"{self._name}/{self._rolls}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def between(self, low: int, high: int) -> int:
        """Return one of low, ..., high."""
        return low + self.below(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.below(len(options))]

    def weighted(self, options: Sequence[tuple[T, int]]) -> T:
        """Return one of the options, each as often as its weight says."""
        point = self.below(sum(weight for _option, weight in options))
        for option, weight in options:
            if point < weight:
                return option
            point -= weight
        raise AssertionError("The weights sum to more than their total.")

    def happens(self, percent: int) -> bool:
        """Return True in that many of a hundred cases."""
        return self.below(100) < percent
