"""Entering deals."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import PermissionRefused, ValidationFailed
from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.clients.services import archive_client
from tenant_apps.deals.models import Deal, SalesCreditSplit
from tenant_apps.deals.selectors import credited_shares, deal_terms
from tenant_apps.deals.services import (
    ClientIsArchived,
    DiscountNeedsApproval,
    ExternalIdTaken,
    InvalidTerms,
    NewInstalment,
    create_deals,
)
from tenant_apps.deals.services.creating import NewDeal
from tenant_apps.ledger.selectors import AccountCode, balance_of, trial_balance
from tests.cast import make_cast, person_named
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, ProductFactory, WonDealFactory, line, split
from tests.together import run_together
from tests.unguarded import unguarded


def names_of(deal: Deal) -> list[str]:
    events = history_of(subject_type="deals.deal", subject_id=deal.pk).order_by("id")
    return [event.name.removeprefix("deals.deal_") for event in events]


class TestCreateDeal:
    def test_fills_in_what_is_left_out(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        terms = deal_terms(deal.pk)

        assert (deal.code, deal.status, deal.owner_id) == ("DL-0001", "open", sam.pk)
        assert (terms.deal_on, terms.currency) == (date(2026, 3, 2), "USD")
        assert [(part.due_on, part.amount) for part in terms.instalments] == [
            (date(2026, 3, 16), Money.of("1000.00", "USD"))
        ]
        [share] = credited_shares(deal.pk, on=date(2026, 3, 2))
        assert (share.user_id, share.share_percent) == (sam.pk, Decimal(100))

    def test_keeps_the_lines_as_sold(self, sam: User, at_noon: datetime) -> None:
        product = ProductFactory(name="GTX Pro", at=at_noon)
        lines = (
            line("99.99", quantity=Decimal("2.5"), tax_rate_percent=Decimal(19)),
            line("10.00", product_id=product.pk, description=""),
        )
        terms = deal_terms(DealFactory(lines=lines, by=sam, at=at_noon).pk)

        assert [each.description for each in terms.lines] == ["Website", "GTX Pro"]
        assert [str(each.net) for each in terms.lines] == ["249.98 USD", "10.00 USD"]
        assert (str(terms.tax), str(terms.total)) == ("47.50 USD", "307.48 USD")

    def test_splits_and_instalments_stay_in_order(
        self, sam: User, suki: User, at_noon: datetime
    ) -> None:
        parts = tuple(
            NewInstalment(due_on=date(2026, month, 1), amount=Money.of(amount, "USD"))
            for month, amount in ((4, "400.00"), (5, "600.00"))
        )
        deal = DealFactory(
            splits=split((suki, "30"), (sam, "70")), instalments=parts, by=sam, at=at_noon
        )
        shares = credited_shares(deal.pk, on=date(2030, 1, 1))
        assert [share.user_id for share in shares] == [suki.pk, sam.pk]
        assert [str(part.amount) for part in deal_terms(deal.pk).instalments] == [
            "400.00 USD",
            "600.00 USD",
        ]

    def test_keeps_a_currency_at_its_exponent(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(lines=(line("1001", "JPY", quantity=Decimal("0.5")),), by=sam)
        assert str(deal_terms(deal.pk).total) == "500 JPY"

    @pytest.mark.parametrize(
        ("status", "events"),
        [("draft", ["created"]), ("open", ["created"]), ("won", ["created", "won"])],
    )
    def test_records_one_event_per_change_of_state(
        self, sam: User, at_noon: datetime, status: str, events: list[str]
    ) -> None:
        assert names_of(DealFactory(status=status, by=sam, at=at_noon)) == events

    def test_posts_the_price_of_a_won_deal(self, sam: User, at_noon: datetime) -> None:
        lines = (line("1000.00", tax_rate_percent=Decimal(19)),)
        deal = WonDealFactory(lines=lines, by=sam, at=at_noon)

        balances = {
            row.account: str(row.balance) for row in trial_balance() if row.debit or row.credit
        }
        assert balances == {
            "receivable": "1190.00 USD",
            "revenue": "1000.00 USD",
            "tax_payable": "190.00 USD",
        }
        owed = balance_of(
            AccountCode.RECEIVABLE, currency="USD", client_id=deal.client_id, deal_id=deal.pk
        )
        assert str(owed) == "1190.00 USD"

    def test_posts_nothing_for_a_free_or_open_deal(self, sam: User, at_noon: datetime) -> None:
        WonDealFactory(lines=(line("0.00"),), by=sam, at=at_noon)
        DealFactory(by=sam, at=at_noon)
        assert trial_balance() == []

    def test_takes_a_historic_day_and_win(self, adam: User, sam: User) -> None:
        engaged = datetime(2016, 10, 20, 12, tzinfo=UTC)
        closed = datetime(2017, 3, 1, 12, tzinfo=UTC)
        deal = WonDealFactory(
            client=ClientFactory(by=adam, at=engaged),
            owner_id=sam.pk,
            deal_on=date(2016, 10, 20),
            won_at=closed,
            external_id="1C1I7A6R",
            is_estimate=True,
            by=adam,
            at=engaged,
        )
        assert (deal.created_at, deal.won_at) == (engaged, closed)
        assert deal.current_version.is_estimate
        events = history_of(subject_type="deals.deal", subject_id=deal.pk).order_by("id")
        assert [event.recorded_at for event in events] == [engaged, closed]

    def test_names_no_event_or_row_of_a_refused_deal(self, sam: User, at_noon: datetime) -> None:
        with pytest.raises(InvalidTerms):
            DealFactory(splits=split((sam, "99")), by=sam, at=at_noon)
        assert not Deal.objects.exists()
        assert DealFactory(by=sam, at=at_noon).code == "DL-0001"


class TestRefusals:
    def test_of_a_deal_without_lines(self, sam: User, at_noon: datetime) -> None:
        assert DealFactory(status="draft", lines=(), by=sam, at=at_noon).is_draft
        for status in ("open", "won"):
            with pytest.raises(InvalidTerms):
                DealFactory(status=status, lines=(), by=sam, at=at_noon)

    @pytest.mark.parametrize("status", ["lost", "cancelled", "bad_debt", "sold"])
    def test_of_a_state_that_no_deal_begins_in(
        self, sam: User, at_noon: datetime, status: str
    ) -> None:
        with pytest.raises(ValidationFailed):
            DealFactory(status=status, by=sam, at=at_noon)

    def test_of_a_colleagues_client(self, sam: User, suki: User, at_noon: datetime) -> None:
        client = ClientFactory(by=suki, at=at_noon)
        with pytest.raises(ValidationFailed):
            DealFactory(client=client, by=sam, at=at_noon)

    def test_of_an_archived_client(self, sam: User, adam: User, at_noon: datetime) -> None:
        client = ClientFactory(by=sam, at=at_noon)
        archive_client(client_id=client.pk, by=adam, at=at_noon)
        with pytest.raises(ClientIsArchived):
            DealFactory(client=client, by=sam, at=at_noon)

    def test_of_another_owner_than_oneself(self, sam: User, suki: User, at_noon: datetime) -> None:
        with pytest.raises(PermissionRefused):
            DealFactory(owner_id=suki.pk, by=sam, at=at_noon)

    def test_of_people_stages_and_products_that_do_not_exist(
        self, sam: User, adam: User, at_noon: datetime
    ) -> None:
        nobody = uuid4()
        for given in (
            {"owner_id": nobody, "by": adam},
            {"stage_id": nobody},
            {"lines": (line(product_id=nobody),)},
        ):
            with pytest.raises(ValidationFailed):
                DealFactory(**{"by": sam, "at": at_noon, **given})

    def test_of_an_external_id_in_use(self, sam: User, at_noon: datetime) -> None:
        DealFactory(external_id="X1", by=sam, at=at_noon)
        with pytest.raises(ExternalIdTaken):
            DealFactory(external_id="X1", by=sam, at=at_noon)

    def test_of_a_discount_above_the_limit(self, sam: User, adam: User, at_noon: datetime) -> None:
        at_limit = (line(discount_percent=Decimal(15)),)
        above = (line(discount_percent=Decimal("15.0001")),)
        assert WonDealFactory(lines=at_limit, by=sam, at=at_noon)
        assert DealFactory(lines=above, by=sam, at=at_noon)
        with pytest.raises(DiscountNeedsApproval):
            WonDealFactory(lines=above, by=sam, at=at_noon)
        # whoever may approve one does not approve their own
        with pytest.raises(DiscountNeedsApproval):
            WonDealFactory(lines=above, by=adam, at=at_noon)


class TestConstraints:
    @pytest.mark.parametrize(
        ("constraint", "values"),
        [
            ("deal_has_name", {"name": ""}),
            ("deal_status", {"status": "odd"}),
            ("deal_won_when", {"status": "won"}),
            ("deal_lost_why", {"status": "lost"}),
        ],
    )
    def test_keep_a_deal_whole(
        self, sam: User, at_noon: datetime, constraint: str, values: dict[str, str]
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        with pytest.raises(IntegrityError, match=constraint):
            Deal.objects.filter(pk=deal.pk).update(**values)

    @pytest.mark.parametrize(
        ("constraint", "values"),
        [
            ("split_share", {"share_percent": 0}),
            ("split_days", {"valid_from": "2026-03-02", "valid_to": "2026-03-02"}),
        ],
    )
    def test_keep_a_share_whole(
        self, sam: User, at_noon: datetime, constraint: str, values: dict[str, object]
    ) -> None:
        DealFactory(by=sam, at=at_noon)
        with unguarded(SalesCreditSplit), pytest.raises(IntegrityError, match=constraint):
            SalesCreditSplit.objects.update(**values)

    def test_give_a_person_one_share_at_a_time(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        with pytest.raises(IntegrityError, match="split_once_per_payee"):
            SalesCreditSplit.objects.create(deal=deal, payee=sam, share_percent=1)


class TestCost:
    def test_is_a_few_statements_for_a_won_deal(
        self, sam: User, at_noon: datetime, django_assert_max_num_queries: object
    ) -> None:
        assert callable(django_assert_max_num_queries)
        client = ClientFactory(by=sam, at=at_noon)
        assert connection.in_atomic_block
        with django_assert_max_num_queries(20):
            WonDealFactory(client=client, by=sam, at=at_noon)


class TestCreateDeals:
    def test_does_what_create_deal_does(self, adam: User, sam: User, at_noon: datetime) -> None:
        client = ClientFactory(by=adam, at=at_noon)
        new = [
            NewDeal(name=f"D{n}", client=client.pk, owner_id=sam.pk, status=status, lines=(line(),))
            for n, status in enumerate(("draft", "open", "won", "won"))
        ]
        deals = create_deals(new=new, by=adam, at=at_noon)

        assert [deal.code for deal in deals] == [f"DL-000{n}" for n in range(1, 5)]
        assert [names_of(deal) for deal in deals[1:3]] == [["created"], ["created", "won"]]
        assert str(balance_of(AccountCode.RECEIVABLE, currency="USD")) == "2000.00 USD"

    def test_enters_all_or_none(self, adam: User, at_noon: datetime) -> None:
        client = ClientFactory(by=adam, at=at_noon)
        good = NewDeal(name="Good", client=client.pk, lines=(line(),))
        bad = NewDeal(name=" ", client=client.pk, lines=(line(),))
        with pytest.raises(ValidationFailed):
            create_deals(new=[good, bad], by=adam, at=at_noon)
        assert not Deal.objects.exists()

    def test_refuses_an_external_id_twice(self, adam: User, at_noon: datetime) -> None:
        client = ClientFactory(by=adam, at=at_noon)
        new = [NewDeal(name="D", client=client.pk, lines=(line(),), external_id="X")] * 2
        with pytest.raises(ExternalIdTaken):
            create_deals(new=new, by=adam, at=at_noon)


class TestConcurrentCreation:
    def test_numbers_20_deals_without_a_gap(self, fresh_tenant: Tenant, at_noon: datetime) -> None:
        make_cast(at=at_noon)
        sam = person_named("sam")
        client = ClientFactory(by=sam, at=at_noon)
        tries = [partial(WonDealFactory, client=client, by=sam, at=at_noon)] * 20
        codes = [deal.code for deal in run_together(fresh_tenant, tries)]

        assert sorted(codes) == [f"DL-{n:04}" for n in range(1, 21)]
        assert str(balance_of(AccountCode.RECEIVABLE, currency="USD")) == "20000.00 USD"

    def test_takes_an_external_id_once(self, fresh_tenant: Tenant, at_noon: datetime) -> None:
        make_cast(at=at_noon)
        sam = person_named("sam")
        client = ClientFactory(by=sam, at=at_noon)
        later = at_noon + timedelta(hours=1)
        tries = [partial(DealFactory, client=client, external_id="X", by=sam, at=later)] * 5
        results = run_together(fresh_tenant, tries)
        assert sum(isinstance(result, ExternalIdTaken) for result in results) == 4
        assert Deal.objects.count() == 1
