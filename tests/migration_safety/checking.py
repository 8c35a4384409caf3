"""All checks together, and the reasons that migrations give."""

from collections.abc import Iterator, Sequence

from tests.migration_safety import citus, linter, narrowing, squawk, ways_back
from tests.migration_safety.reading import Problem, Said, read_all

CHECKS = (linter.check, squawk.check, narrowing.check, citus.check, ways_back.check)
LEAST_REASON = 20


def find_problems(labels: Sequence[str] = ()) -> list[Problem]:
    """Return what is wrong with our migrations, or those of the named apps, each thing once."""
    all_said = read_all(labels)
    found = list(dict.fromkeys(problem for check in CHECKS for problem in check(all_said)))
    open_ones = [problem for problem in found if problem.rule not in reasons_of(problem.migration)]
    return [*open_ones, *_idle_reasons(all_said, found)]


def reasons_of(migration: object) -> dict[str, str]:
    """Return what a migration says about rules that it breaks for a reason."""
    found: dict[str, str] = getattr(migration, "safe_because", {})
    return found


def _idle_reasons(all_said: Sequence[Said], found: Sequence[Problem]) -> Iterator[Problem]:
    broken = {(problem.migration, problem.rule) for problem in found}
    for migration in {said.migration: None for said in all_said}:
        for rule, reason in reasons_of(migration).items():
            if (migration, rule) not in broken:
                yield Problem(migration, rule, "It gives a reason and does not break this rule.")
            elif len(reason) < LEAST_REASON:
                yield Problem(migration, rule, f"{reason!r} is no reason.")
