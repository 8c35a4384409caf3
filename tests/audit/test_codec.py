"""Events come back from the log as they went in."""

from datetime import UTC, date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.audit.codec import MASK, UnreadableField, decode, encode, masked, to_plain
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.money import Money
from tests.audit.parcels import ParcelSent, ParcelWeighed, parcel

PARCELS = st.builds(
    ParcelSent,
    parcel_id=st.uuids(),
    weight=st.decimals(allow_nan=False, allow_infinity=False, places=6),
    sent_on=st.dates(),
    packed_at=st.datetimes(timezones=st.just(UTC)),
    stops=st.lists(st.uuids(), max_size=4).map(tuple),
    size=st.tuples(st.integers(), st.text()),
    is_insured=st.booleans(),
    pieces=st.integers(),
    note=st.none() | st.text(),
)


class TestEvents:
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(event=PARCELS)
    def test_come_back_as_they_went_in(self, event: ParcelSent) -> None:
        assert decode(ParcelSent, encode(event)) == event

    def test_hold_decimals_ids_and_days_as_strings(self) -> None:
        payload = encode(ParcelSent(parcel_id=UUID(int=1), sent_on=date(2026, 3, 2)))

        assert payload["weight"] == "1.250"
        assert payload["parcel_id"] == "00000000-0000-0000-0000-000000000001"
        assert payload["sent_on"] == "2026-03-02"
        assert payload["packed_at"] == "2026-03-02T11:30:00+00:00"
        assert payload["is_insured"] is True

    def test_lose_fields_that_the_class_no_longer_has(self) -> None:
        event = parcel()

        assert decode(ParcelSent, {**encode(event), "retired": 1}) == event

    def test_take_defaults_for_fields_added_since(self) -> None:
        event = parcel()
        old = {name: value for name, value in encode(event).items() if name != "weight"}

        assert decode(ParcelSent, old) == event

    def test_refuse_a_float(self) -> None:
        with pytest.raises(UnreadableField, match="float"):
            encode(ParcelWeighed(parcel_id=uuid7()))

    def test_refuse_a_field_type_that_cannot_be_read_back(self) -> None:
        with pytest.raises(UnreadableField, match="float"):
            decode(ParcelWeighed, {"parcel_id": str(uuid7()), "weight": 1})


class TestPlainValues:
    def test_write_money_as_the_api_does(self) -> None:
        assert to_plain(Money.of("12.5", "USD")) == {"amount": "12.50", "currency": "USD"}

    def test_never_use_an_exponent(self) -> None:
        assert to_plain(Decimal("1E+3")) == "1000"


class TestMasking:
    @pytest.mark.parametrize(
        "name", ["password", "new_password", "api_key", "totp_seed", "AccessToken", "clientSecret"]
    )
    def test_hides_what_its_name_calls_a_secret(self, name: str) -> None:
        assert masked({name: "hunter2"}) == {name: MASK}

    def test_reaches_into_nested_values(self) -> None:
        values = {"people": [{"email": "sam@acme.example", "password": "hunter2"}]}

        assert masked(values) == {"people": [{"email": "sam@acme.example", "password": MASK}]}

    def test_leaves_the_rest_alone(self) -> None:
        assert masked({"status": "won", "amount": Decimal("1.50")}) == {
            "status": "won",
            "amount": "1.50",
        }

    def test_keeps_nothing_as_nothing(self) -> None:
        assert masked(None) is None
        assert masked({"password": ""}) == {"password": ""}
