"""Changing deals before they are won, and amending won ones."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import PermissionRefused, StaleVersion, ValidationFailed
from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.approvals.services import MakerIsChecker
from tenant_apps.deals.models import Deal, DealVersion
from tenant_apps.deals.selectors import credited_shares, deal_terms, list_versions
from tenant_apps.deals.services import (
    AmendedBelowApplied,
    DealChanges,
    DealNotOpen,
    DiscountNeedsApproval,
    ExternalIdTaken,
    InvalidTerms,
    NewInstalment,
    NothingAmended,
    TermChanges,
    amend_deal,
    update_deal,
)
from tenant_apps.ledger.selectors import AccountCode, balance_of, trial_balance
from tests.approvals.requests import approve, opened
from tests.cast import make_cast, person_named
from tests.factories.deals import DealFactory, WonDealFactory, line, split
from tests.ledger.movements import apply_money, receive_money
from tests.together import run_together


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def change(deal: Deal, *, by: User, at: datetime, version: int = 1, **changes: Any) -> Deal:
    return update_deal(
        deal_id=deal.pk, changes=DealChanges(**changes), expected_version=version, by=by, at=at
    )


def amend(deal: Deal, *, by: User, at: datetime, **changes: Any) -> Deal:
    return amend_deal(deal_id=deal.pk, changes=TermChanges(**changes), reason="More", by=by, at=at)


def parts(*amounts: str) -> tuple[NewInstalment, ...]:
    return tuple(
        NewInstalment(due_on=date(2026, month, 1), amount=usd(amount))
        for month, amount in enumerate(amounts, start=4)
    )


class TestUpdateDeal:
    def test_changes_the_header_and_says_what_was(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(name="Old", by=sam, at=at_noon)
        header = {"name": "New", "source": "Fair", "expected_close_on": date(2026, 4, 1)}
        changed = change(deal, header=header, by=sam, at=at_noon)

        assert (changed.name, changed.version) == ("New", 2)
        event = history_of(subject_type="deals.deal", subject_id=deal.pk).order_by("-id")[0]
        assert event.name == "deals.deal_changed"
        assert event.before is not None
        assert event.before["name"] == "Old"
        assert event.after == {"name": "New", "source": "Fair", "expected_close_on": "2026-04-01"}

    def test_writes_nothing_when_nothing_differs(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(name="Same", by=sam, at=at_noon)
        changes: dict[str, Any] = {
            "header": {"name": "Same"},
            "terms": TermChanges(lines=(line(),), instalments=parts_of_first(deal)),
            "splits": split((sam, "100")),
        }
        assert change(deal, by=sam, at=at_noon, **changes).version == 1
        assert history_of(subject_type="deals.deal", subject_id=deal.pk).count() == 1

    def test_puts_new_terms_into_a_new_version(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(instalments=parts("400.00", "600.00"), by=sam, at=at_noon)
        change(deal, terms=TermChanges(lines=(line("500.00"),)), by=sam, at=at_noon)

        terms = deal_terms(deal.pk)
        assert (terms.version_number, str(terms.total)) == (2, "500.00 USD")
        assert [str(part.amount) for part in terms.instalments] == ["200.00 USD", "300.00 USD"]
        old = list_versions(deal_id=deal.pk)[1]
        assert (old.number, str(old.total), str(old.lines.get().gross)) == (
            1,
            "1000.0000",
            "1000.0000",
        )

    def test_changes_currency_with_the_lines(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        terms = TermChanges(lines=(line("900", "JPY"),), currency="JPY")
        change(deal, terms=terms, by=sam, at=at_noon)
        assert str(deal_terms(deal.pk).instalments[0].amount) == "900 JPY"

    def test_replaces_the_shares(self, sam: User, suki: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        change(deal, splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)
        shares = credited_shares(deal.pk, on=date(2026, 3, 2))
        assert [(each.user_id, each.share_percent) for each in shares] == [
            (sam.pk, Decimal(70)),
            (suki.pk, Decimal(30)),
        ]

    def test_refuses_a_stale_version(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        with pytest.raises(StaleVersion):
            change(deal, header={"name": "x"}, version=9, by=sam, at=at_noon)

    def test_refuses_what_does_not_fit(self, sam: User, at_noon: datetime) -> None:
        deal = DealFactory(external_id="X1", by=sam, at=at_noon)
        other = DealFactory(external_id="X2", by=sam, at=at_noon)
        for changes, error in (
            ({"terms": TermChanges(instalments=parts("1.00"))}, InvalidTerms),
            ({"terms": TermChanges(lines=())}, InvalidTerms),
            ({"splits": split((sam, "99"))}, InvalidTerms),
            ({"header": {"status": "won"}}, ValidationFailed),
            ({"header": {"stage_id": uuid4()}}, ValidationFailed),
            ({"header": {"external_id": "X2"}}, ExternalIdTaken),
        ):
            with pytest.raises(error):
                change(deal, by=sam, at=at_noon, **changes)
        assert other.external_id == "X2"

    def test_leaves_only_the_notes_of_a_won_deal_open(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        assert change(deal, header={"remarks": "Nice"}, by=sam, at=at_noon).version == 2
        for changes in (
            {"header": {"deal_on": date(2026, 1, 1)}},
            {"terms": TermChanges(text="x")},
            {"splits": split((sam, "100"))},
        ):
            with pytest.raises(DealNotOpen):
                change(deal, version=2, by=sam, at=at_noon, **changes)

    def test_is_closed_to_colleagues_and_readers(
        self, sam: User, suki: User, vera: User, at_noon: datetime
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        with pytest.raises(Deal.DoesNotExist):
            change(deal, header={"name": "x"}, by=suki, at=at_noon)
        with pytest.raises(PermissionRefused):
            change(deal, header={"name": "x"}, by=vera, at=at_noon)

    def test_is_closed_to_a_credited_colleague_who_may_look(
        self, sam: User, suki: User, at_noon: datetime
    ) -> None:
        deal = DealFactory(splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)
        with pytest.raises(PermissionRefused):
            change(deal, header={"name": "x"}, by=suki, at=at_noon)

    @pytest.mark.parametrize("what", ["owner", "share"])
    def test_credits_nobody_who_decided_on_the_deals_money(
        self, sam: User, adam: User, vera: User, at_noon: datetime, what: str
    ) -> None:
        deal = DealFactory(by=sam, at=at_noon)
        request = opened(sam, at=at_noon, context_id=deal.pk)
        approve(request.subject_id, vera, at=at_noon)
        changes: dict[str, Any] = {
            "owner": {"header": {"owner_id": vera.pk}},
            "share": {"splits": split((sam, "50"), (vera, "50"))},
        }
        with pytest.raises(MakerIsChecker):
            change(deal, by=adam, at=at_noon, **changes[what])

    def test_lets_one_of_two_writers_win(self, fresh_tenant: Tenant, at_noon: datetime) -> None:
        make_cast(at=at_noon)
        sam = person_named("sam")
        deal = DealFactory(by=sam, at=at_noon)
        tries = [
            partial(change, deal, header={"name": name}, by=sam, at=at_noon) for name in ("A", "B")
        ]
        results = run_together(fresh_tenant, tries)
        assert sum(isinstance(result, StaleVersion) for result in results) == 1
        assert Deal.objects.get().version == 2


class TestAmendDeal:
    @pytest.mark.parametrize(
        ("amount", "rate", "balances"),
        [
            ("1200.00", "19", ("1428.00", "1200.00", "228.00")),
            ("800.00", "19", ("952.00", "800.00", "152.00")),
            ("1100.00", "0", ("1100.00", "1100.00", "0.00")),
            ("1000.00", "25", ("1250.00", "1000.00", "250.00")),
        ],
    )
    def test_posts_the_difference(
        self,
        sam: User,
        at_noon: datetime,
        amount: str,
        rate: str,
        balances: tuple[str, str, str],
    ) -> None:
        deal = WonDealFactory(lines=(line(tax_rate_percent=Decimal(19)),), by=sam, at=at_noon)
        amended = amend(
            deal, lines=(line(amount, tax_rate_percent=Decimal(rate)),), by=sam, at=at_noon
        )

        assert (amended.current_version.number, amended.version) == (2, 2)
        accounts = (AccountCode.RECEIVABLE, AccountCode.REVENUE, AccountCode.TAX_PAYABLE)
        found = [balance_of(each, currency="USD", deal_id=deal.pk) for each in accounts]
        assert found == [usd(each) for each in balances]
        assert sum(row.debit.amount - row.credit.amount for row in trial_balance()) == 0
        event = history_of(subject_type="deals.deal", subject_id=deal.pk).order_by("-id")[0]
        assert (event.name, event.reason) == ("deals.deal_amended", "More")

    def test_posts_nothing_when_only_the_days_move(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        amend(deal, instalments=parts("400.00", "600.00"), by=sam, at=at_noon)
        assert str(balance_of(AccountCode.RECEIVABLE, currency="USD")) == "1000.00 USD"

    def test_stays_above_the_money_that_is_applied(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        payment = uuid4()
        receive_money(deal.pk, payment, "400.00", at=at_noon)
        apply_money(deal.pk, payment, "400.00", at=at_noon)
        with pytest.raises(AmendedBelowApplied):
            amend(deal, lines=(line("399.99"),), by=sam, at=at_noon)
        assert amend(deal, lines=(line("400.00"),), by=sam, at=at_noon)

    def test_refuses_what_changes_nothing(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        with pytest.raises(NothingAmended):
            amend(deal, lines=(line(),), by=sam, at=at_noon)

    def test_keeps_the_currency(self, sam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        with pytest.raises(ValidationFailed):
            amend(deal, lines=(line("1.00", "EUR"),), currency="EUR", by=sam, at=at_noon)

    def test_needs_approval_for_a_large_discount(
        self, sam: User, theo: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        lines = (line(discount_percent=Decimal(50)),)
        for person in (sam, theo):
            with pytest.raises(DiscountNeedsApproval):
                amend(deal, lines=lines, by=person, at=at_noon)

    def test_takes_turns_under_concurrency(self, fresh_tenant: Tenant, at_noon: datetime) -> None:
        make_cast(at=at_noon)
        sam = person_named("sam")
        deal = WonDealFactory(by=sam, at=at_noon)
        tries = [
            partial(amend, deal, lines=(line(f"{amount}.00"),), by=sam, at=at_noon)
            for amount in (1100, 1200, 1300)
        ]
        results = run_together(fresh_tenant, tries)

        assert all(isinstance(result, Deal) for result in results)
        assert sorted(DealVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
        owed = balance_of(AccountCode.RECEIVABLE, currency="USD")
        assert owed == deal_terms(deal.pk).total


def parts_of_first(deal: Deal) -> tuple[NewInstalment, ...]:
    return tuple(
        NewInstalment(due_on=part.due_on, amount=part.amount, kind=part.kind)
        for part in deal_terms(deal.pk).instalments
    )
