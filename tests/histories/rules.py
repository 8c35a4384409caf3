"""The money rules, asked of the tables themselves: each check has the rule's name.

The SQL here shares nothing with the product's selectors; what those show is compared with it.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from shared_apps.kernel.models import AmountField
from shared_apps.kernel.money import Money
from tenant_apps.clients.models import Client
from tenant_apps.commissions.services import recompute_all
from tenant_apps.deals.models import Deal
from tenant_apps.documents.models import CodeCounter
from tenant_apps.invoices.client_accounts import account_of
from tenant_apps.ledger.selectors import (
    open_balances_of_client,
    positions_of_deals,
    trial_balance,
)
from tenant_apps.ledger.statements import currencies_of_client, statement_of
from tests.histories import questions
from tests.histories.asking import offenders_of, rows_of

# balances are the same on whatever day somebody looks
ANY_DAY = date(2026, 3, 2)
# prices of one piece may be finer than what is paid
FINER = {"unit_price", "list_price"}
CODED = {
    "CL": "clients_client",
    "DL": "deals_deal",
    "HO": "handovers_handover",
    "PY": "payments_payment",
    "RF": "returns_return",
    "RV": "returns_return",
    "CB": "returns_return",
    "WO": "returns_return",
    "RC": "returns_return",
}


def refuse(rule: str, question: str) -> None:
    """Refuse books in which the question, which asks for offenders, finds any."""
    found = rows_of(question)
    assert not found, f"{rule}: {found}"


def check_the_books() -> None:
    """Ask every question of BOOKS: rules M1 to M5, M13 and the trial balance.

    M1: every stored amount is rounded once, to the exponent of its currency. M2: shares total
    100 % on every day, and what a deal collected is credited to the last cent. M3: nothing
    unverified is posted, applied, settled or credited, and nothing but won deals. M4: verified =
    applied + unapplied + refunded + charged back + reversed, each >= 0. M5: lines = instalments =
    total, credit notes within their invoice, numbers exactly first..n. M13: nobody decided what
    they made, handed in, own or are credited for, nor gave credit to it. Debits equal credits, per
    currency and entry.
    """
    found = offenders_of(_all_questions())
    assert not found, "; ".join(f"{rule}: {offender}" for rule, offender in found)


def check_codes() -> None:
    """The codes of each kind are exactly 1 to the last one (M5)."""
    counted = dict(CodeCounter.objects.values_list("prefix", "last_number"))
    for prefix, table in CODED.items():
        pattern = f"^{prefix}-([0-9]+)$"
        found = rows_of(
            f"SELECT substring(code from %(pattern)s)::bigint FROM {table}"  # noqa: S608
            " WHERE code ~ %(pattern)s ORDER BY 1",
            pattern=pattern,
        )
        numbers = [row[0] for row in found]
        last = counted.get(prefix, 0)
        assert numbers == list(range(1, last + 1)), f"M5: {prefix} has {numbers}, not 1 to {last}"


def check_m6_commission_is_the_formula() -> None:
    """Every ladder's lines sum to the rate on its base; recomputing finds no difference."""
    told = tuple(rows_of(questions.COMMISSION))
    if told in _recomputed:
        return
    differences = recompute_all().differences
    assert not differences, f"M6: {differences}"
    _recomputed.add(told)


def check_shown_balances() -> None:
    """What deals and clients are shown to owe and to hold is what the ledger says.

    So is the trial balance. All of it follows from the postings and the states of deals: what was
    compared once need not be compared again.
    """
    told = tuple(rows_of(questions.WHAT_BALANCES_FOLLOW_FROM))
    if told in _compared:
        return
    _check_trial_balance()
    _check_deal_balances()
    _check_client_balances()
    _compared.add(told)


def check_accounts() -> None:
    """The account and the statement of every client say what the ledger says: for the end.

    Both follow from the client's postings: histories begin alike, and most of it was compared.
    """
    for told in rows_of(questions.WHAT_ACCOUNTS_FOLLOW_FROM):
        if told not in _compared:
            _check_client_account(Client.objects.get(pk=told[0]))
            _compared.add(told)


def check_constraints() -> None:
    """Ask the constraints that the database puts off until the commit."""
    connection.check_constraints()


def _check_trial_balance() -> None:
    shown: dict[str, Decimal] = {}
    for row in trial_balance():
        currency = row.debit.currency
        shown[currency] = shown.get(currency, Decimal(0)) + row.debit.amount - row.credit.amount
    assert not any(shown.values()), f"trial balance shows {shown}"


