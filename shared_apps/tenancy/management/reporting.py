"""How a run of migrations is watched and told: a bar on a terminal, sentences, or JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from shared_apps.tenancy.runner import (
    Findings,
    Outcome,
    Preview,
    Report,
    Wishes,
    migrate_schemas,
)

NAMED_AT_MOST = 10


def run_watched(schemas: Sequence[str], wishes: Wishes, *, is_quiet: bool = False) -> Report:
    """Migrate schemas; on a terminal a bar shows how far it is."""
    with tqdm(
        total=len(schemas),
        desc="organizations",
        unit="schema",
        disable=True if is_quiet or not schemas else None,
    ) as bar:

        def tick(_outcome: Outcome) -> None:
            bar.update()

        return migrate_schemas(schemas, wishes, watch=tick)


def describe(report: Report) -> list[str]:
    """Return a report in sentences, the failures first."""
    lines = [f"{schema}: {reason}" for schema, reason in report.failed.items()]
    if report.stopped:
        untried = len(report.left) - len(report.failed)
        lines.append(f"Stopped: {report.stopped}. {untried} schemas were not tried.")
    return [*lines, _sum_up(report)]


def _sum_up(report: Report) -> str:
    if not report.behind:
        return "All schemas are up to date."
    done = report.behind - len(report.left)
    by_others = f", {report.elsewhere} of them by another process" if report.elsewhere else ""
    again = " Run it again to go on." if report.left else ""
    return (
        f"{done} of {report.behind} schemas that were behind are up to date{by_others}, "
        f"in {report.seconds:.1f} s.{again}"
    )


def describe_preview(previews: Sequence[Preview]) -> list[str]:
    """Return what a run would do."""
    if not previews:
        return ["All schemas are up to date."]
    return [line for each in previews for line in _describe_one(each)]


def _describe_one(found: Preview) -> list[str]:
    what = ", ".join(found.migrations) or "no migration; rights and built-in roles are made right"
    count, which = len(found.schemas), _some(found.schemas)
    who = f"1 schema ({which}) lacks" if count == 1 else f"{count} schemas ({which}) lack"
    return [f"{who} {what}.", *found.sql]


def describe_findings(found: Findings, *, is_mended: bool) -> list[str]:
    """Return what an audit found."""
    if found.is_good:
        return [f"The ledger and the rights are right about {found.schemas} schemas."]
    wrong = {
        "are behind, the ledger had them up to date": found.behind,
        "are up to date, the ledger had them behind": found.not_behind,
        "were not in the ledger": found.unknown,
        "are gone, the ledger still had them": found.gone,
        "gave the application other rights than declared": found.wrong_rights,
    }
    lines = [f"{len(names)} {what}: {_some(names)}" for what, names in wrong.items() if names]
    return [*lines, "All of it is mended." if is_mended else "Nothing was changed (--dry-run)."]


def say(out: OutputWrapper, lines: Sequence[str]) -> None:
    """Write lines."""
    for line in lines:
        out.write(line)


def say_json(out: OutputWrapper, found: Report | Findings | list[Preview]) -> None:
    """Write one JSON document."""
    listed = [asdict(each) for each in found] if isinstance(found, list) else asdict(found)
    out.write(json.dumps(listed))


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
