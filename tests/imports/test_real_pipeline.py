"""The real export, when PRS_PIPELINE_DIR names the folder that it is in."""

import os
from pathlib import Path

import pytest

from tests.imports.conftest import Run

FOLDER = os.environ.get("PRS_PIPELINE_DIR", "")


@pytest.mark.skipif(not FOLDER, reason="PRS_PIPELINE_DIR does not name the folder of an export")
@pytest.mark.timeout(600)
def test_goes_in_whole_and_only_once(run: Run) -> None:
    files = {
        "pipeline": Path(FOLDER) / "sales_pipeline.csv",
        "accounts": Path(FOLDER) / "accounts.csv",
        "teams": Path(FOLDER) / "sales_teams.csv",
        "products": Path(FOLDER) / "products.csv",
    }
    report = run(**files)
    assert (report["status"], report["refused"]) == (0, [])
    won = report["deals"]["won"]
    assert (won["count"], won["value"]["amount"]) == (4238, "10005534.00")
    counts = {group: each["count"] for group, each in report["deals"].items()}
    assert counts == {"won": 4238, "lost": 2473, "engaging": 1589, "prospecting": 500}
    quirks = {each["quirk"]: each["count"] for each in report["quirks"]}
    assert quirks["product 'GTXPro' read as 'GTX Pro'"] == 1480
    assert quirks["account is empty: kept with one placeholder client"] == 1425
    assert quirks["close_value is empty: list price taken as an estimate"] == 2089
    assert quirks["agent without an opportunity"] == 5
    again = run(**files)
    assert again["counts"]["deals"] == {"unchanged": 8800}
