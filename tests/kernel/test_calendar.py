"""The days that the product reckons with, and what is said about others."""

from datetime import UTC, date, datetime

import pytest
from rest_framework import serializers

from shared_apps.kernel.calendar import is_in_calendar, read_day
from shared_apps.web.serializers import InputSerializer, QuerySerializer

FAR_OFF = ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"]


class BookingIn(InputSerializer):
    """A day and an instant."""

    on = serializers.DateField(required=False)
    at = serializers.DateTimeField(required=False)


class BookingQuery(QuerySerializer):
    """The same, asked for."""

    on = serializers.DateField(required=False)


@pytest.mark.parametrize("far_off", FAR_OFF)
@pytest.mark.parametrize("kind", [BookingIn, BookingQuery])
def test_a_day_beyond_the_calendar_is_refused_at_its_field(
    kind: type[InputSerializer], far_off: str
) -> None:
    reader = kind(data={"on": far_off})
    assert not reader.is_valid()
    assert reader.errors["on"][0].code == "out_of_calendar"
    assert str(reader.errors["on"][0]) == "Choose a day between 1900-01-01 and 2999-12-31."


@pytest.mark.parametrize("far_off", FAR_OFF)
def test_an_instant_beyond_the_calendar_is_refused(far_off: str) -> None:
    reader = BookingIn(data={"at": f"{far_off}T12:00:00Z"})
    assert not reader.is_valid()
    assert reader.errors["at"][0].code == "out_of_calendar"


def test_its_first_and_last_day_are_taken() -> None:
    for day in ("1900-01-01", "2999-12-31"):
        assert BookingIn(data={"on": day, "at": f"{day}T12:00:00Z"}).is_valid()


def test_a_day_is_read_from_its_text() -> None:
    assert read_day("2026-03-02") == date(2026, 3, 2)
    assert [read_day(text) for text in ("soon", "", *FAR_OFF)] == [None] * 6
    assert is_in_calendar(datetime(2026, 3, 2, tzinfo=UTC))
