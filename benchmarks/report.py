"""What a run leaves behind: a table on the screen, and one JSON file per benchmark."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks.rows import Row

RESULTS = Path(__file__).parent / "results"

_MET = {True: "met", False: "missed", None: ""}


def describe_machine(*, postgres: str) -> str:
    """Return the class of the machine that the figures come from."""
    memory_gib = round(psutil.virtual_memory().total / 2**30)
    return (
        f"{os.cpu_count()} cores, {memory_gib} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, PostgreSQL {postgres} (throwaway: fsync is off)"
    )


def write_results(
    name: str, *, rows: Sequence[Row], machine: str, directory: Path = RESULTS
) -> Path:
    """Write the rows to <name>.json and return its path."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.json"
    result = {"name": name, "machine": machine, "rows": [row.as_json() for row in rows]}
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return path


def write_profile(name: str, *, text: str, directory: Path = RESULTS) -> None:
    """Write down where the time of a benchmark goes."""
    path = directory / f"{name}.profile.txt"
    path.write_text(text, encoding="utf-8")
    say(f"  profile: {path}")


def say(text: str) -> None:
    """Print one line at once: a run takes minutes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def show(name: str, rows: Sequence[Row]) -> None:
    """Print the rows as a table."""
    width = max(len(row.case) for row in rows)
    say(f"\n{name}")
    say(f"  {'':{width}}  {'baseline':>10} {'ours':>10} {'floor':>10} {'ratio':>8}  target")
    for row in rows:
        say(f"  {row.case:{width}}  {_cells(row)}")
        if row.note:
            say(f"    {row.note}")


def closing_line(rows: Sequence[Row]) -> str:
    """Return the line that a run ends with."""
    judged = [row for row in rows if row.is_met is not None]
    met = sum(1 for row in judged if row.is_met)
    return f"bench: {met} of {len(judged)} targets met"


def _cells(row: Row) -> str:
    figures = (row.baseline, row.ours, row.floor)
    cells = " ".join(f"{_amount(figure, row.unit):>10}" for figure in figures)
    verdict = "" if row.target is None else f"{row.target} {_MET[row.is_met]}"
    if row.is_met is False and row.is_met_by_floor is False:
        verdict += ", as the floor does"
    return f"{cells} {row.ratio:7.2f}x  {verdict}".rstrip()


def _amount(figure: float | None, unit: str) -> str:
    if figure is None:
        return "-"
    if unit == "s":
        return f"{figure:.2f} s" if figure >= 1 else f"{figure * 1000:.1f} ms"
    return f"{figure:.1f}"
