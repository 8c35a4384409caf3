"""When invoices come: with the money, on the win, or some days before an instalment is due."""

import random
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money
from shared_apps.organizations.settings import parse_settings
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import NewInstalment
from tenant_apps.invoices.models import Invoice, InvoiceSettlement
from tenant_apps.invoices.services import (
    NothingToInvoice,
    draft_instalment,
    invoice_due_instalments,
    issue_invoice,
)
from tenant_apps.returns.models import Kind
from tests.client import PrsClient, error, ok
from tests.factories.deals import DealFactory, WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.invoices.policies import chosen
from tests.invoices.stories import check_invoices_of, numbers, pay, taxed_deal
from tests.payments.figures import check_books, dollars
from tests.payments.stories import amend_to, win
from tests.returns.stories import approve, ask

TODAY = date(2026, 3, 2)
POLICIES = ("on_verification", "on_win", "days_before_due")


def instalments(*parts: tuple[int, str]) -> tuple[NewInstalment, ...]:
    """Return parts of a price: (days from today, dollars)."""
    return tuple(
        NewInstalment(due_on=TODAY + timedelta(days=days), amount=dollars(amount))
        for days, amount in parts
    )


def invoices() -> list[tuple[str, str]]:
    """Return amount and due day of every invoice, in order of number, drafts last."""
    rows = Invoice.objects.order_by("year", "sequence", "pk")
    return [(str(row.total_money.amount), str(row.due_on)) for row in rows]


def days_later(at: datetime, days: int) -> datetime:
    """Return the same time some days later."""
    return at + timedelta(days=days)


@pytest.fixture
def deal(sam: User, at_noon: datetime) -> Deal:
    """Return a won deal: 400.00 in ten days, 600.00 in forty."""
    parts = instalments((10, "400.00"), (40, "600.00"))
    won: Deal = WonDealFactory(by=sam, at=at_noon, instalments=parts)
    return won


