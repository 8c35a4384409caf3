"""The result file and the line that a run ends with."""

import json
from pathlib import Path

import pytest

from benchmarks.report import closing_line, describe_machine, show, write_results
from benchmarks.rows import Row, at_most

MET = Row(case="quick", unit="s", ours=0.2, ratio=1, judged=0.2, target=at_most(0.5, "s"))
MISSED = Row(
    case="slow",
    unit="s",
    ours=2,
    baseline=3,
    floor=1,
    ratio=1.5,
    judged=2,
    floor_judged=1,
    target=at_most(0.5, "s"),
)
SHOWN_ONLY = Row(case="shown", unit="statements", ours=4, ratio=1, judged=4)


def test_result_file_is_what_the_design_says(tmp_path: Path) -> None:
    path = write_results("example", rows=[MET, MISSED], machine="a machine", directory=tmp_path)
    found = json.loads(path.read_text())
    assert path.name == "example.json"
    assert (found["name"], found["machine"]) == ("example", "a machine")
    assert [(row["case"], row["met"]) for row in found["rows"]] == [
        ("quick", True),
        ("slow", False),
    ]


def test_closing_line_counts_rows_with_a_target() -> None:
    assert closing_line([MET, MISSED, SHOWN_ONLY]) == "bench: 1 of 2 targets met"


def test_table_says_when_the_floor_misses_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    show("example", [MET, MISSED, SHOWN_ONLY])
    met, missed, shown = capsys.readouterr().out.splitlines()[-3:]
    assert met.endswith("<= 0.5 s met")
    assert missed.endswith("<= 0.5 s missed, as the floor does")
    assert shown.split() == ["shown", "-", "4.0", "-", "1.00x"]


def test_machine_is_a_class_of_machine() -> None:
    assert "PostgreSQL 18.6 (throwaway: fsync is off)" in describe_machine(postgres="18.6")
