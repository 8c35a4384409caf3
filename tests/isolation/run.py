"""One run: found the world, send the traffic, count what was wrong; then take guards out."""

import logging
from collections.abc import Sequence
from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections

from shared_apps.tenancy.context import Tenant, use_platform
from tests.isolation.defects import DEFECTS
from tests.isolation.traffic import DRIVERS, PARTS, web_server
from tests.isolation.world import clear_traces, found_world, misplaced_traces, tally

OPERATIONS_PER_DEFECT = 120


def run(*, operations: int, defects: Sequence[str] = ()) -> dict[str, object]:
    """Return what was done and wrong with all guards, and what each missing guard made wrong."""
    logging.disable(logging.CRITICAL)  # planned failures would fill the screen
    with use_platform():
        call_command(migrate.Command(), verbosity=0)
    tenants = found_world()
    wrong = _drive(tenants, operations, PARTS)
    report = {
        "operations": sum(tally.done.values()),
        "wrong": wrong,
        "by_edge": dict(tally.done),
        "wrong_by_edge": dict(tally.wrong),
        "defects": {name: _drive_defect(tenants, name) for name in defects},
    }
    connections.close_all()
    return report


def _drive_defect(tenants: list[Tenant], name: str) -> int:
    """Take one guard out, send the traffic it guards, and return how much was wrong."""
    tally.clear()
    defect = DEFECTS[name]
    parts = dict.fromkeys(defect.parts, 1.0)
    try:
        with defect.plant():
            wrong = _drive(tenants, OPERATIONS_PER_DEFECT, parts)
    finally:
        _start_afresh(tenants)
    return wrong


def _drive(tenants: list[Tenant], operations: int, parts: dict[str, float]) -> int:
    """Send the traffic; return how many operations, traces or whole parts went wrong."""
    with web_server() as port:
        for name, share in parts.items():
            _drive_part(name, tenants, port, int(operations * share))
    return sum(tally.wrong.values()) + misplaced_traces(tenants)


def _drive_part(name: str, tenants: list[Tenant], port: int, count: int) -> None:
    try:
        DRIVERS[name](tenants, port, count)
    except Exception as error:  # noqa: BLE001  a part that breaks off is a finding, not a crash
        tally.note(f"{name}: {type(error).__name__}: {error}"[:120], right=False)


def _start_afresh(tenants: list[Tenant]) -> None:
    """Forget connections that a defect may have spoilt, and its traces."""
    connections.close_all()
    wrapper: Any = connections["default"]
    wrapper.close_pool()
    clear_traces(tenants)