class TestOnWin:
    def test_invoices_each_instalment_for_its_own_day(self, sam: User, at_noon: datetime) -> None:
        with chosen(invoice_when="on_win"):
            parts = instalments((40, "600.00"), (10, "400.00"))
            WonDealFactory(by=sam, at=at_noon, instalments=parts)

        assert invoices() == [("400.00", "2026-03-12"), ("600.00", "2026-04-11")]
        assert numbers() == ["INV-2026-000001", "INV-2026-000002"]

    def test_gives_what_is_due_already_the_usual_term(self, sam: User, at_noon: datetime) -> None:
        with chosen(invoice_when="on_win"):
            WonDealFactory(by=sam, at=at_noon, instalments=instalments((0, "1000.00")))

        assert invoices() == [("1000.00", "2026-03-16")]

    def test_lets_money_that_was_there_before_meet_the_invoices(
        self, sam: User, vera: User, at_noon: datetime
    ) -> None:
        with chosen(invoice_when="on_win"):
            parts = instalments((10, "400.00"), (40, "600.00"))
            deal = DealFactory(by=sam, at=at_noon, instalments=parts)
            pay(deal, dollars(500), checker=vera, at=at_noon)
            win(deal, sam, at_noon)

        assert [amount for amount, _ in invoices()] == ["400.00", "600.00"]
        met = InvoiceSettlement.objects.order_by("pk").values_list("amount", flat=True)
        assert list(met) == [400, 100]

    def test_invoices_what_an_amendment_adds(self, sam: User, at_noon: datetime) -> None:
        with chosen(invoice_when="on_win"):
            deal = taxed_deal(sam, at_noon)
            before = deal.current_version.total
            amended = amend_to(deal, dollars(900), sam, at_noon)

        assert sum(row.total for row in Invoice.objects.all()) == 900 > before
        check_invoices_of(amended)

    def test_leaves_a_draft_without_billing_details(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        Client.objects.filter(pk=deal.client_id).update(billing_address={})
        with chosen(invoice_when="on_win"):
            win(deal, sam, at_noon)
            invoice_due_instalments(at=at_noon)

        assert [(row.status, row.number) for row in Invoice.objects.all()] == [("draft", None)]


class TestDaysBeforeDue:
    def test_waits_for_the_day(self, deal: Deal, at_noon: datetime) -> None:
        with chosen(invoice_when="days_before_due", invoice_days_before_due=7):
            for days, count in ((2, 0), (3, 1), (3, 0), (32, 0), (33, 1), (90, 0)):
                report = invoice_due_instalments(at=days_later(at_noon, days))
                assert (report.done, report.failed) == (count, 0), days

        assert invoices() == [("400.00", "2026-03-12"), ("600.00", "2026-04-11")]

    def test_counts_days_in_the_organizations_zone(self, deal: Deal, at_noon: datetime) -> None:
        eve = at_noon.replace(day=4, hour=23, minute=30)  # 5 March in Berlin: seven days before
        with chosen(invoice_when="days_before_due", invoice_days_before_due=7):
            assert invoice_due_instalments(at=eve).done == 1

    def test_invoices_at_once_what_is_near_when_the_deal_is_won(
        self, sam: User, at_noon: datetime
    ) -> None:
        with chosen(invoice_when="days_before_due", invoice_days_before_due=7):
            WonDealFactory(
                by=sam, at=at_noon, instalments=instalments((5, "400.00"), (40, "600.00"))
            )

        assert invoices() == [("400.00", "2026-03-07")]

    def test_asks_for_nothing_that_money_has_paid(
        self, deal: Deal, vera: User, at_noon: datetime
    ) -> None:
        pay(deal, dollars(700), checker=vera, at=at_noon)
        with chosen(invoice_when="days_before_due", invoice_days_before_due=7):
            invoice_due_instalments(at=days_later(at_noon, 365))

        assert [amount for amount, _ in invoices()] == ["700.00", "300.00"]

    def test_takes_an_open_deal_for_nothing(self, sam: User, at_noon: datetime) -> None:
        DealFactory(by=sam, at=at_noon, instalments=instalments((1, "1000.00")))
        with chosen(invoice_when="days_before_due"):
            assert invoice_due_instalments(at=at_noon).done == 0

    def test_never_asks_for_a_remainder_that_was_given_up(
        self, deal: Deal, vera: User, at_noon: datetime
    ) -> None:
        with chosen(write_off_tolerance="1.00"):
            pay(deal, dollars("999.50"), checker=vera, at=at_noon)
        with chosen(invoice_when="days_before_due"):
            invoice_due_instalments(at=days_later(at_noon, 365))

        assert [amount for amount, _ in invoices()] == ["999.50"]


class TestOnVerification:
    def test_invoices_nothing_without_money(self, deal: Deal, at_noon: datetime) -> None:
        assert invoice_due_instalments(at=days_later(at_noon, 365)).done == 0
        assert invoices() == []


class TestAhead:
    def test_covers_its_own_instalment_and_no_other(
        self, deal: Deal, fay: User, at_noon: datetime
    ) -> None:
        last = deal.current_version.instalments.get(position=2)
        draft = draft_instalment(deal_id=deal.pk, instalment_id=last.pk, by=fay, at=at_noon)
        issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)
        with chosen(invoice_when="days_before_due", invoice_days_before_due=0):
            invoice_due_instalments(at=days_later(at_noon, 10))
            invoice_due_instalments(at=days_later(at_noon, 40))

        assert invoices() == [("600.00", "2026-04-11"), ("400.00", "2026-03-26")]

    def test_is_met_by_money_first(
        self, deal: Deal, fay: User, vera: User, at_noon: datetime
    ) -> None:
        last = deal.current_version.instalments.get(position=2)
        draft = draft_instalment(deal_id=deal.pk, instalment_id=last.pk, by=fay, at=at_noon)
        issue_invoice(invoice_id=draft.pk, by=fay, at=at_noon)
        pay(deal, dollars(700), checker=vera, at=at_noon)

        assert [amount for amount, _ in invoices()] == ["600.00", "100.00"]
        with pytest.raises(NothingToInvoice):
            draft_instalment(deal_id=deal.pk, instalment_id=last.pk, by=fay, at=at_noon)

    def test_is_refused_for_an_instalment_of_another_deal(
        self, deal: Deal, sam: User, fay: User, at_noon: datetime
    ) -> None:
        other = WonDealFactory(by=sam, at=at_noon).current_version.instalments.get()
        with pytest.raises(ValidationFailed):
            draft_instalment(deal_id=deal.pk, instalment_id=other.pk, by=fay, at=at_noon)

    def test_works_over_http(self, as_fay: PrsClient, as_sam: PrsClient, deal: Deal) -> None:
        last = deal.current_version.instalments.get(position=2)
        body = {"deal": deal.code, "instalment": str(last.pk)}
        data = ok(as_fay.post("/api/business/invoices/", body), 201)

        assert (data["total"]["amount"], data["planned_due_on"]) == ("600.00", "2026-04-11")
        assert data["instalment_id"] == str(last.pk)
        error(as_sam.post("/api/business/invoices/", body), 403)
        both = {**body, "amount": {"amount": "1.00", "currency": "USD"}}
        assert error(as_fay.post("/api/business/invoices/", both), 400)["errors"]
        unknown = {**body, "instalment": str(uuid4())}
        refused = error(as_fay.post("/api/business/invoices/", unknown), 400)
        assert refused["errors"][0]["field"] == "/instalment"


