"""Where a client stands: status, balances, statement, activity."""

from datetime import date, datetime, timedelta

import pytest

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.services import NewInstalment
from tenant_apps.invoices.client_accounts import account_of
from tenant_apps.ledger.statements import currencies_of_client, statement_of
from tenant_apps.payments.standing import AccountStatus
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.deals import WonDealFactory, line
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.queries import queries_of

URL = "/api/business/clients/"


@pytest.fixture
def northwind(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(name="Northwind", by=sam, at=at_noon)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def parts(*due: str) -> tuple[NewInstalment, ...]:
    return tuple(NewInstalment(due_on=date.fromisoformat(day), amount=usd("500.00")) for day in due)


class TestAccountOf:
    def test_is_clear_without_business(self, northwind: Client) -> None:
        account = account_of(northwind, today=date(2026, 3, 2))
        assert (account.status, account.balances, account.in_review) == ("clear", (), ())

    def test_is_overdue_by_what_was_due_and_is_not_covered(
        self, northwind: Client, sam: User, at_noon: datetime
    ) -> None:
        instalments = parts("2026-04-01", "2026-05-01")
        deal = WonDealFactory(client=northwind, instalments=instalments, by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd("300.00"), by=sam, at=at_noon)
        SubmittedPaymentFactory(deal=deal, money=usd("50.00"), by=sam, at=at_noon)

        before = account_of(northwind, today=date(2026, 4, 1))
        after = account_of(northwind, today=date(2026, 4, 2))

        assert (before.status, after.status) == (AccountStatus.PENDING, AccountStatus.OVERDUE)
        (balance,) = after.balances
        assert (balance.outstanding, balance.overdue) == (usd("700.00"), usd("200.00"))
        assert after.in_review == (usd("50.00"),)

    def test_shows_each_currency_and_credit(
        self, northwind: Client, sam: User, at_noon: datetime
    ) -> None:
        WonDealFactory(client=northwind, lines=(line("80.00", "EUR"),), by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=None, client=northwind, by=sam, at=at_noon)

        euro, dollar = account_of(northwind, today=date(2026, 3, 2)).balances
        assert euro.outstanding == Money.of("80.00", "EUR")
        assert (dollar.outstanding, dollar.credit) == (usd("0.00"), usd("400.00"))
        assert currencies_of_client(northwind.pk) == ["EUR", "USD"]

    def test_is_paid_up_when_everything_is_covered(
        self, northwind: Client, sam: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(client=northwind, by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd("1000.00"), by=sam, at=at_noon)
        assert account_of(northwind, today=date(2030, 1, 1)).status == AccountStatus.CLEAR


class TestStatement:
    def test_runs_from_balance_to_balance(
        self, northwind: Client, sam: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(client=northwind, by=sam, at=at_noon)
        later = at_noon + timedelta(days=5)
        VerifiedPaymentFactory(deal=deal, by=sam, at=later)

        whole = statement_of(northwind.pk, currency="USD")
        assert [(row.kind, row.amount, row.balance) for row in whole.lines] == [
            ("deal_won", usd("1000.00"), usd("1000.00")),
            ("payment_verified", usd("-400.00"), usd("600.00")),
        ]
        part = statement_of(northwind.pk, currency="USD", since=later.date())
        assert (part.opening, len(part.lines), part.closing) == (usd("1000.00"), 1, usd("600.00"))
        none = statement_of(northwind.pk, currency="EUR")
        assert (none.lines, none.closing) == ((), Money.zero("EUR"))

    def test_agrees_with_the_account(
        self, northwind: Client, sam: User, at_noon: datetime, as_sam: PrsClient
    ) -> None:
        deal = WonDealFactory(client=northwind, by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, money=usd("1200.00"), by=sam, at=at_noon)

        shown = ok(as_sam.get(f"{URL}{northwind.code}/statement/"))
        (balance,) = ok(as_sam.get(f"{URL}{northwind.code}/account/"))["balances"]
        assert shown["closing"]["amount"] == "-200.00"
        assert (balance["outstanding"]["amount"], balance["credit"]["amount"]) == ("0.00", "200.00")

    def test_refuses_a_period_that_ends_before_it_begins(
        self, northwind: Client, as_sam: PrsClient
    ) -> None:
        path = f"{URL}{northwind.code}/statement/"
        refused = error(as_sam.get(f"{path}?since=2026-03-02&until=2026-03-01"), 400)
        assert [each["field"] for each in refused["errors"]] == ["/since"]
        assert "after the last one" in refused["errors"][0]["message"]
        ok(as_sam.get(f"{path}?since=2026-03-02&until=2026-03-02"))

    def test_knows_no_currency_that_does_not_exist(
        self, northwind: Client, as_sam: PrsClient
    ) -> None:
        refused = as_sam.get(f"{URL}{northwind.code}/statement/?currency=ZZZ")
        assert error(refused, 400)["errors"][0]["field"] == "/currency"

    def test_is_for_those_who_see_the_clients_payments(
        self,
        northwind: Client,
        as_vera: PrsClient,
        as_tim: PrsClient,
        as_suki: PrsClient,
        as_mallory: PrsClient,
    ) -> None:
        for what in ("account", "statement"):
            path = f"{URL}{northwind.code}/{what}/"
            ok(as_vera.get(path))
            assert error(as_tim.get(path), 403)["code"] == "permission_denied"
            assert error(as_suki.get(path), 404)["code"] == "not_found"
            assert error(as_mallory.get(path), 404)["code"] == "not_found"


class TestAccountStatuses:
    def test_lists_the_clients_of_one_status(
        self, northwind: Client, sam: User, suki: User, at_noon: datetime, as_sam: PrsClient
    ) -> None:
        owing = ClientFactory(name="Owing", by=sam, at=at_noon)
        WonDealFactory(
            client=owing, instalments=parts("2026-01-01", "2126-01-01"), by=sam, at=at_noon
        )
        WonDealFactory(by=suki, at=at_noon)

        listed = ok(as_sam.get(f"{URL}account-status/"))["results"]
        assert [(row["name"], row["account_status"]) for row in listed] == [
            ("Northwind", "clear"),
            ("Owing", "overdue"),
        ]
        overdue = ok(as_sam.get(f"{URL}account-status/?status=overdue"))["results"]
        assert [row["name"] for row in overdue] == ["Owing"]

    def test_costs_the_same_queries_for_1_and_50_rows(
        self, sam: User, at_noon: datetime, as_sam: PrsClient
    ) -> None:
        WonDealFactory(by=sam, at=at_noon)
        one = queries_of(lambda: as_sam.get(f"{URL}account-status/?page_size=100"))
        ClientFactory.create_batch(49, by=sam, at=at_noon)
        assert queries_of(lambda: as_sam.get(f"{URL}account-status/?page_size=100")) == one


class TestActivity:
    def test_tells_of_the_client_its_deals_and_its_papers(
        self, northwind: Client, sam: User, at_noon: datetime, as_sam: PrsClient
    ) -> None:
        deal = WonDealFactory(client=northwind, by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon)

        listed = ok(as_sam.get(f"{URL}{northwind.code}/activity/"))["results"]
        names = {each["name"] for each in listed}
        assert {
            "clients.client_created",
            "deals.deal_won",
            "payments.payment_verified",
            "invoices.invoice_issued",
        } <= names
        assert all("ip" not in each for each in listed)

    def test_leaves_out_what_the_viewer_may_not_see(
        self, northwind: Client, sam: User, at_noon: datetime, as_tim: PrsClient
    ) -> None:
        deal = WonDealFactory(client=northwind, by=sam, at=at_noon)
        VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon)

        listed = ok(as_tim.get(f"{URL}{northwind.code}/activity/"))["results"]
        kinds = {each["subject_type"] for each in listed}
        assert kinds == {"clients.client", "deals.deal"}

    def test_is_not_found_by_strangers(
        self, northwind: Client, as_suki: PrsClient, as_mallory: PrsClient
    ) -> None:
        for stranger in (as_suki, as_mallory):
            refused = stranger.get(f"{URL}{northwind.code}/activity/")
            assert error(refused, 404)["code"] == "not_found"
