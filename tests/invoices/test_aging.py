"""Open invoices by age: the same money as the ledger's receivable, on any day."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.selectors import (
    BUCKETS,
    InvoiceFilters,
    aging_by_client,
    aging_totals,
    list_invoices,
)
from tenant_apps.invoices.services import credit_invoice
from tenant_apps.ledger.selectors import AccountCode, balance_of
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.invoices.stories import pay
from tests.payments.figures import dollars
from tests.queries import queries_of

URL = "/api/business/invoices/aging/"
DUE = date(2026, 3, 16)


def issue(by: User, at: datetime) -> Invoice:
    """Issue an invoice over 1,000.00, due on 16 March 2026."""
    issued: Invoice = IssuedInvoiceFactory(deal=WonDealFactory(by=by, at=at), at=at)
    return issued


def buckets(viewer: User, day: date) -> dict[str, str]:
    """Return the buckets that are not empty on a day, over all clients."""
    until = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    rows = aging_totals(viewer=viewer, as_of=day, until=until)
    return {name: str(money.amount) for row in rows for name, money in row.buckets.items() if money}


class TestBuckets:
    @pytest.mark.parametrize(
        ("days", "bucket"),
        [
            (-14, "current"),
            (0, "current"),
            (1, "days_1_30"),
            (30, "days_1_30"),
            (31, "days_31_60"),
            (60, "days_31_60"),
            (61, "days_61_90"),
            (90, "days_61_90"),
            (91, "days_over_90"),
            (4000, "days_over_90"),
        ],
    )
    def test_count_days_after_the_due_day(
        self, sam: User, fay: User, at_noon: datetime, days: int, bucket: str
    ) -> None:
        invoice = issue(sam, at_noon)
        day = DUE + timedelta(days=days)
        assert buckets(fay, day) == {bucket: "1000.00"}
        for name in BUCKETS:
            listed = list_invoices(viewer=fay, filters=InvoiceFilters(age=name, today=day))
            assert [each.pk for each in listed] == ([invoice.pk] if name == bucket else [])

    def test_are_empty_before_the_issue_and_of_drafts(
        self, sam: User, fay: User, at_noon: datetime
    ) -> None:
        issue(sam, at_noon)
        DraftInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
        assert buckets(fay, date(2026, 3, 1)) == {}
        assert buckets(fay, date(2026, 3, 2)) == {"current": "1000.00"}

    def test_are_what_they_were_on_a_past_day(
        self, sam: User, fay: User, vera: User, at_noon: datetime
    ) -> None:
        invoice = issue(sam, at_noon)
        later = at_noon + timedelta(days=30)
        pay(invoice.deal, dollars(400), checker=vera, at=later)
        credit_invoice(
            invoice_id=invoice.pk,
            amount=dollars(100),
            reason="Broken.",
            by=fay,
            at=later + timedelta(days=10),
        )
        assert buckets(fay, DUE) == {"current": "1000.00"}
        assert buckets(fay, later.date()) == {"days_1_30": "600.00"}
        assert buckets(fay, later.date() + timedelta(days=10)) == {"days_1_30": "500.00"}


class TestLedger:
    def test_has_the_same_receivable_for_each_client(
        self, sam: User, fay: User, vera: User, at_noon: datetime
    ) -> None:
        for amount in (0, 1, 999, 1000):
            invoice = issue(sam, at_noon)
            if amount:
                pay(invoice.deal, dollars(amount), checker=vera, at=at_noon)
        until = at_noon + timedelta(days=1)
        rows = aging_by_client(viewer=fay, as_of=at_noon.date(), until=until)
        found = {row.client_id: row.open for row in rows}
        for client in Client.objects.filter(pk__in=Invoice.objects.values("client_id")):
            owed = balance_of(AccountCode.RECEIVABLE, currency="USD", client_id=client.pk)
            assert found.get(client.pk, dollars(0)) == owed


class TestHttp:
    def test_lists_clients_and_totals(
        self, as_fay: PrsClient, as_suki: PrsClient, as_mallory: PrsClient, sam: User, at_noon: Any
    ) -> None:
        issue(sam, at_noon)
        query = "?as_of=2026-04-01"
        (row,) = ok(as_fay.get(f"{URL}{query}"))["results"]
        assert row["open"]["amount"] == row["buckets"]["days_1_30"]["amount"] == "1000.00"
        (total,) = ok(as_fay.get(f"{URL}totals/{query}"))["results"]
        assert total["open"] == row["open"]
        for client in (as_suki, as_mallory):
            assert ok(client.get(f"{URL}{query}"))["results"] == []
        error(as_fay.get(f"{URL}?as_of=yesterday"), 400)

    def test_is_refused_to_other_roles(self, as_tim: PrsClient, anyone: PrsClient) -> None:
        error(as_tim.get(URL), 403)
        error(anyone.get(URL), 401)

    def test_costs_the_same_for_one_and_for_many(
        self, as_fay: PrsClient, sam: User, at_noon: datetime
    ) -> None:
        costs = []
        for count in (1, 9):
            for _ in range(count):
                issue(sam, at_noon)
            paths = (URL, f"{URL}totals/")
            costs.append([queries_of(partial(as_fay.get, path)) for path in paths])
        assert costs[0] == costs[1]
