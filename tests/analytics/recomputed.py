"""The dashboard's figures once more, by raw SQL over the tables that hold the facts.

Nothing here calls the product's code: not its selectors, not its credits, not its allocation.
"""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID

from django.db import connection

Sums = dict[str, Decimal]

# the suite's currencies: minor units per unit
UNITS = "CASE currency WHEN 'JPY' THEN 1 ELSE 100 END"

HALF_EVEN = """
    (floor(minor) + CASE WHEN minor %% 1 > 0.5 THEN 1
                         WHEN minor %% 1 = 0.5 THEN floor(minor) %% 2 ELSE 0 END)
"""

# a share of an amount in whole minor units: everybody gets the floor, the left-over units go to
# the largest fractions, the earlier split first
DIVIDED = """
    , shares AS (
        SELECT pot.*, split.payee_id, split.id AS split_id,
               amount * units * split.share_percent / 100 AS exact
        FROM pot JOIN deals_salescreditsplit split USING (deal_id)
        WHERE coalesce(split.valid_from, '-infinity') <= pot.on_day
          AND coalesce(split.valid_to, 'infinity') > pot.on_day
    ), ranked AS (
        SELECT *, rank() OVER (PARTITION BY pot_id ORDER BY exact %% 1 DESC, split_id) AS place,
               amount * units - sum(floor(exact)) OVER (PARTITION BY pot_id) AS left_over
        FROM shares
    ), divided AS (
        SELECT pot_id, sign, currency, payee_id,
               (floor(exact) + (place <= left_over)::int) / units AS part
        FROM ranked
    )
"""


