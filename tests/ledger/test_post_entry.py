"""Posting to the ledger."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant
from tenant_apps.ledger.models import JournalEntry, Posting
from tenant_apps.ledger.selectors import (
    AccountCode,
    applied_to_deal,
    applied_to_deals,
    balance_of,
    list_accounts,
    outstanding_of_deal,
    positions_of_deals,
    received_for_deal,
    trial_balance,
)
from tenant_apps.ledger.services import (
    EntryKind,
    InvalidPosting,
    NewEntry,
    NewPosting,
    UnbalancedEntry,
    post_entry,
    seed_accounts,
)
from tests.ledger.movements import apply_money, post, receive_money, sell
from tests.together import run_together

RECEIVABLE, REVENUE, TAX = AccountCode.RECEIVABLE, AccountCode.REVENUE, AccountCode.TAX_PAYABLE
CASH, CREDIT = AccountCode.CASH_CLEARING, AccountCode.CLIENT_CREDIT


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


class TestPostEntry:
    def test_keeps_the_local_day_of_the_movement(self, db: None) -> None:
        late_in_berlin = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
        entry_id = sell(uuid4(), "100.00", at=late_in_berlin)

        entry = JournalEntry.objects.get(pk=entry_id)
        assert (entry.occurred_at, entry.posted_on) == (late_in_berlin, date(2026, 3, 3))

    def test_refuses_sides_that_differ(self, db: None, at_noon: datetime) -> None:
        with pytest.raises(UnbalancedEntry):
            post(
                NewPosting(account=RECEIVABLE, debit=usd("10.00")),
                NewPosting(account=REVENUE, credit=usd("9.99")),
                at=at_noon,
            )
        assert not JournalEntry.objects.exists()

    def test_balances_each_currency_by_itself(self, db: None, at_noon: datetime) -> None:
        with pytest.raises(UnbalancedEntry):
            post(
                NewPosting(account=RECEIVABLE, debit=usd("10.00")),
                NewPosting(account=REVENUE, credit=Money.of("10.00", "EUR")),
                at=at_noon,
            )

    def test_refuses_an_entry_without_postings(self, db: None, at_noon: datetime) -> None:
        with pytest.raises(UnbalancedEntry):
            post(at=at_noon)

    @pytest.mark.parametrize(
        "posting",
        [
            NewPosting(account=RECEIVABLE),
            NewPosting(account=RECEIVABLE, debit=usd("1.00"), credit=usd("1.00")),
            NewPosting(account=RECEIVABLE, debit=usd("0.00")),
            NewPosting(account=RECEIVABLE, debit=usd("-1.00")),
        ],
    )
    def test_refuses_a_posting_without_one_positive_side(
        self, db: None, at_noon: datetime, posting: NewPosting
    ) -> None:
        with pytest.raises(InvalidPosting):
            post(posting, NewPosting(account=REVENUE, credit=usd("1.00")), at=at_noon)

    def test_posts_an_event_once(self, db: None, at_noon: datetime) -> None:
        event_id = uuid4()
        sell(uuid4(), "10.00", at=at_noon, event_id=event_id)
        with pytest.raises(IntegrityError), transaction.atomic():
            sell(uuid4(), "10.00", at=at_noon, event_id=event_id)
        assert JournalEntry.objects.count() == 1

    def test_posts_an_event_once_under_10_concurrent_tries(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        event_id = uuid4()
        tries = [partial(sell, uuid4(), "10.00", at=at_noon, event_id=event_id)] * 10
        results = run_together(fresh_tenant, tries)

        assert sum(isinstance(result, UUID) for result in results) == 1
        assert sum(isinstance(result, IntegrityError) for result in results) == 9
        assert Posting.objects.count() == 2


class TestConstraints:
    @pytest.mark.parametrize(
        ("debit", "credit"), [("0", "0"), ("1", "1"), ("-1", "0"), ("0", "-1")]
    )
    def test_refuse_a_posting_without_one_side(
        self, db: None, at_noon: datetime, debit: str, credit: str
    ) -> None:
        entry_id = sell(uuid4(), "10.00", at=at_noon)
        with pytest.raises(IntegrityError, match="posting_has_one_side"):
            Posting.objects.create(
                entry_id=entry_id,
                account_id=RECEIVABLE,
                debit=Decimal(debit),
                credit=Decimal(credit),
                currency="USD",
            )

    def test_refuse_a_posting_without_a_currency(self, db: None, at_noon: datetime) -> None:
        entry_id = sell(uuid4(), "10.00", at=at_noon)
        with pytest.raises(IntegrityError, match="posting_has_currency"):
            Posting.objects.create(
                entry_id=entry_id, account_id=CASH, debit=Decimal(1), currency=""
            )


class TestBalances:
    def test_are_positive_on_the_accounts_own_side(self, db: None, at_noon: datetime) -> None:
        deal, payment = uuid4(), uuid4()
        sell(deal, "100.00", tax="19.00", at=at_noon)
        receive_money(deal, payment, "50.00", at=at_noon)

        assert balance_of(RECEIVABLE, currency="USD", deal_id=deal) == usd("119.00")
        assert balance_of(REVENUE, currency="USD", deal_id=deal) == usd("100.00")
        assert balance_of(TAX, currency="USD", deal_id=deal) == usd("19.00")
        assert balance_of(CASH, currency="USD", deal_id=deal) == usd("50.00")
        assert balance_of(CREDIT, currency="USD", deal_id=deal) == usd("50.00")

    def test_keep_currencies_and_clients_apart(self, db: None, at_noon: datetime) -> None:
        client = uuid4()
        sell(uuid4(), "100.00", at=at_noon, client_id=client)
        sell(uuid4(), "70.00", at=at_noon)

        assert balance_of(RECEIVABLE, currency="EUR") == Money.zero("EUR")
        assert balance_of(RECEIVABLE, currency="USD") == usd("170.00")
        assert balance_of(RECEIVABLE, currency="USD", client_id=client) == usd("100.00")

    def test_of_a_deal_follow_the_money(self, db: None, at_noon: datetime) -> None:
        deal, payment = uuid4(), uuid4()
        sell(deal, "100.00", at=at_noon)
        receive_money(deal, payment, "120.00", at=at_noon)
        assert applied_to_deal(deal, "USD") == usd("0.00")

        apply_money(deal, payment, "100.00", at=at_noon)
        assert applied_to_deal(deal, "USD") == usd("100.00")
        assert outstanding_of_deal(deal, "USD") == usd("0.00")
        assert received_for_deal(deal, "USD") == usd("120.00")
        assert balance_of(CREDIT, currency="USD", deal_id=deal) == usd("20.00")

    def test_of_many_deals_come_in_one_query(
        self, db: None, at_noon: datetime, django_assert_num_queries: object
    ) -> None:
        assert callable(django_assert_num_queries)
        deals = [uuid4() for _ in range(3)]
        for deal in deals[:2]:
            sell(deal, "100.00", at=at_noon)
        payment = uuid4()
        receive_money(deals[0], payment, "30.00", at=at_noon)
        apply_money(deals[0], payment, "30.00", at=at_noon)

        with django_assert_num_queries(1):
            assert applied_to_deals(deals) == {deals[0]: usd("30.00")}
        positions = positions_of_deals(deals)
        assert positions.keys() == set(deals[:2])
        assert positions[deals[0]].outstanding == usd("70.00")


class TestTrialBalance:
    def test_is_zero_per_currency(self, db: None, at_noon: datetime) -> None:
        sell(uuid4(), "100.00", tax="19.00", at=at_noon)
        sell(uuid4(), "5000", at=at_noon, currency="JPY")

        sums = sums_by_currency()
        assert sums == {"USD": (usd("119.00"),) * 2, "JPY": (Money.of("5000", "JPY"),) * 2}

    def test_stops_at_the_day_asked_for(self, db: None, at_noon: datetime) -> None:
        sell(uuid4(), "100.00", at=at_noon)
        sell(uuid4(), "70.00", at=at_noon + timedelta(days=1))

        rows = trial_balance(as_of=date(2026, 3, 2))
        assert {row.account: row.balance for row in rows} == {
            "receivable": usd("100.00"),
            "revenue": usd("100.00"),
        }


def sums_by_currency() -> dict[str, tuple[Money, Money]]:
    sums: dict[str, tuple[Money, Money]] = {}
    for row in trial_balance():
        currency = row.debit.currency
        debit, credit = sums.get(currency, (Money.zero(currency), Money.zero(currency)))
        sums[currency] = (debit + row.debit, credit + row.credit)
    return sums


def test_seeding_twice_changes_nothing(db: None) -> None:
    before = list(list_accounts())
    seed_accounts()
    assert list(list_accounts()) == before


def test_entry_keeps_its_memo_within_the_column(db: None, at_noon: datetime) -> None:
    entry = NewEntry(
        kind=EntryKind.PAYMENT_VERIFIED,
        event_id=uuid4(),
        at=at_noon,
        memo="x" * 999,
        postings=(
            NewPosting(account=CASH, debit=usd("1.00")),
            NewPosting(account=CREDIT, credit=usd("1.00")),
        ),
    )
    assert len(JournalEntry.objects.get(pk=post_entry(entry=entry)).memo) == 300