class TestSwitching:
    @pytest.mark.parametrize("seed", range(12))
    def test_invoices_every_cent_once_whatever_the_history(
        self, sam: User, vera: User, fay: User, at_noon: datetime, seed: int
    ) -> None:
        dice = random.Random(seed)
        parts = instalments((5, "150.00"), (20, "99.99"), (35, "350.01"), (60, "400.00"))
        with chosen(invoice_when=dice.choice(POLICIES), invoice_days_before_due=7):
            deal = WonDealFactory(by=sam, at=at_noon, instalments=parts)
        for day in sorted(dice.sample(range(70), 8)):
            with chosen(invoice_when=dice.choice(POLICIES), invoice_days_before_due=7):
                self.live_a_day(deal, dice, at=days_later(at_noon, day), by=(vera, fay))
            self.check(deal)
        with chosen(invoice_when=dice.choice(POLICIES[1:]), invoice_days_before_due=7):
            invoice_due_instalments(at=days_later(at_noon, 71))
        self.check(deal)

        assert sum(row.total for row in Invoice.objects.all()) == 1000

    def live_a_day(
        self, deal: Deal, dice: random.Random, *, at: datetime, by: tuple[User, User]
    ) -> None:
        """Let the schedule run, money come, or somebody invoice by hand."""
        left = deal.current_version.total - sum(row.total for row in Invoice.objects.all())
        step = dice.choice(["run", "pay", "by hand"])
        if step == "run":
            invoice_due_instalments(at=at)
        elif step == "pay":
            pay(deal, dollars(dice.choice(["0.01", "77.77", "149.99"])), checker=by[0], at=at)
        elif left > 50:
            IssuedInvoiceFactory(deal=deal, amount=dollars(50), by=by[1], at=at)

    def check(self, deal: Deal) -> None:
        """Refuse a cent that is invoiced twice, a gap, or money without an invoice."""
        check_invoices_of(deal)
        check_books()
        made = Invoice.objects.order_by("sequence")
        assert sum(row.total for row in made) <= 1000
        assert [row.sequence for row in made] == list(range(1, len(made) + 1))
        settled: Money = sum(
            (Money.rounded(row.amount, "USD") for row in InvoiceSettlement.objects.all()),
            dollars(0),
        )
        assert settled <= sum((row.total_money for row in made), dollars(0))

    def test_after_a_reversal_leaves_no_hole(
        self, deal: Deal, vera: User, viktor: User, fay: User, at_noon: datetime
    ) -> None:
        payment = pay(deal, dollars(500), checker=vera, at=at_noon)
        approve(ask(payment, Kind.REVERSAL, fay, at_noon), viktor, at_noon)
        with chosen(invoice_when="on_win"):
            invoice_due_instalments(at=at_noon)

        issued = sum(row.total for row in Invoice.objects.all())
        assert issued - 500 == 1000


class TestTheSetting:
    def test_is_one_of_three(self) -> None:
        for policy in POLICIES:
            assert parse_settings({"invoice_when": policy}).invoice_when == policy
        with pytest.raises(ValidationFailed):
            parse_settings({"invoice_when": "on_friday"})

    @pytest.mark.parametrize("days", [-1, 366, "7", True, 1.5])
    def test_takes_whole_days_up_to_a_year(self, days: object) -> None:
        with pytest.raises(ValidationFailed) as refused:
            parse_settings({"invoice_days_before_due": days})

        assert [problem.field for problem in refused.value.problems] == ["/invoice_days_before_due"]
