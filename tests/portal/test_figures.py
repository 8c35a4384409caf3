"""A tile and the list it leads to: the same measure, and the same sum to the cent."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.access.services import RoleTerms, assign_role, create_role, remove_role
from tenant_apps.accounts.models import User
from tenant_apps.payments.models import Payment
from tenant_apps.portal.tiles import Tile
from tests.analytics.histories import Company, make_history
from tests.cast import person_named
from tests.commissions.money import collect
from tests.factories.commissions import PlanFactory
from tests.factories.deals import WonDealFactory, line, split
from tests.factories.payments import SubmittedPaymentFactory
from tests.portal.conftest import Browsers
from tests.portal.test_export_pages import read
from tests.queries import queries_of

DASHBOARD = "/dashboard/"
PEOPLE = ("sam", "suki", "theo", "vera", "fay", "adam", "olga")
LISTS = {"/deals/", "/payments/", "/commissions/"}
Sums = dict[str, Money]


def by_currency(amounts: Any) -> Sums:
    return {money.currency: money for money in amounts if money}


def linked(browser: Browser, period: str) -> list[Tile]:
    """Return the tiles that lead to a list."""
    tiles = browser.get(DASHBOARD, {"period": period}).context["tiles"]
    return [tile for tile in tiles if tile.url]


def pages(browser: Browser, url: str) -> Iterator[Any]:
    """Yield what each page of a list shows."""
    number = 1
    while True:
        shown = browser.get(f"{url}&page={number}").context
        yield shown
        if not shown["shown"].has_next:
            return
        number += 1


def parts_of(shown: Any) -> list[Money]:
    """Return what the rows of a page show of the measure."""
    figure = shown.get("figure")
    rows = shown["shown"].rows
    parts = [figure.part_of(row) if figure else row.money for row in rows]
    return [part for part in parts if part is not None]


def summed(parts: list[Money]) -> Sums:
    sums: Sums = {}
    for part in parts:
        sums[part.currency] = sums.get(part.currency, Money.zero(part.currency)) + part
    return by_currency(sums.values())


@pytest.fixture
def history(sam: User, suki: User, theo: User, vera: User, fay: User, adam: User) -> None:
    """Deals, money, amendments and what waits, over the months up to now."""
    now = utc_now()
    company = Company(
        sam=sam,
        suki=suki,
        theo=theo,
        vera=vera,
        fay=fay,
        adam=adam,
        first=now - timedelta(days=130),
        last=now,
    )
    make_history(company, seed=2, amendments=1)


class TestTile:
    @pytest.mark.parametrize("name", PEOPLE)
    def test_is_the_sum_of_its_list(self, history: None, browser_of: Browsers, name: str) -> None:
        browser = browser_of(person_named(name))
        for period in ("month", "quarter", "year"):
            self.check(browser, period, name)

    @staticmethod
    def check(browser: Browser, period: str, name: str) -> None:
        tiles = linked(browser, period)
        assert {tile.url.partition("?")[0] for tile in tiles} == LISTS - (
            {"/commissions/"} if name == "vera" else set()
        )
        for tile in tiles:
            figure = by_currency([tile.amount, *tile.others])
            shown = list(pages(browser, tile.url))
            parts = [part for page in shown for part in parts_of(page)]
            assert summed(parts) == figure, tile.label
            assert all(by_currency(page["sums"]) == figure for page in shown), tile.label

    def test_has_something_to_compare(self, history: None, sams: Browser) -> None:
        tiles = linked(sams, "year")
        assert all(tile.amount or tile.others for tile in tiles)

    def test_counts_the_payments_of_its_list(self, sams: Browser, sam: User, suki: User) -> None:
        now = utc_now()
        shared = WonDealFactory(by=sam, at=now, splits=split((sam, "70"), (suki, "30")))
        others = WonDealFactory(by=sam, at=now, splits=split((suki, "100")))
        SubmittedPaymentFactory(by=sam, at=now, deal=shared, money=Money.of("100.00", "USD"))
        SubmittedPaymentFactory(by=sam, at=now, deal=others, money=Money.of("50.00", "USD"))
        tile = next(each for each in linked(sams, "month") if each.url.startswith("/payments/"))
        page = sams.get(tile.url)
        assert (tile.change, tile.note) == ("1 payment", "of $100.00 gross")
        assert page.context["shown"].count == 1
        assert page.context["sums"] == [tile.amount] == [Money.of("70.00", "USD")]

    def test_leads_nowhere_where_the_list_cannot_show_all_it_counts(
        self, browser_of: Browsers, vera: User, olga: User
    ) -> None:
        now = utc_now()
        grants = {"analytics.view": "all", "deals.view": "own", "payments.view": "all"}
        role = create_role(terms=RoleTerms(name="Odd", grants=grants), by=olga, at=now)
        assign_role(user_id=vera.pk, role=role.code, by=olga, at=now)
        remove_role(user_id=vera.pk, role="verifier", by=olga, at=now)
        urls = [tile.url for tile in browser_of(vera).get(DASHBOARD).context["tiles"]]
        assert urls == ["", "", "/payments/?awaiting=now"]


class TestList:
    @pytest.fixture
    def deal(self, sam: User, suki: User) -> Any:
        shares = split((sam, "70"), (suki, "30"))
        taxed = line("1000.00", tax_rate_percent=Decimal(19))
        return WonDealFactory(by=sam, at=utc_now(), splits=shares, lines=(taxed,))

    def test_names_the_measure_and_shows_each_part(self, sams: Browser, deal: Any) -> None:
        page = sams.get("/deals/?status=won&won=month").content.decode()
        assert page.count("Booked, net: your share") == 2
        assert page.count("$700.00") == 2
        assert "$1,190.00" in page
        assert "Sum of the list" in page

    def test_sums_what_is_left_of_it_when_it_is_searched(
        self, sams: Browser, sam: User, deal: Any
    ) -> None:
        WonDealFactory(by=sam, at=utc_now(), name="Another", lines=(line("5.00"),))
        found = sams.get("/deals/?won=month&q=Another").context
        assert found["sums"] == [Money.of("5.00", "USD")]
        assert sams.get("/deals/?won=month").context["sums"] == [Money.of("705.00", "USD")]

    def test_shows_no_measure_unless_it_is_asked_for(self, sams: Browser, deal: Any) -> None:
        page = sams.get("/deals/").content.decode()
        assert "Booked, net" not in page
        assert "Sum of the list" not in page

    def test_says_what_a_deal_collected_in_the_period(
        self, sams: Browser, sam: User, vera: User, deal: Any
    ) -> None:
        now = utc_now()
        collect(deal, "119.00", by=sam, checker=vera, at=now)
        idle = WonDealFactory(by=sam, at=now)
        page = sams.get("/deals/?collected=month")
        assert page.context["sums"] == [Money.of("70.00", "USD")]
        assert "Collected, net: your share" in page.content.decode()
        assert idle.code not in page.content.decode()

    def test_takes_the_measure_along_in_its_file(self, sams: Browser, deal: Any) -> None:
        (row,) = read(sams.get("/deals/export/?won=month"))
        assert row["Booked, net: your share"] == "700.00"
        assert "Booked, net: your share" not in read(sams.get("/deals/export/"))[0]

    def test_takes_the_share_of_what_waits_along_in_its_file(
        self, sams: Browser, sam: User, deal: Any
    ) -> None:
        money = Money.of("100.00", "USD")
        SubmittedPaymentFactory(by=sam, at=utc_now(), deal=deal, money=money)
        (row,) = read(sams.get("/payments/export/?awaiting=now"))
        assert row["Awaiting verification, your share"] == "70.00"

    def test_shows_lines_accrued_in_the_period(
        self, sams: Browser, sam: User, fay: User, adam: User, vera: User, deal: Any
    ) -> None:
        now = utc_now()
        PlanFactory(author=fay, checker=adam, payees=(sam,), at=now - timedelta(days=500))
        old = now - timedelta(days=400)
        collect(WonDealFactory(by=sam, at=old), "100.00", by=sam, checker=vera, at=old)
        assert sams.get("/commissions/?accrued=year").context["shown"].count == 0
        collect(deal, "119.00", by=sam, checker=vera, at=now)
        shown = sams.get("/commissions/?accrued=year").context
        tile = next(each for each in linked(sams, "year") if each.url.startswith("/commissions/"))
        assert shown["shown"].count == 1
        assert shown["sums"] == [tile.amount]
        assert sams.get("/commissions/?accrued=nonsense").context["shown"].count == 2

    def test_is_shown_to_who_has_no_figures_without_them(
        self, browser_of: Browsers, deal: Any
    ) -> None:
        page = browser_of(person_named("tim")).get("/deals/?won=month&collected=month")
        assert page.status_code == 200
        assert page.context["figure"] is None

    @pytest.mark.parametrize(
        "url", ["/deals/?won=month", "/deals/?collected=month", "/payments/?awaiting=now"]
    )
    def test_asks_as_much_for_many_rows_as_for_one(
        self, sams: Browser, sam: User, vera: User, url: str
    ) -> None:
        now = utc_now()

        def grow() -> Payment:
            deal = WonDealFactory(by=sam, at=now)
            collect(deal, "100.00", by=sam, checker=vera, at=now)
            return SubmittedPaymentFactory(by=sam, at=now, deal=deal)

        grow()
        few = queries_of(lambda: sams.get(url))
        for _ in range(5):
            grow()
        assert queries_of(lambda: sams.get(url)) == few
