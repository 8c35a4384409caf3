"""What the API shows of money, compared with SQL over the ledger: every row of every list."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from tests.client import PrsClient, ok
from tests.histories.asking import rows_of

BUSINESS = "/api/business"

# what of each payment the books hold: received, given to deals, still the client's
PAYMENTS = """
SELECT payment.code,
  coalesce(sum(debit - credit) FILTER (WHERE account_id = 'cash_clearing'), 0),
  coalesce(sum(credit - debit) FILTER (WHERE account_id = 'client_credit'), 0)
FROM payments_payment payment LEFT JOIN ledger_posting posting
  ON posting.payment_id = payment.id AND posting.currency = payment.currency
GROUP BY payment.code
"""
# what each deal owes, and what payments have taken off it
DEALS = """
SELECT deal.code, trim(version.currency),
  coalesce(sum(debit - credit) FILTER (WHERE account_id = 'receivable'), 0),
  coalesce(sum(credit - debit)
    FILTER (WHERE account_id = 'receivable' AND payment_id IS NOT NULL), 0)
FROM deals_deal deal JOIN deals_dealversion version ON version.id = deal.current_version_id
LEFT JOIN ledger_posting posting ON posting.deal_id = deal.id
  AND posting.currency = version.currency
GROUP BY deal.code, version.currency
"""
INVOICES = """
SELECT invoice.id::text, total, met, credited, lost, greatest(total - met - credited - lost, 0)
FROM invoices_invoice invoice
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS lost
  FROM invoices_invoiceloss WHERE invoice_id = invoice.id) loss
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS met
  FROM invoices_invoicesettlement WHERE invoice_id = invoice.id) settlement
CROSS JOIN LATERAL (SELECT coalesce(sum(total), 0) AS credited
  FROM invoices_creditnote WHERE invoice_id = invoice.id) note
"""
CLIENTS = """
SELECT client.code, trim(currency),
  coalesce(sum(debit - credit) FILTER (WHERE account_id = 'receivable'), 0),
  coalesce(sum(credit - debit) FILTER (WHERE account_id = 'client_credit'), 0)
FROM clients_client client JOIN ledger_posting posting ON posting.client_id = client.id
GROUP BY client.code, currency
"""
ACCOUNTS = """
SELECT account_id, trim(currency), sum(debit), sum(credit) FROM ledger_posting
GROUP BY account_id, currency
"""
# all that open invoices ask for, by currency
AGED = """
SELECT trim(currency), sum(greatest(total - met - credited - lost, 0)) FROM invoices_invoice invoice
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS lost
  FROM invoices_invoiceloss WHERE invoice_id = invoice.id) loss
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS met
  FROM invoices_invoicesettlement WHERE invoice_id = invoice.id) settlement
CROSS JOIN LATERAL (SELECT coalesce(sum(total), 0) AS credited
  FROM invoices_creditnote WHERE invoice_id = invoice.id) note
WHERE status = 'issued' GROUP BY currency
"""


def check_shown_figures(client: PrsClient, today: date) -> None:
    """Refuse an API that shows another amount than the tables of the books hold.

    `today` is the office's day, which may lie years ahead.
    """
    _check_payments(client)
    _check_deals(client)
    _check_invoices(client, today)
    _check_clients(client)
    _check_ledger(client)


def _check_payments(client: PrsClient) -> None:
    told = {code: (cash, credit) for code, cash, credit in rows_of(PAYMENTS)}
    for row in _all(client, "payments"):
        cash, credit = told.pop(row["code"])
        verified = _sum(row["verified_amount"])
        shown = (verified - _sum(row["returned"]), _sum(row["unapplied"]))
        assert shown == (cash, credit), f"{row['code']} shows {shown}, the books {cash, credit}"
        assert _sum(row["applied"]) == cash - credit, f"{row['code']} applied {row['applied']}"
    assert not told, f"payments that no list shows: {told}"


def _check_deals(client: PrsClient) -> None:
    told = {code: rest for code, *rest in rows_of(DEALS)}
    for row in _all(client, "deals"):
        currency, owed, applied = told[row["code"]]
        money = row["payment"]
        amounts = (_sum(money["outstanding"]), _sum(money["applied"]))
        shown = [money["outstanding"]["currency"], *amounts]
        assert shown == [currency, owed, applied], f"{row['code']} shows {shown}"


def _check_invoices(client: PrsClient, today: date) -> None:
    told = {pk: rest for pk, *rest in rows_of(INVOICES)}
    for row in _all(client, "invoices"):
        shown = [
            _sum(row[name]) for name in ("total", "settled", "credited", "written_off", "open")
        ]
        assert shown == told.pop(row["id"]), f"invoice {row['number']} shows {shown}"
    assert not told, f"invoices that no list shows: {told}"
    aged = ok(client.get(f"{BUSINESS}/invoices/aging/totals/", {"as_of": str(today)}))["results"]
    shown_aged = {row["open"]["currency"]: _sum(row["open"]) for row in aged}
    expected = {currency: open_sum for currency, open_sum in rows_of(AGED) if open_sum}
    assert shown_aged == expected, f"aging shows {shown_aged}, not {expected}"


def _check_clients(client: PrsClient) -> None:
    told: dict[str, set[tuple[Any, ...]]] = {}
    for code, currency, owed, credit in rows_of(CLIENTS):
        if owed or credit:
            told.setdefault(code, set()).add((currency, owed, credit))
    for code, expected in told.items():
        account = ok(client.get(f"{BUSINESS}/clients/{code}/account/"))
        shown = {
            (each["outstanding"]["currency"], _sum(each["outstanding"]), _sum(each["credit"]))
            for each in account["balances"]
        }
        assert shown == expected, f"{code} shows {shown}, not {expected}"


def _check_ledger(client: PrsClient) -> None:
    rows = ok(client.get(f"{BUSINESS}/ledger/trial-balance/"))["results"]
    shown = {
        (row["account"], row["debit"]["currency"], _sum(row["debit"]), _sum(row["credit"]))
        for row in rows
    }
    assert shown == set(rows_of(ACCOUNTS)), "the trial balance is not that of the postings"


def _all(client: PrsClient, collection: str) -> Iterator[dict[str, Any]]:
    address: str | None = f"{BUSINESS}/{collection}/?page_size=100"
    while address:
        found = ok(client.get(address))
        yield from found["results"]
        address = found["pagination"]["next"]


def _sum(money: dict[str, str] | None) -> Decimal:
    return Decimal(money["amount"]) if money else Decimal(0)
