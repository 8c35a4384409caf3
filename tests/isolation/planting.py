"""How a defect is planted: which guard it takes out, and which traffic must notice."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from tests.isolation.operations import IN_THREADS, Operation

Plant = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Defect:
    """A guard that can be taken out, and the traffic that it guards."""

    plant: Plant
    part: str
    operations: tuple[Operation, ...]


DEFECTS: dict[str, Defect] = {}


def defect(part: str, *guarded: Operation) -> Callable[[Plant], Plant]:
    """Register a planted defect with the part, and the operations of threads, that notice it."""

    def register(plant: Plant) -> Plant:
        DEFECTS[plant.__name__] = Defect(plant, part, guarded or IN_THREADS)
        return plant

    return register
