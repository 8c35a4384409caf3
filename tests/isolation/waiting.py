"""Waiting for a state of things instead of a time, however busy the machine is."""

import threading
from collections.abc import Callable

PATIENCE_S = 15.0


def wait_for(count: Callable[[], int], target: int) -> None:
    """Wait until `count` reaches `target`, as long as it grows within PATIENCE_S.

    Raises: TimeoutError.
    """
    moment, seen, still_s = threading.Event(), count(), 0.0
    while seen < target:
        moment.wait(0.02)
        still_s = 0.0 if count() > seen else still_s + 0.02
        seen = count()
        if still_s > PATIENCE_S:
            raise TimeoutError(f"{seen} of {target}, and no more came.")
