"""The start: figures of the person's scope, beside those of the period before."""

from datetime import date

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.analytics.periods import PeriodKind
from tenant_apps.portal.views.dashboard import same_day_before
from tests.factories.deals import WonDealFactory, line, split
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.queries import queries_of

PATH = "/dashboard/"


def amounts_of(page: object) -> dict[str, Money]:
    tiles = page.context["tiles"]  # type: ignore[attr-defined]  # the test client's answer
    return {str(tile.label): tile.amount for tile in tiles}


class TestDashboard:
    def test_shows_the_figures_of_the_person_by_split(
        self, sams: Client, sam: User, suki: User
    ) -> None:
        now = utc_now()
        shares = split((sam, "70"), (suki, "30"))
        deal = WonDealFactory(by=sam, at=now, splits=shares, lines=(line("1000.00"),))
        VerifiedPaymentFactory(by=sam, at=now, deal=deal)
        SubmittedPaymentFactory(by=sam, at=now, deal=deal, money=Money.of("100.00", "USD"))

        shown = amounts_of(sams.get(PATH))
        assert shown["Booked, net"] == Money.of("700.00", "USD")
        assert shown["Collected, net"] == Money.of("280.00", "USD")
        assert shown["Awaiting verification, gross"] == Money.of("70.00", "USD")

    def test_shows_the_month_of_the_win_as_the_current_bar(self, sams: Client, sam: User) -> None:
        WonDealFactory(by=sam, at=utc_now())
        last = sams.get(PATH).context["points"][-1]
        assert (last.amount, last.is_current) == (Money.of("1000.00", "USD"), True)

    def test_leads_to_the_recent_deals(self, sams: Client, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        assert f'href="/deals/{deal.code}/"' in sams.get(PATH).content.decode()

    def test_says_what_to_do_when_there_is_nothing(self, sams: Client) -> None:
        page = sams.get(PATH).content.decode()
        assert "No deals yet" in page
        assert 'href="/deals/new/"' in page

    @pytest.mark.parametrize("period", ["month", "quarter", "year", "nonsense"])
    def test_knows_its_periods(self, sams: Client, period: str) -> None:
        assert sams.get(PATH, {"period": period}).status_code == 200

    def test_shows_a_verifier_no_commission(self, veras: Client) -> None:
        assert "Commission accrued" not in amounts_of(veras.get(PATH))

    def test_asks_as_much_for_many_deals_as_for_one(self, sams: Client, sam: User) -> None:
        now = utc_now()
        WonDealFactory(by=sam, at=now)
        few = queries_of(lambda: sams.get(PATH))
        for _ in range(9):
            WonDealFactory(by=sam, at=now)
        assert queries_of(lambda: sams.get(PATH)) == few


class TestSameDayBefore:
    @pytest.mark.parametrize(
        ("day", "kind", "before"),
        [
            (date(2026, 3, 31), PeriodKind.MONTH, date(2026, 2, 28)),
            (date(2026, 3, 2), PeriodKind.MONTH, date(2026, 2, 2)),
            (date(2026, 2, 15), PeriodKind.QUARTER, date(2025, 11, 15)),
            (date(2026, 3, 1), PeriodKind.YEAR, date(2025, 3, 1)),
        ],
    )
    def test_lies_as_far_into_the_period_before(
        self, day: date, kind: PeriodKind, before: date
    ) -> None:
        assert same_day_before(day, kind) == before
