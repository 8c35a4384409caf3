"""The start: figures of the person's scope, beside those of the period before."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from shared_apps.organizations.services import OrganizationChanges, change_organization
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import suspend_person
from tenant_apps.analytics.periods import PeriodKind
from tenant_apps.deals.services import NewTaxRate, create_tax_rate
from tenant_apps.payments.models import Payment
from tenant_apps.portal.tiles import Tile
from tenant_apps.portal.views.dashboard import same_day_before
from tests.cast import person_named
from tests.client import PrsClient, ok
from tests.factories.deals import DealFactory, WonDealFactory, line, split
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.portal.conftest import Browsers
from tests.queries import queries_of

PATH = "/dashboard/"


def amounts_of(page: object) -> dict[str, Money]:
    tiles = page.context["tiles"]  # type: ignore[attr-defined]  # the test client's answer
    return {str(tile.label): tile.amount for tile in tiles}


def tiles_of(page: object) -> dict[str, Tile]:
    """Return the tiles by the address of their list."""
    return {tile.url: tile for tile in page.context["tiles"]}  # type: ignore[attr-defined]  # same


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
        assert shown["Awaiting verification, your share"] == Money.of("70.00", "USD")

    def test_names_a_share_of_what_waits_beside_the_whole(
        self, sams: Client, sam: User, suki: User, as_sam: PrsClient
    ) -> None:
        now = utc_now()
        deal = WonDealFactory(by=sam, at=now, splits=split((sam, "70"), (suki, "30")))
        SubmittedPaymentFactory(by=sam, at=now, deal=deal, money=Money.of("100.00", "USD"))

        tile = tiles_of(sams.get(PATH))["/payments/?awaiting=now"]
        assert (tile.label, tile.amount) == (
            "Awaiting verification, your share",
            Money.of("70.00", "USD"),
        )
        assert (tile.change, tile.note) == ("1 payment", "of $100.00 gross")
        waiting = ok(as_sam.get("/api/analytics/dashboard/"))["awaiting_verification"]["waiting"]
        assert waiting == [{"amount": {"amount": "70.00", "currency": "USD"}, "count": 1}]

    def test_shows_the_whole_of_what_waits_as_gross(
        self, sams: Client, sam: User, browser_of: Browsers, fay: User
    ) -> None:
        SubmittedPaymentFactory(by=sam, at=utc_now(), money=Money.of("100.00", "USD"))
        for browser in (sams, browser_of(fay)):
            tile = tiles_of(browser.get(PATH))["/payments/?awaiting=now"]
            assert tile.label == "Awaiting verification, gross"
            assert (tile.change, tile.note) == ("1 payment", "now")

    def test_leads_each_figure_to_its_list(self, sams: Client, sam: User) -> None:
        now = utc_now()
        deal = WonDealFactory(by=sam, at=now)
        other = DealFactory(by=sam, at=now)
        assert list(tiles_of(sams.get(PATH, {"period": "month"}))) == [
            "/deals/?status=won&won=month",
            "/deals/?collected=month",
            "/commissions/?accrued=month",
            "/payments/?awaiting=now",
        ]
        won = sams.get("/deals/?status=won&won=month").content.decode()
        assert f'href="/deals/{deal.code}/"' in won
        assert other.code not in won

    def test_leads_to_deals_won_in_the_period(self, sams: Client, sam: User) -> None:
        now = utc_now()
        old = WonDealFactory(by=sam, at=now - timedelta(days=400))
        assert old.code not in sams.get("/deals/?won=year").content.decode()
        assert old.code in sams.get("/deals/?won=nonsense").content.decode()

    def test_is_asked_for_payments_verified_in_the_period(self, sams: Client, sam: User) -> None:
        now = utc_now()
        new = VerifiedPaymentFactory(by=sam, at=now)
        waiting = SubmittedPaymentFactory(by=sam, at=now)
        old = VerifiedPaymentFactory(by=sam, at=now)
        Payment.objects.filter(pk=old.pk).update(verified_at=now - timedelta(days=400))
        shown = sams.get("/payments/?verified=year").content.decode()
        assert [each.code in shown for each in (new, waiting, old)] == [True, False, False]
        assert old.code in sams.get("/payments/?verified=nonsense").content.decode()

    def test_leads_nobody_where_they_may_not_go(self, veras: Client, vera: User) -> None:
        shown = tiles_of(veras.get(PATH))
        assert all(veras.get(url).status_code == 200 for url in shown if url)

    def test_says_which_currency_is_compared(self, sams: Client, sam: User) -> None:
        now = utc_now()
        before = now.replace(day=1) - timedelta(days=1)
        first = before.replace(day=1)
        WonDealFactory(by=sam, at=first, lines=(line("100.00"),))
        WonDealFactory(by=sam, at=now, lines=(line("150.00"),))
        booked = "/deals/?status=won&won=month"
        tile = tiles_of(sams.get(PATH))[booked]
        assert (tile.change, tile.tone) == ("50%", "up")
        assert str(tile.note).startswith("vs ")
        WonDealFactory(by=sam, at=now, lines=(line("90.00", "EUR"),))
        assert str(tiles_of(sams.get(PATH))[booked].note).startswith("in USD, vs ")
        WonDealFactory(by=sam, at=now, lines=(line("9000.00"),))
        assert tiles_of(sams.get(PATH))[booked].change == "more than tenfold"

    def test_says_how_many_of_todays_decisions_it_shows(self, veras: Client, sam: User) -> None:
        for _ in range(7):
            VerifiedPaymentFactory(by=sam, at=utc_now())
        assert "The latest 7 of" not in veras.get(PATH).content.decode()
        VerifiedPaymentFactory(by=sam, at=utc_now())
        assert "The latest 7 of today's 8 decisions" in veras.get(PATH).content.decode()

    def test_groups_a_verifiers_figures_by_whose_they_are(self, veras: Client, sam: User) -> None:
        VerifiedPaymentFactory(by=sam, at=utc_now())
        page = veras.get(PATH).content.decode()
        now, own, everybody = (
            page.index(words)
            for words in (">Now<", ">Decided by you today<", ">Everybody, last 30 days<")
        )
        assert now < page.index(">Waiting<") < own < page.index(">Rejected<") < everybody
        assert everybody < page.index(">In the promised time<")

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

    def test_draws_no_scale_over_nothing(self, sams: Client, veras: Client) -> None:
        page = sams.get(PATH).content.decode()
        assert "No revenue in these months" in page
        assert 'href="/deals/new/"' in page.split('id="revenue"')[1].split("</section>")[0]
        for drawn in ("chart", "axis", "spark"):
            assert f'class="{drawn}"' not in page
        other = veras.get(PATH).content.decode()
        assert "No revenue in these months" in other
        assert 'href="/deals/new/"' not in other

    def test_leads_from_the_empty_chart_to_deals_that_are_not_won(
        self, sams: Client, sam: User
    ) -> None:
        DealFactory(by=sam, at=utc_now(), status="open")
        chart = sams.get(PATH).content.decode().split('id="revenue"')[1].split("</section>")[0]
        assert 'href="/deals/"' in chart
        assert 'href="/deals/new/"' not in chart

    def test_draws_what_was_booked_once_there_is_some(self, sams: Client, sam: User) -> None:
        WonDealFactory(by=sam, at=utc_now())
        page = sams.get(PATH).content.decode()
        assert "No revenue in these months" not in page
        assert {'class="chart"', 'class="spark"'} <= set(re.findall(r'class="\w+"', page))

    def test_says_what_fills_a_tile(self, sams: Client, sam: User) -> None:
        def notes() -> list[str]:
            return [str(tile.note) for tile in sams.get(PATH).context["tiles"]]

        assert notes() == [
            "once a deal is won",
            "once a payment is verified",
            "once a payment earns some",
            "nothing waits",
        ]
        WonDealFactory(by=sam, at=utc_now())
        assert notes()[:2] == ["nothing to compare with", "once a payment is verified"]

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


@pytest.mark.usefixtures("forgets_changes")
class TestFirstSteps:
    @pytest.fixture
    def olgas(self, olga: User, browser_of: Browsers) -> Client:
        return browser_of(olga)

    @staticmethod
    def seen(browser: Client) -> dict[str, bool]:
        return {str(step.label): step.is_done for step in browser.get(PATH).context["steps"]}

    def test_say_what_to_do_in_a_new_organization(self, olgas: Client, olga: User) -> None:
        for person in (person_named(name) for name in ("adam", "vera", "viktor")):
            suspend_person(user_id=person.pk, by=olga.actor, at=utc_now())
        changes = OrganizationChanges(columns={"legal_name": ""})
        change_organization(changes=changes, expected_version=1, by=olga.actor, at=utc_now())

        assert not any(self.seen(olgas).values())
        page = olgas.get(PATH).content.decode()
        assert "Nobody verifies a payment that they entered" in page
        for url in ("/settings/organization/", "/people/invite/", "/clients/new/", "/queue/"):
            assert f'href="{url}"' in page

    def test_are_checked_by_facts(self, olgas: Client, sam: User) -> None:
        SubmittedPaymentFactory(by=sam, at=utc_now(), deal=WonDealFactory(by=sam, at=utc_now()))
        done = {label for label, is_done in self.seen(olgas).items() if is_done}
        assert done == {
            "Say who you are",
            "Invite somebody who verifies",
            "Add the first client",
            "Enter the first deal",
            "Enter the first payment",
        }

    def test_are_those_that_the_person_may_do(self, sams: Client, veras: Client) -> None:
        assert list(self.seen(sams)) == [
            "Add the first client",
            "Enter the first deal",
            "Enter the first payment",
        ]
        assert list(self.seen(veras)) == ["Verify the first payment"]

    def test_are_gone_when_all_are_done(self, olgas: Client, olga: User, sam: User) -> None:
        now = utc_now()
        VerifiedPaymentFactory(by=sam, at=now, deal=WonDealFactory(by=sam, at=now))
        rate = NewTaxRate(code="full", name="Full", rate_percent=Decimal(20), valid_from=now.date())
        create_tax_rate(new=rate, by=olga, at=now)
        assert self.seen(olgas) == {}
        changes = OrganizationChanges(columns={"legal_name": ""})
        change_organization(changes=changes, expected_version=1, by=olga.actor, at=now)
        assert next(iter(self.seen(olgas).items())) == ("Say who you are", False)

    def test_can_be_hidden_and_shown_again(self, sams: Client) -> None:
        first, again = 'href="/payments/new/"', 'id="first-steps-show"'

        def seen() -> tuple[bool, bool]:
            page = sams.get(PATH).content.decode()
            return first in page, again in page

        assert seen() == (True, False)
        sams.post("/preferences/", {"first_steps": "hidden", "next": PATH})
        assert seen() == (False, True)
        assert "0 of 3 done" in sams.get(PATH).content.decode()
        sams.post("/preferences/", {"first_steps": "shown", "next": PATH})
        assert seen() == (True, False)

    def test_are_not_offered_again_once_they_are_done(self, veras: Client, sam: User) -> None:
        veras.post("/preferences/", {"first_steps": "hidden", "next": PATH})
        now = utc_now()
        VerifiedPaymentFactory(by=sam, at=now, deal=WonDealFactory(by=sam, at=now))
        assert "first-steps-show" not in veras.get(PATH).content.decode()

    @pytest.mark.parametrize(
        ("choice", "place"), [("hidden", "first-steps-show"), ("shown", "first-steps-title")]
    )
    def test_lead_to_what_follows(self, sams: Client, choice: str, place: str) -> None:
        wanted = f"{PATH}?period=year#{place}"
        answer = sams.post("/preferences/", {"first_steps": choice, "next": wanted})
        assert answer["Location"] == wanted
        page = sams.get(PATH, {"period": "year"}).content.decode()
        assert f'id="{place}"' in page


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
