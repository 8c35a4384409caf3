"""A pytest plugin: what building the suite's tenants by replay saved, in the closing lines."""

from dataclasses import asdict
from typing import Any

import pytest

from tests.replays import Tally, tally, together

_others: list[Tally] = []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's tally to the process that prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["replays"] = asdict(tally)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take a worker's tally; one that crashed has none."""
    output = getattr(node, "workeroutput", None) or {}
    if "replays" in output:
        _others.append(Tally(**output["replays"]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the line, where any tenant was built."""
    total = together([tally, *_others])
    if total.replays_ms or total.migrations_ms:
        terminalreporter.write_line(f"tenants: {total}")
