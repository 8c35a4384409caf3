"""The hash that a decision is bound to."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from tenant_apps.payments.content import Content, hash_of

CONTENT = Content(
    client_id=UUID(int=1),
    deal_id=UUID(int=2),
    amount=Decimal("400.00"),
    currency="USD",
    method="bank_transfer",
    reference="4711",
    received_on=date(2026, 3, 2),
    bank_fee=Decimal(0),
    withholding=Decimal(0),
    proofs=("bb", "aa"),
)


class TestContent:
    def test_hashes_the_same_amount_the_same_however_it_is_written(self) -> None:
        assert replace(CONTENT, amount=Decimal("400.0000")).sha256 == CONTENT.sha256

    def test_hashes_proofs_in_any_order_the_same(self) -> None:
        assert replace(CONTENT, proofs=("aa", "bb")).sha256 == CONTENT.sha256

    @pytest.mark.parametrize(
        "change",
        [
            {"client_id": UUID(int=9)},
            {"deal_id": None},
            {"amount": Decimal("400.01")},
            {"currency": "EUR"},
            {"method": "cash"},
            {"reference": "4712"},
            {"received_on": date(2026, 3, 1)},
            {"bank_fee": Decimal(1)},
            {"withholding": Decimal(1)},
            {"proofs": ("aa",)},
        ],
    )
    def test_changes_with_every_part(self, change: dict[str, object]) -> None:
        assert replace(CONTENT, **change).sha256 != CONTENT.sha256  # type: ignore[arg-type]  # one field each

    def test_is_the_hash_of_canonical_json(self) -> None:
        assert hash_of({"b": 1, "a": "ü"}) == hash_of({"a": "ü", "b": 1})
