"""The real pipeline, when PRS_PIPELINE_DIR names its folder."""

import json
from pathlib import Path
from typing import Any

from config.stack import Stack
from tests.demo.cast import Company
from tests.demo.report import Report

FILES = {
    "pipeline": "sales_pipeline.csv",
    "accounts": "accounts.csv",
    "teams": "sales_teams.csv",
    "products": "products.csv",
}
WON = {"count": 4238, "value": {"amount": "10005534.00", "currency": "USD"}}


def import_twice(stack: Stack, folder: Path, report: Report) -> None:
    """Import the pipeline into an organization of its own and check its totals, then again."""
    report.chapter(f"The pipeline in {folder}")
    company = Company("maven", "Maven", "USD", "UTC", "5")
    stack.manage(*company.creation())
    first = _import(stack, company, folder)
    report.equal("won deals", first["deals"]["won"], WON)
    report.equal("deals created", first["counts"]["deals"], {"created": 8800})
    report.equal("refused rows", first["refused"], [])
    for quirk in first["quirks"]:
        report.step(f"{quirk['count']:,} x {quirk['quirk']}")
    second = _import(stack, company, folder)
    changes = {
        kind: {what: count for what, count in counts.items() if what != "unchanged"}
        for kind, counts in second["counts"].items()
    }
    report.equal("the second run changes", {k: v for k, v in changes.items() if v}, {})
    report.equal("and counts the same", second["deals"], first["deals"])


def _import(stack: Stack, company: Company, folder: Path) -> dict[str, Any]:
    files = [text for name, file in FILES.items() for text in (f"--{name}", str(folder / file))]
    printed = stack.manage("import_pipeline", "--organization", company.slug, "--json", *files)
    report: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    return report
