"""Checks whose refusals are said together."""

import pytest

from shared_apps.kernel.errors import FieldProblem, Gathering, NotFound, ValidationFailed


class OfItsOwn(ValidationFailed):
    """A kind of refusal."""


def refuse(refusal: Exception) -> None:
    raise refusal


def test_says_everything_once_as_the_first_kind() -> None:
    together = Gathering()
    with together.part("/payment"):
        refuse(OfItsOwn.at("/amount", "Too much."))
    for _ in range(2):
        with together.part():
            refuse(ValidationFailed.at("/name", "Too long."))
    with pytest.raises(OfItsOwn) as refused:
        together.refuse()
    assert refused.value.problems == (
        FieldProblem("/payment/amount", "invalid", "Too much."),
        FieldProblem("/name", "invalid", "Too long."),
    )


def test_refuses_nothing_where_nothing_was_wrong() -> None:
    together = Gathering()
    with together.part():
        pass
    together.refuse()
    assert not together.has_found


@pytest.mark.parametrize("refusal", [NotFound(), ValidationFailed("The file cannot be read.")])
def test_lets_through_what_is_at_no_place(refusal: Exception) -> None:
    with pytest.raises(type(refusal)), Gathering().part():
        refuse(refusal)
