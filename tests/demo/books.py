"""After the main job: commission, invoices, ledger, dashboards against sums of our own."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.demo.main_job import SHARES, MainJob
from tests.demo.sums import amount_of, evaluate, money, summed, to_cents

LINES = "/api/business/commissions/lines/"
PRICE = Decimal("1000.00")


def check_commission(job: MainJob) -> None:
    """Check each seller's lines: their explanations, their total, and who may see them."""
    fay, report = job.people["fay"], job.report
    lines = fay.rows(LINES)
    report.equal("commission lines (3 payments, 2 sellers)", len(lines), 6)
    for line in lines:
        explained = fay.get(f"{LINES}{line['id']}/explanation/")
        report.equal(
            f"{line['payee']['name']} on {line['payment']['code']}, by our own evaluation",
            money(evaluate(explained["tree"]), job.company.currency),
            line["amount"],
        )
    for name, share in SHARES.items():
        _check_seller(job, name, share, lines)


def _check_seller(job: MainJob, name: str, share: Decimal, lines: list[dict[str, Any]]) -> None:
    person, report = job.people[name], job.report
    own = [line for line in lines if line["payee"]["id"] == person.id]
    base = PRICE * share / 100
    report.equal(f"{name}'s base", summed([line["base"] for line in own]), base)
    rate = Fraction(Decimal(job.company.rate_percent)) / 100
    report.equal(
        f"{name}'s commission = {base} x {job.company.rate_percent} %",
        summed([line["amount"] for line in own]),
        to_cents(Fraction(base) * rate),
    )
    steps = sorted(line["ladder_seq"] for line in own)
    report.equal(f"{name}'s ladder has the steps", steps, [1, 2, 3])
    report.equal(
        f"{name} sees only {name}'s lines",
        {line["payee"]["id"] for line in person.rows(LINES)},
        {person.id},
    )


def check_invoices(job: MainJob) -> None:
    """Check numbers, totals and that each is paid by the money that made it."""
    report = job.report
    invoices = job.people["fay"].rows("/api/business/invoices/")
    year = job.company.today.year
    numbers = sorted(invoice["number"] for invoice in invoices)
    expected = [f"INV-{year}-{number:06}" for number in range(1, 4)]
    report.equal("invoice numbers", numbers, expected)
    totals = {invoice["number"]: invoice["total"] for invoice in invoices}
    report.equal(f"{expected[0]} is over", totals[expected[0]], job.money("400.00"))
    report.equal(
        "the invoices sum to the price",
        summed([invoice["total"] for invoice in invoices]),
        PRICE,
    )
    report.equal("each is", {invoice["payment_status"] for invoice in invoices}, {"paid"})


def check_ledger(job: MainJob) -> None:
    """Check that debits equal credits, and that the accounts say what happened."""
    report = job.report
    rows = job.people["fay"].rows("/api/business/ledger/trial-balance/")
    debit = summed([row["debit"] for row in rows])
    credit = summed([row["credit"] for row in rows])
    report.equal("the ledger's debits equal its credits", debit, credit)
    balances = {row["account"]: amount_of(row["balance"]) for row in rows}
    report.equal(
        "cash equals the verified payments", balances["cash_clearing"], job.verified_total()
    )
    report.equal("receivable is settled", balances["receivable"], Decimal(0))
    report.equal("revenue is the price", balances["revenue"], PRICE)


def check_dashboards(job: MainJob) -> None:
    """Check every tile against sums of what the lists show."""
    for name in ("olga", "sam", "suki"):
        _check_tiles(job, name, share=SHARES.get(name, Decimal(100)))


def _check_tiles(job: MainJob, name: str, *, share: Decimal) -> None:
    person, report = job.people[name], job.report
    shown = person.get("/api/analytics/dashboard/", period="month")
    won = [deal for deal in person.rows("/api/business/deals/") if deal["status"] == "won"]
    booked = summed([deal["net"] for deal in won]) * share / 100
    report.equal(f"{name}: booked", _only(shown["booked"]["amounts"]), booked)
    applied = summed([deal["payment"]["applied"] for deal in won]) * share / 100
    report.equal(f"{name}: collected", _only(shown["collected"]["amounts"]), applied)
    waiting = person.rows("/api/business/payments/", status="submitted")
    report.equal(
        f"{name}: awaiting verification",
        [
            (row["count"], amount_of(row["amount"]))
            for row in shown["awaiting_verification"]["waiting"]
        ],
        [(len(waiting), summed([row["amount"] for row in waiting]))] if waiting else [],
    )
    lines = person.rows(LINES)
    month = f"{job.company.today:%Y-%m}"
    of_month = summed([line["amount"] for line in lines if line["period"] == month])
    report.equal(f"{name}: commission", _only(shown["commission"]["amounts"]), of_month)
    by_month = {
        row["month"]: _only(row["amounts"]) for row in shown["commission_by_month"]["months"]
    }
    report.equal(f"{name}: commission of {month}", by_month[month], of_month)
    report.equal(f"{name}: commission of a year", sum(by_month.values(), Decimal(0)), of_month)


def _only(amounts: list[dict[str, str]]) -> Decimal:
    """Return the sum of a tile that has one currency at most."""
    return summed(amounts)


def check_audit(job: MainJob) -> None:
    """Check that the audit log names who approved, and that it tells the payment's story."""
    report = job.report
    rows = job.people["audrey"].rows(
        "/api/admin/audit/", subject_type="payments.payment", subject_id=job.payment["id"]
    )
    names = {row["name"] for row in rows}
    wanted = {"payments.payment_submitted", "payments.payment_verified", "payments.payment_applied"}
    report.true("the audit log tells the payment's story", wanted <= names, f"{sorted(names)}")
