"""What a run would do, with nothing touched and nothing locked."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared_apps.tenancy.context import use_schema
from shared_apps.tenancy.runner.plans import Plan, read_history


@dataclass(frozen=True)
class Preview:
    """What schemas with one history lack, and the SQL that Django has for it."""

    schemas: list[str]
    migrations: list[str]
    sql: list[str]


def preview(schemas: Sequence[str]) -> list[Preview]:
    """Return what each schema lacks, those with the same history together."""
    alike: dict[str, list[str]] = {}
    for schema in schemas:
        with use_schema(schema):
            alike.setdefault(read_history(), []).append(schema)
    return [_preview(group) for group in alike.values()]


def _preview(schemas: list[str]) -> Preview:
    with use_schema(schemas[0]):
        plan = Plan()
        return Preview(schemas, [str(each) for each in plan.migrations], _sql(plan))


def _sql(plan: Plan) -> list[str]:
    try:
        return plan.collect()
    except ValueError as error:  # Django looks for what an earlier migration would have made
        return [f"-- known only while it runs: {error}"]
