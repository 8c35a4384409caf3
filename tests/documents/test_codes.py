"""Codes from locked counter rows."""

import pytest
from django.db import transaction

from shared_apps.tenancy.context import Tenant
from tenant_apps.documents.models import CodeCounter
from tenant_apps.documents.services import next_code, next_codes


class TestNextCode:
    def test_starts_at_one_and_goes_on(self, db: None) -> None:
        assert [next_code("ZZ") for _ in range(3)] == ["ZZ-0001", "ZZ-0002", "ZZ-0003"]

    def test_counts_each_prefix_by_itself(self, db: None) -> None:
        assert (next_code("ZA"), next_code("ZB"), next_code("ZA")) == (
            "ZA-0001",
            "ZB-0001",
            "ZA-0002",
        )

    def test_grows_beyond_four_digits(self, db: None) -> None:
        CodeCounter.objects.create(prefix="ZZ", last_number=9999)
        assert next_code("ZZ") == "ZZ-10000"

    def test_gives_several_at_once_in_order(self, db: None) -> None:
        next_code("ZZ")
        assert next_codes("ZZ", count=3) == ["ZZ-0002", "ZZ-0003", "ZZ-0004"]
        assert next_code("ZZ") == "ZZ-0005"

    def test_takes_a_number_back_with_its_transaction(self, db: None) -> None:
        def refused() -> None:
            with transaction.atomic():
                next_code("ZZ")
                raise LookupError

        with pytest.raises(LookupError):
            refused()
        assert next_code("ZZ") == "ZZ-0001"

    def test_refuses_to_work_outside_a_transaction(self, fresh_tenant: Tenant) -> None:
        with pytest.raises(transaction.TransactionManagementError):
            next_code("ZZ")
