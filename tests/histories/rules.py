"""The money rules, asked of the tables themselves: each check has the rule's name.

The SQL here shares nothing with the product's selectors; what those show is compared with it.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
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
}


def rows_of(question: str, **given: Any) -> list[tuple[Any, ...]]:
    """Return the answer of the database."""
    with connection.cursor() as cursor:
        cursor.execute(question, given or None)
        return list(cursor.fetchall())


def refuse(rule: str, question: str) -> None:
    """Refuse books in which the question, which asks for offenders, finds any."""
    found = rows_of(question)
    assert not found, f"{rule}: {found}"


def check_m1_amounts_have_their_currencys_exponent() -> None:
    """Every stored amount is rounded once, to the exponent of its currency."""
    refuse("M1", _unrounded_amounts())


def check_m2_parts_sum_to_the_whole() -> None:
    """Shares total 100 %, on every day; what a deal collected is credited to the last cent."""
    refuse("M2 shares", questions.SHARES_NOT_WHOLE)
    refuse("M2 credit", questions.CREDIT_NOT_WHOLE)


def check_m3_only_verified_money_counts() -> None:
    """Nothing unverified is posted, applied, settled or credited, and nothing but won deals."""
    refuse("M3 payments", questions.UNVERIFIED_MONEY)
    refuse("M3 deals", questions.MONEY_ON_DEALS_NOT_WON)


def check_m4_every_cent_of_a_payment_is_somewhere() -> None:
    """verified = applied + unapplied + refunded + charged back + reversed, each >= 0."""
    refuse("M4 payment", questions.PAYMENTS_NOT_ADDING_UP)
    refuse("M4 outstanding", questions.DEALS_NOT_ADDING_UP)
    refuse("M4 client", questions.CLIENTS_NOT_ADDING_UP)


def check_m5_papers_add_up_and_numbers_have_no_gap() -> None:
    """Lines = instalments = total; credit notes within their invoice; numbers exactly first..n."""
    refuse("M5 versions", questions.VERSIONS_NOT_ADDING_UP)
    refuse("M5 invoices", questions.INVOICES_NOT_ADDING_UP)
    refuse("M5 credit notes", questions.CREDITED_BEYOND_INVOICE)
    refuse("M5 invoiced", questions.INVOICED_BEYOND_DEAL)
    refuse("M5 to invoice", questions.OWED_BUT_NOT_TO_BE_INVOICED)
    refuse("M5 asked for", questions.ASKED_BUT_NOT_OWED)
    refuse("M5 series", questions.SERIES_WITH_GAPS)
    _check_codes()


def check_m6_commission_is_the_formula() -> None:
    """Every ladder's lines sum to the rate on its base; recomputing finds no difference."""
    refuse("M6 ladder", questions.LADDERS_OFF_THE_FORMULA)
    told = tuple(rows_of(questions.COMMISSION))
    if told in _recomputed:
        return
    differences = recompute_all().differences
    assert not differences, f"M6: {differences}"
    _recomputed.add(told)


def check_m13_four_eyes() -> None:
    """Nobody decided what they made, handed in, own or are credited for."""
    refuse("M13 payments", questions.PAYMENTS_DECIDED_BY_INTERESTED)
    refuse("M13 returns", questions.RETURNS_DECIDED_BY_INTERESTED)
    refuse("M13 discounts", questions.DISCOUNTS_DECIDED_BY_INTERESTED)
    refuse("M13 undecided", questions.VERIFIED_WITHOUT_DECISION)


def check_trial_balance() -> None:
    """Debits equal credits, per currency and per entry."""
    refuse("trial balance", questions.UNBALANCED_CURRENCIES)
    refuse("entries", questions.UNBALANCED_ENTRIES)
    shown: dict[str, Decimal] = {}
    for row in trial_balance():
        currency = row.debit.currency
        shown[currency] = shown.get(currency, Decimal(0)) + row.debit.amount - row.credit.amount
    assert not any(shown.values()), f"trial balance shows {shown}"


def check_shown_balances() -> None:
    """What deals and clients are shown to owe and to hold is what the ledger says."""
    positions = positions_of_deals(Deal.objects.values_list("pk", flat=True))
    shown = {(pk, at.outstanding.currency, at.outstanding.amount) for pk, at in positions.items()}
    told = {tuple(row) for row in rows_of(questions.OWED_PER_DEAL)}
    owed = {row for row in shown if row[2]}
    assert owed == told, f"deals are shown to owe {owed ^ told}"
    _check_client_balances()


def check_accounts(today: date) -> None:
    """The account and the statement of every client say what the ledger says: for the end."""
    for client in Client.objects.order_by("pk"):
        _check_client_account(client, today)


def check_constraints() -> None:
    """Ask the constraints that the database puts off until the commit."""
    connection.check_constraints()


def _check_client_balances() -> None:
    shown = {
        (client, each.currency, each.outstanding.amount, each.credit.amount)
        for (client,) in rows_of(questions.CLIENTS_WITH_POSTINGS)
        for each in open_balances_of_client(client)
    }
    told = {tuple(row) for row in rows_of(questions.STANDING_PER_CLIENT)}
    assert shown == told, f"clients are shown {shown ^ told}"


def _check_client_account(client: Client, today: date) -> None:
    account = account_of(client, today=today)
    shown = {(each.outstanding, each.credit) for each in account.balances}
    told = {(each.outstanding, each.credit) for each in open_balances_of_client(client.pk)}
    assert shown == told, f"{client} is shown {shown ^ told}"
    for currency in currencies_of_client(client.pk):
        closing = statement_of(client.pk, currency=currency).closing
        owed = sum((o - c for o, c in told if o.currency == currency), Money.zero(currency))
        assert closing == owed, f"the statement of {client} closes at {closing}, not {owed}"


def _check_codes() -> None:
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


# what was recomputed without a difference need not be computed again: histories begin alike
_recomputed: set[tuple[tuple[Any, ...], ...]] = set()

Check = Callable[[], None]
CHECKS: tuple[Check, ...] = (
    check_m1_amounts_have_their_currencys_exponent,
    check_m2_parts_sum_to_the_whole,
    check_m3_only_verified_money_counts,
    check_m4_every_cent_of_a_payment_is_somewhere,
    check_m5_papers_add_up_and_numbers_have_no_gap,
    check_m6_commission_is_the_formula,
    check_m13_four_eyes,
    check_trial_balance,
    check_shown_balances,
    check_constraints,
)
