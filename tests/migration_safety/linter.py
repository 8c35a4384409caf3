"""What django-migration-linter finds: whatever the running version could still be using."""

from collections.abc import Iterator, Sequence

from django_migration_linter.sql_analyser.analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from shared_apps.tenancy.context import use_platform
from tests.migration_safety.reading import Problem, Said, make_linter


def check(all_said: Sequence[Said]) -> Iterator[Problem]:
    """Yield what breaks a rule of the linter's."""
    with use_platform():
        linter = make_linter([])
    for said in all_said:
        errors, _, _ = analyse_sql_statements(PostgresqlAnalyser, list(said.lines))
        wrong_data, _, _ = linter.analyse_data_migration(said.migration)
        for issue in [*errors, *wrong_data]:
            where = " of ".join(filter(None, (issue.column, issue.table)))
            yield Problem(said.migration, issue.code, f"{issue.message} {where}".strip())