def _check_deal_balances() -> None:
    positions = positions_of_deals(Deal.objects.values_list("pk", flat=True))
    shown = {(pk, at.outstanding.currency, at.outstanding.amount) for pk, at in positions.items()}
    told = {tuple(row) for row in rows_of(questions.OWED_PER_DEAL)}
    owed = {row for row in shown if row[2]}
    assert owed == told, f"deals are shown to owe {owed ^ told}"


def _check_client_balances() -> None:
    shown = {
        (client, each.currency, each.outstanding.amount, each.credit.amount)
        for (client,) in rows_of(questions.CLIENTS_WITH_POSTINGS)
        for each in open_balances_of_client(client)
    }
    told = {tuple(row) for row in rows_of(questions.STANDING_PER_CLIENT)}
    assert shown == told, f"clients are shown {shown ^ told}"


def _check_client_account(client: Client) -> None:
    account = account_of(client, today=ANY_DAY)
    shown = {(each.outstanding, each.credit) for each in account.balances}
    told = {(each.outstanding, each.credit) for each in open_balances_of_client(client.pk)}
    assert shown == told, f"{client} is shown {shown ^ told}"
    for currency in currencies_of_client(client.pk):
        closing = statement_of(client.pk, currency=currency).closing
        owed = sum((o - c for o, c in told if o.currency == currency), Money.zero(currency))
        assert closing == owed, f"the statement of {client} closes at {closing}, not {owed}"


def _unrounded_amounts() -> str:
    """Return the question for amounts finer than their currency, over every table with both."""
    asked = []
    for model in apps.get_models():
        columns = {each.name: each for each in model._meta.concrete_fields}
        if "currency" not in columns or model._meta.app_label == "commissions_simulations":
            continue
        asked += [
            f"SELECT '{model._meta.db_table}.{name}', {name}::text, currency"  # noqa: S608
            f" FROM {model._meta.db_table}"
            f" WHERE {name} <> round({name}, CASE currency WHEN 'JPY' THEN 0 ELSE 2 END)"
            for name, column in columns.items()
            if isinstance(column, AmountField) and name not in FINER
        ]
    return " UNION ALL ".join(asked)


@cache
def _all_questions() -> dict[str, str]:
    return {"M1": _unrounded_amounts(), **BOOKS}


# rule -> the question for its offenders
BOOKS = {
    "M2 shares": questions.SHARES_NOT_WHOLE,
    "M2 credit": questions.CREDIT_NOT_WHOLE,
    "M3 payments": questions.UNVERIFIED_MONEY,
    "M3 deals": questions.MONEY_ON_DEALS_NOT_WON,
    "M4 payment": questions.PAYMENTS_NOT_ADDING_UP,
    "M4 outstanding": questions.DEALS_NOT_ADDING_UP,
    "M4 client": questions.CLIENTS_NOT_ADDING_UP,
    "M5 versions": questions.VERSIONS_NOT_ADDING_UP,
    "M5 invoices": questions.INVOICES_NOT_ADDING_UP,
    "M5 credit notes": questions.CREDITED_BEYOND_INVOICE,
    "M5 invoiced": questions.INVOICED_BEYOND_DEAL,
    "M5 to invoice": questions.OWED_BUT_NOT_TO_BE_INVOICED,
    "M5 asked for": questions.ASKED_BUT_NOT_OWED,
    "M5 given up": questions.LOST_BUT_NOT_BAD_DEBT,
    "M5 series": questions.SERIES_WITH_GAPS,
    "M6 ladder": questions.LADDERS_OFF_THE_FORMULA,
    "M13 payments": questions.PAYMENTS_DECIDED_BY_INTERESTED,
    "M13 returns": questions.RETURNS_DECIDED_BY_INTERESTED,
    "M13 credit": questions.CREDIT_APPLIED_BY_INTERESTED,
    "M13 discounts": questions.DISCOUNTS_DECIDED_BY_INTERESTED,
    "M13 undecided": questions.VERIFIED_WITHOUT_DECISION,
    "trial balance": questions.UNBALANCED_CURRENCIES,
    "entries": questions.UNBALANCED_ENTRIES,
}
# what was found right need not be looked at again: histories begin alike
_recomputed: set[tuple[tuple[Any, ...], ...]] = set()
_compared: set[tuple[Any, ...]] = set()

Check = Callable[[], None]
CHECKS: tuple[Check, ...] = (
    check_the_books,
    check_codes,
    check_m6_commission_is_the_formula,
    check_shown_balances,
    check_constraints,
)
