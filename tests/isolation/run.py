"""One engine run: found the world, send the traffic, count what was wrong; then take guards out."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections

from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.rights.roles import as_owner
from tests.isolation.defects import DEFECTS
from tests.isolation.operations import IN_THREADS
from tests.isolation.traffic import DRIVERS, PARTS, Load, web_server
from tests.isolation.world import clear_traces, found_world, misplaced_traces, tally

# Operations of one part, sent in slices so that a long run can say how far it is.
SLICE = 2500
# What a defect gets; it guards all of it, so any part of it would do.
PER_DEFECT = {"threads": 16, "web": 96, "tasks": 50}
# A defect of timing may need another turn; each one sends all of its operations again.
TURNS = 3

Say = Callable[[str], None]


def run(*, operations: int, defects: Sequence[str] = (), say: Say) -> dict[str, Any]:
    """Return what was done and wrong with all guards, and what each missing guard made wrong."""
    logging.disable(logging.CRITICAL)  # planned failures would fill the screen
    with as_owner(), use_platform():
        call_command(migrate.Command(), verbosity=0)
    found_world()
    with web_server() as port:
        for part, share in PARTS.items():
            _drive_part(part, round(operations * share), port, say)
    report = {
        "operations": sum(tally.done.values()),
        "wrong": sum(tally.wrong.values()) + misplaced_traces(),
        "by_edge": dict(tally.done),
        "wrong_by_edge": dict(tally.wrong),
    }
    report["defects"] = {name: _plant(name, say) for name in defects}
    connections.close_all()
    return report


def _drive_part(part: str, count: int, port: int, say: Say) -> None:
    """Send a part slice by slice."""
    for start in range(0, count, SLICE):
        _drive(part, Load(min(SLICE, count - start), port, IN_THREADS))
        done, wrong = sum(tally.done.values()), sum(tally.wrong.values())
        say(f"{part}: {done:,} operations so far, {wrong} wrong")


def _drive(part: str, load: Load) -> None:
    try:
        DRIVERS[part](load)
    except Exception as error:  # noqa: BLE001  a part that breaks off is a finding, not a crash
        tally.note(f"{part} broke off: {type(error).__name__}: {error}"[:120], right=False)


def _plant(name: str, say: Say) -> dict[str, int]:
    """Take one guard out, send the traffic it guards; return what was wrong, by edge."""
    found: dict[str, int] = {}
    started = time.monotonic()
    for _ in range(TURNS):
        found = _wrong_with(name)
        if found:
            break
    took = time.monotonic() - started
    say(
        f"{name} ({took:.1f} s): "
        + (", ".join(f"{edge} {n}" for edge, n in found.items()) or "NOT NOTICED")
    )
    return found


def _wrong_with(name: str) -> dict[str, int]:
    tally.clear()
    defect = DEFECTS[name]
    get_directory().forget()
    try:
        # a server of its own: the middleware chain is bound when the server starts
        with defect.plant(), web_server() as port:
            count = PER_DEFECT[defect.part]
            _drive(defect.part, Load(count, port, defect.operations, until_wrong=True))
        misplaced = misplaced_traces()
    finally:
        _start_afresh()
    return {**tally.wrong, **({"misplaced rows": misplaced} if misplaced else {})}


def _start_afresh() -> None:
    """Forget connections and answers that a defect may have spoilt, and its traces."""
    connections.close_all()
    wrapper: Any = connections["default"]
    wrapper.close_pool()
    get_directory().forget()
    clear_traces()
