"""A migration that cannot be undone is refused: a release may have to be taken back."""

from collections.abc import Iterator, Sequence

from tests.migration_safety.reading import Problem, Said


def check(all_said: Sequence[Said]) -> Iterator[Problem]:
    """Yield operations without a way back."""
    for said in all_said:
        for operation in said.migration.operations:
            if not operation.reversible:
                yield Problem(said.migration, "irreversible", operation.describe())
