"""The entries of a period as a file that an accountant can check by itself."""

import csv
import hashlib
import io
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tenant_apps.ledger import exporting
from tenant_apps.ledger.selectors import trial_balance
from tests.client import PrsClient, error
from tests.histories.office import Office
from tests.histories.opening import open_office
from tests.ledger.movements import receive_money, sell
from tests.queries import queries_of

URL = "/api/business/ledger/export/"
MARCH = {"since": "2026-03-01", "until": "2026-03-31"}


@pytest.fixture
def movements(cast: None, at_noon: datetime) -> None:
    """A sale in February; one in March, and money for it; one in April."""
    for days in (-10, 0, 40):
        sell(uuid4(), "100.00", tax="19.00", at=at_noon + timedelta(days=days))
    receive_money(uuid4(), uuid4(), "30.00", at=at_noon)


def read(client: PrsClient, form: str = "csv", **query: Any) -> bytes:
    """Return the file."""
    answer: Any = client.get(f"{URL}{form}/", {**MARCH, **query})
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def rows_of(content: bytes, record: str = "") -> list[dict[str, str]]:
    """Return the rows of a CSV file, of one kind when named."""
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    return [row for row in rows if not record or row["record"] == record]


def net_by_account(rows: list[dict[str, str]]) -> dict[tuple[str, str], Decimal]:
    """Return debits less credits of each account and currency."""
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = (row["account"], row["currency"])
        sums[key] = sums.get(key, Decimal(0)) + Decimal(row["debit"]) - Decimal(row["credit"])
    return sums


@pytest.mark.usefixtures("movements")
class TestExport:
    def test_has_every_posting_of_the_days_and_no_other(self, as_fay: PrsClient) -> None:
        rows = rows_of(read(as_fay), "posting")
        assert {row["posted_on"] for row in rows} == {"2026-03-02"}
        assert [(row["account"], row["debit"], row["credit"]) for row in rows[:3]] == [
            ("receivable", "119.00", "0.00"),
            ("revenue", "0.00", "100.00"),
            ("tax_payable", "0.00", "19.00"),
        ]
        assert len(rows) == 5

    def test_leads_from_the_opening_to_the_closing_balances(self, as_fay: PrsClient) -> None:
        content = read(as_fay)
        opening, postings, closing = (
            net_by_account(rows_of(content, record)) for record in ("opening", "posting", "closing")
        )
        for key, net in closing.items():
            assert opening.get(key, Decimal(0)) + postings.get(key, Decimal(0)) == net
        shown = {
            (row.account, row.debit.currency): (row.debit - row.credit).amount
            for row in trial_balance(as_of=date(2026, 3, 31))
        }
        assert closing == shown

    def test_ends_with_the_turnover_and_a_checksum(self, as_fay: PrsClient) -> None:
        content = read(as_fay)
        [turnover] = rows_of(content, "turnover")
        assert (turnover["debit"], turnover["credit"]) == ("149.00", "149.00")
        before, last = content[: content.rindex(b"check,")], rows_of(content)[-1]
        assert last["memo"] == f"sha256 {hashlib.sha256(before).hexdigest()}"
        assert int(last["entry"]) == before.count(b"\n")

    def test_says_the_same_in_json_lines(self, as_fay: PrsClient) -> None:
        content = read(as_fay, "json")
        lines = [json.loads(line) for line in content.splitlines()]
        named = [{name: row[name] for name in row if row[name]} for row in rows_of(read(as_fay))]
        assert lines[:-1] == named[:-1]
        before = content[: content.rindex(b'{"record":"check"')]
        assert lines[-1]["memo"] == f"sha256 {hashlib.sha256(before).hexdigest()}"

    def test_is_read_in_portions(self, as_fay: PrsClient, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = read(as_fay)
        monkeypatch.setattr(exporting, "AT_ONCE", 1)
        assert read(as_fay) == whole

    def test_costs_the_same_queries_for_1_and_50_entries(
        self, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        few = queries_of(lambda: read(as_fay))
        for _ in range(50):
            sell(uuid4(), "1.00", at=at_noon)
        assert queries_of(lambda: read(as_fay)) == few

    def test_needs_the_right_to_see_the_ledger(self, as_sam: PrsClient, as_vera: PrsClient) -> None:
        for client in (as_sam, as_vera):
            for form in ("csv", "json"):
                refused = client.get(f"{URL}{form}/", MARCH)
                assert error(refused, 403)["code"] == "permission_denied"

    def test_shows_another_organization_its_own_books(self, as_mallory: PrsClient) -> None:
        assert rows_of(read(as_mallory), "posting") == []

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"until": "2026-02-01"}, "/until"),
            ({"since": "soon"}, "/since"),
            ({"since": "0001-01-01"}, "/since"),
        ],
    )
    def test_refuses_days_that_make_no_period(
        self, as_fay: PrsClient, query: dict[str, str], field: str
    ) -> None:
        refused = error(as_fay.get(f"{URL}csv/", {**MARCH, **query}), 400)
        assert refused["errors"][0]["field"] == field


class TestSpreadsheets:
    @pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx"])
    def test_take_no_memo_for_a_formula(self, name: str) -> None:
        line = exporting._csv_line({"record": "posting", "memo": name})
        assert next(csv.reader(io.StringIO(line.decode())))[5] == f"'{name}"


class TestAfterAHistory:
    def test_every_account_closes_as_the_trial_balance_says(
        self, cast: None, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        open_office(Office.opened(at=at_noon))
        closing = net_by_account(rows_of(read(as_fay), "closing"))
        assert closing == {
            (row.account, row.debit.currency): (row.debit - row.credit).amount
            for row in trial_balance()
        }
        assert len({currency for _, currency in closing}) == 2
