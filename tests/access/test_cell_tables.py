"""A new endpoint has its cells in the role matrix, or says what is missing."""

from tests.access.test_route_permissions import GUARDED, NARROWER
from tests.cells.cell_tables import BY_ANOTHER, LISTS, NARROW, NO_ROWS, SEEN_ONLY
from tests.cells.cells import is_list

WHERE = "tests/cells/cell_tables.py"


def test_every_list_says_what_it_shows() -> None:
    lists = {str(route) for route in GUARDED if is_list(route)}
    silent = lists - LISTS.keys() - NO_ROWS.keys()
    assert not silent, f"say which kind of object these lists show, in LISTS of {WHERE}: {silent}"
    gone = (LISTS.keys() | NO_ROWS.keys()) - lists
    assert not gone, f"these are no lists any more, take them out of {WHERE}: {gone}"


def test_every_exception_is_of_a_route() -> None:
    known = {str(route) for route in GUARDED}
    assert (BY_ANOTHER.keys() | NARROW.keys()) <= known
    assert {route for _, route in SEEN_ONLY} <= known
    assert NARROWER.keys() <= BY_ANOTHER.keys() | NARROW.keys(), f"say what more is asked: {WHERE}"
