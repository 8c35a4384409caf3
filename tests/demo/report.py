"""What the demo says: each step with its figures, each figure checked."""

import sys
import time
from typing import NoReturn


class DemoFailed(Exception):
    """A figure is not what it has to be."""


class Report:
    """Prints steps and counts checks. The first check that fails ends the demo."""

    def __init__(self) -> None:
        self.checks = 0
        self._started = time.monotonic()

    def chapter(self, title: str) -> None:
        """Begin a part of the story."""
        self._print(f"\n{title}  [{time.monotonic() - self._started:.1f} s]")

    def step(self, text: str) -> None:
        """Say what happens."""
        self._print(f"  {text}")

    def equal(self, what: str, found: object, expected: object) -> None:
        """Check that a figure is exactly the expected one. Raises: DemoFailed."""
        if found != expected:
            self.fail(f"{what}: expected {expected!r}, found {found!r}")
        self._pass(f"{what}: {_shown(found)}")

    def true(self, what: str, holds: object, figures: str = "") -> None:
        """Check that something holds. Raises: DemoFailed."""
        if not holds:
            self.fail(f"{what} {figures}".rstrip())
        self._pass(f"{what} {figures}".rstrip())

    def fail(self, why: str) -> NoReturn:
        """End the demo. Raises: DemoFailed."""
        raise DemoFailed(why)

    def _pass(self, text: str) -> None:
        self.checks += 1
        self._print(f"    ok  {text}")

    @staticmethod
    def _print(text: str) -> None:
        print(text, flush=True)
        sys.stdout.flush()


def _shown(value: object) -> str:
    if isinstance(value, dict) and set(value) == {"amount", "currency"}:
        return f"{value['amount']} {value['currency']}"
    text = str(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
