"""Checks whose refusals are said together."""

import pytest

from shared_apps.kernel.errors import (
    DomainError,
    FieldProblem,
    Gathering,
    NotFound,
    ValidationFailed,
)


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


def test_lets_through_what_no_other_form_would_mend() -> None:
    with pytest.raises(NotFound), Gathering().part():
        refuse(NotFound())


class Taken(DomainError):
    """A conflict that says its field."""

    code, status, field = "taken", 409, "/name"
    message = "The name is taken."


class Archived(DomainError):
    """A conflict about the whole."""

    code, status = "archived", 409
    message = "It is archived."


@pytest.mark.parametrize("refusal", [Taken(), Archived(), ValidationFailed("No file.")])
def test_one_alone_stays_what_it_is(refusal: DomainError) -> None:
    together = Gathering()
    with together.part():
        refuse(refusal)
    with pytest.raises(type(refusal)) as refused:
        together.refuse()
    assert refused.value is refusal


def test_conflicts_are_said_beside_what_is_wrong_with_the_input() -> None:
    together = Gathering()
    for refusal in (Taken(), Archived(), OfItsOwn.at("/amount", "Too much.")):
        with together.part():
            refuse(refusal)
    with pytest.raises(OfItsOwn) as refused:
        together.refuse()
    assert refused.value.problems == (
        FieldProblem("/name", "taken", "The name is taken."),
        FieldProblem("", "archived", "It is archived."),
        FieldProblem("/amount", "invalid", "Too much."),
    )
    assert refused.value.made_of(Taken) is not None


def test_conflicts_alone_stay_a_conflict() -> None:
    together = Gathering()
    for refusal in (Taken(), Archived()):
        with together.part():
            refuse(refusal)
    with pytest.raises(Taken) as refused:
        together.refuse()
    assert [each.code for each in refused.value.problems] == ["taken", "archived"]


def test_what_was_given_is_said_and_its_fields_are_not_judged_again() -> None:
    together = Gathering([FieldProblem("/amount", "invalid", "Write digits.")])
    for refusal in (ValidationFailed.at("/amount", "More than 0."), Taken()):
        with together.part():
            refuse(refusal)
    with pytest.raises(ValidationFailed) as refused:
        together.refuse()
    assert [each.message for each in refused.value.problems] == [
        "Write digits.",
        "The name is taken.",
    ]
