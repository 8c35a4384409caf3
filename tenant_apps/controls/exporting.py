"""The controls report as one table: a line for each finding, whatever it is about."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from shared_apps.kernel.spreadsheets import harmless
from tenant_apps.controls.reports import ControlsReport

COLUMNS = (
    "section",
    "risk",
    "code",
    "person",
    "other_person",
    "roles",
    "kind",
    "count",
    "share_percent",
    "at",
    "subject",
    "detail",
)

Line = dict[str, str]


def export_csv(report: ControlsReport) -> str:
    """Return the report as CSV; the first line says which days it is about."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for line in _lines(report):
        writer.writerow({name: harmless(text) for name, text in line.items()})
    return out.getvalue()


def _lines(report: ControlsReport) -> Iterator[Line]:
    yield {
        "section": "period",
        "at": report.made_at.isoformat(),
        "detail": f"{report.since} to {report.until}",
    }
    yield from _conflicts(report)
    yield from _duties(report)
    yield from _findings(report)
    yield from _pairs(report)


def _conflicts(report: ControlsReport) -> Iterator[Line]:
    for found in report.conflicts:
        first, second = found.conflict.permissions
        yield {
            "section": "conflicting grants",
            "risk": found.conflict.risk,
            "code": found.conflict.code,
            "person": found.person.full_name,
            "roles": " ".join(found.roles),
            "kind": f"{first} {second}",
            "count": str(min(found.times)),
            "detail": f"{found.conflict.why} Done: {found.times[0]} and {found.times[1]} times.",
        }


def _duties(report: ControlsReport) -> Iterator[Line]:
    for coverage in report.single_duties:
        yield {
            "section": "single points of control",
            "risk": "high",
            "code": coverage.duty.permission,
            "person": " ".join(person.full_name for person in coverage.people),
            "count": str(len(coverage.people)),
            "detail": f"Who {coverage.duty.does}.",
        }


def _findings(report: ControlsReport) -> Iterator[Line]:
    for finding in report.findings:
        yield {
            "section": "findings",
            "risk": finding.risk,
            "code": finding.code,
            "person": finding.person.full_name,
            "other_person": finding.other.full_name if finding.other else "",
            "kind": finding.kind,
            "count": str(finding.count),
            "share_percent": _number(finding.share_percent),
            "at": finding.at.isoformat(),
            "subject": str(finding.subject_id or ""),
        }


def _pairs(report: ControlsReport) -> Iterator[Line]:
    for pair in report.pairs:
        yield {
            "section": "who checked whom",
            "person": pair.checker.full_name,
            "other_person": pair.maker.full_name,
            "kind": " ".join(sorted(pair.by_kind)),
            "count": str(pair.count),
            "share_percent": _number(pair.share_percent),
            "at": pair.last_at.isoformat(),
            "detail": f"{pair.approvals} approved, {pair.refusals} refused",
        }


def _number(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