def sums(sql: str, **values: Any) -> Sums:
    """Return {currency: amount} of a query, without zeros."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {currency: Decimal(amount) for currency, amount in cursor.fetchall() if amount}


def booked(first: date, last: date, payees: Collection[UUID] | None) -> Sums:
    """Net of won deals by the Berlin day of the win."""
    if payees is None:
        return sums(
            """
            SELECT v.currency, sum(l.net) FROM deals_deal d
            JOIN deals_dealversion v ON v.id = d.current_version_id
            JOIN deals_dealline l ON l.version_id = v.id
            WHERE d.status = 'won'
              AND (d.won_at AT TIME ZONE 'Europe/Berlin')::date BETWEEN %(first)s AND %(last)s
            GROUP BY 1
            """,
            first=first,
            last=last,
        )
    return sums(
        f"""
        WITH pot AS (
            SELECT d.id AS pot_id, d.id AS deal_id, 1 AS sign, v.currency, v.net AS amount,
                   {UNITS} AS units, (d.won_at AT TIME ZONE 'Europe/Berlin')::date AS on_day
            FROM deals_deal d JOIN deals_dealversion v ON v.id = d.current_version_id
            WHERE d.status = 'won'
              AND (d.won_at AT TIME ZONE 'Europe/Berlin')::date BETWEEN %(first)s AND %(last)s
        ) {DIVIDED}
        SELECT currency, sum(part) FROM divided WHERE payee_id = ANY(%(payees)s) GROUP BY 1
        """,  # noqa: S608  constants only
        first=first,
        last=last,
        payees=list(payees),
    )


def collected(first: date, last: date, payees: Collection[UUID] | None) -> Sums:
    """Net of tax of what was applied: each deal's cumulative net at the end less at the start.

    Cumulative net = round half to even of applied x net / total, by the version that stood at the
    last application up to the edge; the suite's splits never change.
    """
    everybody = payees is None
    return sums(
        f"""
        WITH applied AS (
            SELECT deal_id, edge.sign,
                   sum(amount) FILTER (WHERE
                       (applied_at AT TIME ZONE 'Europe/Berlin')::date <= edge.day) AS gross,
                   max(applied_at) FILTER (WHERE
                       (applied_at AT TIME ZONE 'Europe/Berlin')::date <= edge.day) AS last_at
            FROM payments_paymentapplication
            CROSS JOIN (VALUES (1, %(last)s::date), (-1, %(first)s::date - 1)) edge (sign, day)
            GROUP BY 1, 2
        ), exact AS (
            SELECT a.deal_id, a.sign, v.currency, {UNITS} AS units,
                   coalesce(a.gross, 0) * v.net * {UNITS} / v.total AS minor
            FROM applied a CROSS JOIN LATERAL (
                SELECT net, total, currency FROM deals_dealversion version
                LEFT JOIN audit_eventrecord amended ON amended.name = 'deals.deal_amended'
                    AND amended.payload->>'version_id' = version.id::text
                WHERE deal_id = a.deal_id AND coalesce(amended.recorded_at, '-infinity')
                    <= coalesce(a.last_at, 'infinity')
                ORDER BY number DESC LIMIT 1) v
        ), pot AS (
            SELECT deal_id::text || sign AS pot_id, deal_id, sign, currency, units,
                   {HALF_EVEN} / units AS amount,
                   %(last)s::date AS on_day
            FROM exact
        ) {DIVIDED}
        SELECT currency, sum(sign * part) FROM divided
        WHERE %(everybody)s OR payee_id = ANY(%(payees)s) GROUP BY 1
        """,  # noqa: S608  constants only
        first=first,
        last=last,
        everybody=everybody,
        payees=list(payees or []),
    )


def awaiting(payees: Collection[UUID] | None, today: date) -> Sums:
    """Gross of the submitted payments; every payment of the suite is on a deal."""
    if payees is None:
        return sums(
            """
            SELECT currency, sum(amount) FROM payments_payment
            WHERE status = 'submitted' GROUP BY 1
            """
        )
    return sums(
        f"""
        WITH pot AS (
            SELECT id AS pot_id, deal_id, 1 AS sign, currency, amount, {UNITS} AS units,
                   %(today)s::date AS on_day
            FROM payments_payment WHERE status = 'submitted'
        ) {DIVIDED}
        SELECT currency, sum(part) FROM divided WHERE payee_id = ANY(%(payees)s) GROUP BY 1
        """,  # noqa: S608  constants only
        today=today,
        payees=list(payees),
    )


def awaiting_count(payees: Collection[UUID] | None) -> int:
    """How many submitted payments are on a deal that one of the people is credited on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM payments_payment p WHERE status = 'submitted' AND (
                %(everybody)s OR EXISTS (
                    SELECT FROM deals_salescreditsplit s
                    WHERE s.deal_id = p.deal_id AND s.payee_id = ANY(%(payees)s)))
            """,
            {"everybody": payees is None, "payees": list(payees or [])},
        )
        return int(cursor.fetchone()[0])


def commission(first: date, last: date, payees: Collection[UUID] | None) -> Sums:
    """Commission of the days: every ladder climbed again, source by source, in its order."""
    return sums(
        f"""
        WITH climbed AS (
            SELECT line.currency, line.payee_id, line.commission_on, line.ladder_head_id,
                   line.ladder_seq, {UNITS} AS units, component.rate_percent / 100 * {UNITS} *
                   sum(line.base_delta) OVER (
                       PARTITION BY line.ladder_head_id ORDER BY line.ladder_seq) AS minor
            FROM commissions_commissionline line
            JOIN commissions_component component ON component.id = line.component_id
        ), targets AS (
            SELECT *, {HALF_EVEN} / units AS target FROM climbed
        ), lines AS (
            SELECT *, target - coalesce(lag(target) OVER (
                PARTITION BY ladder_head_id ORDER BY ladder_seq), 0) AS amount FROM targets
        )
        SELECT currency, sum(amount) FROM lines
        WHERE commission_on BETWEEN %(first)s AND %(last)s
          AND (%(everybody)s OR payee_id = ANY(%(payees)s))
        GROUP BY 1
        """,  # noqa: S608  constants only
        first=first,
        last=last,
        everybody=payees is None,
        payees=list(payees or []),
    )


def commission_of_month(month: date, payees: Collection[UUID] | None) -> Sums:
    """The formula from applications alone: round(credited base of the month x rate) per payee.

    Holds for the suite's histories: one flat plan by month, everything done in the order of time.
    """
    earned: Sums = {}
    rates = _rates()
    opened = _credited_through(month - timedelta(days=1))
    for (payee, currency), base in _credited_through(end_of(month)).items():
        if (payees is None or payee in payees) and payee in rates:
            gained = base - opened.get((payee, currency), Decimal(0))
            target = _target(gained, rates[payee], currency)
            earned[currency] = earned.get(currency, Decimal(0)) + target
    return {currency: amount for currency, amount in earned.items() if amount}


def _credited_through(day: date) -> dict[tuple[UUID, str], Decimal]:
    """Net collected of each deal through a commission day, divided by its splits, per payee."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH applied AS (
                SELECT a.deal_id, sum(a.amount) AS gross
                FROM payments_paymentapplication a JOIN payments_payment p ON p.id = a.payment_id
                WHERE (p.verified_at AT TIME ZONE 'Europe/Berlin')::date <= %(day)s
                GROUP BY 1
            ), exact AS (
                SELECT a.deal_id, v.currency, {UNITS} AS units,
                       a.gross * v.net * {UNITS} / v.total AS minor
                FROM applied a JOIN deals_deal d ON d.id = a.deal_id
                JOIN deals_dealversion v ON v.id = d.current_version_id
            ), pot AS (
                SELECT deal_id AS pot_id, deal_id, 1 AS sign, currency, units,
                       {HALF_EVEN} / units AS amount, %(day)s::date AS on_day
                FROM exact
            ) {DIVIDED}
            SELECT payee_id, currency, sum(part) FROM divided GROUP BY 1, 2
            """,  # noqa: S608  constants only
            {"day": day},
        )
        return {(payee, currency): Decimal(part) for payee, currency, part in cursor.fetchall()}


def _rates() -> dict[UUID, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.payee_id, c.rate_percent FROM commissions_assignment a
            JOIN commissions_planversion v ON v.plan_id = a.plan_id
            JOIN commissions_component c ON c.plan_version_id = v.id
            """
        )
        return dict(cursor.fetchall())


def _target(base: Decimal, rate: Decimal, currency: str) -> Decimal:
    exponent = Decimal(1) if currency == "JPY" else Decimal("0.01")
    return (base * rate / 100).quantize(exponent, rounding=ROUND_HALF_EVEN)


def end_of(month: date) -> date:
    """Return the last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
