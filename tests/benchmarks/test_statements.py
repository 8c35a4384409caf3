"""Statements as the server's log has them."""

from benchmarks.statements import is_path_setting, read_statements

LOG = """\
2026-11-25 21:49:24.602 UTC [814] LOG:  statement: SET search_path = t_abc, extensions
2026-11-25 21:49:24.603 UTC [814] LOG:  statement: SELECT 1
\tFROM deals
2026-11-25 21:49:24.604 UTC [815] LOG:  execute <unnamed>: SELECT $1
2026-11-25 21:49:24.604 UTC [815] DETAIL:  Parameters: $1 = 'LOG:  statement: no'
\tand more of the detail
2026-11-25 21:49:24.605 UTC [815] LOG:  execute _pg3_0: SELECT 2
2026-11-25 21:49:24.606 UTC [700] LOG:  checkpoint complete
2026-11-25 21:49:24.607 UTC [815] ERROR:  relation "x" does not exist
2026-11-25 21:49:24.607 UTC [815] STATEMENT:  SELECT x
"""


def test_reads_every_statement_once_and_whole() -> None:
    assert read_statements(LOG) == [
        "SET search_path = t_abc, extensions",
        "SELECT 1\nFROM deals",
        "SELECT $1",
        "SELECT 2",
    ]


def test_tells_the_schemas_selection_from_work() -> None:
    statements = read_statements(LOG)
    assert [is_path_setting(statement) for statement in statements] == [True, False, False, False]
