"""The planned history: the same for a seed, whole, and in an order that could have happened."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from shared_apps.organizations.settings import OrganizationSettings
from shared_apps.organizations.working_time import WorkingTime
from shared_apps.platform_admin.sample.dice import Dice
from shared_apps.platform_admin.sample.plan import (
    DEAL_PATHS,
    PAYMENT_FATES,
    History,
    PlannedPayment,
    Size,
    plan_history,
)
from shared_apps.platform_admin.sample.profiles import ACME, PROFILES, Profile

TODAY = date(2026, 11, 1)
SEEDS = range(1, 6)


def plan(
    profile: Profile = ACME, *, seed: int = 1, today: date = TODAY, now: datetime | None = None
) -> History:
    return plan_history(profile, seed=seed, today=today, size=Size(), now=now)


def due_of(payment: PlannedPayment, profile: Profile) -> datetime:
    """Return until when an organization of the profile promises to decide."""
    settings = OrganizationSettings()
    clock = WorkingTime.of(settings, timezone=profile.timezone)
    return clock.after(payment.submitted_at, timedelta(hours=settings.verification_sla_hours))


class TestPlan:
    def test_is_the_same_for_the_same_seed(self) -> None:
        assert plan(seed=7) == plan(seed=7)

    def test_differs_from_seed_to_seed_and_between_the_organizations(self) -> None:
        payments = [plan(profile, seed=seed).payments for profile in PROFILES for seed in SEEDS]
        assert len(set(payments)) == len(payments)

    def test_makes_the_amounts_that_are_promised_for_both_together(self) -> None:
        histories = [plan(profile) for profile in PROFILES]
        assert sum(len(history.clients) for history in histories) == 40
        assert sum(len(history.deals) for history in histories) == 200
        assert sum(len(history.payments) for history in histories) == 400

    @pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.slug)
    @pytest.mark.parametrize("seed", SEEDS)
    def test_has_every_state_two_currencies_and_six_months(
        self, profile: Profile, seed: int
    ) -> None:
        history = plan(profile, seed=seed)
        fates = {payment.fate for payment in history.payments}
        assert fates == {fate for fate, _weight in PAYMENT_FATES} | {"submitted"}
        assert {deal.path for deal in history.deals} == {path for path, _weight in DEAL_PATHS}
        assert len({deal.currency for deal in history.deals}) == 2
        assert history.ends_at - history.starts_at >= timedelta(days=183)
        assert len(Counter(f"{payment.received_on:%Y-%m}" for payment in history.payments)) >= 6

    @pytest.mark.parametrize("seed", SEEDS)
    def test_nothing_happens_before_its_cause_or_after_the_end(self, seed: int) -> None:
        history = plan(seed=seed)
        clients = {client.number: client.at for client in history.clients}
        for deal in history.deals:
            assert history.starts_at <= clients[deal.client] < deal.at < deal.settled_at
            assert deal.settled_at < history.ends_at
        for payment in history.payments:
            deal = history.deals[payment.deal]
            assert deal.at < payment.submitted_at < payment.decided_at < history.ends_at
            assert payment.received_on <= payment.submitted_at.date()

    def test_a_client_is_sold_to_by_its_owner(self) -> None:
        history = plan()
        owners = {client.number: client.owner for client in history.clients}
        for deal in history.deals:
            assert deal.seller == owners[deal.client]
            assert deal.partner != deal.seller

    def test_nobody_works_at_weekends(self) -> None:
        history = plan()
        days = [client.at for client in history.clients] + [deal.at for deal in history.deals]
        assert {day.weekday() for day in days} <= {0, 1, 2, 3, 4}

    def test_ends_at_the_start_of_the_day(self) -> None:
        assert plan(today=date(2026, 3, 5)).ends_at == datetime(2026, 3, 5, tzinfo=UTC)


# a Monday, a Wednesday and a Sunday, early, at noon and late
NOWS = [datetime(2026, 11, day, hour, 40, tzinfo=UTC) for day in (2, 4, 8) for hour in (0, 12, 22)]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.slug)
@pytest.mark.parametrize("now", NOWS, ids=str)
class TestNow:
    """What the dashboard of a verifier shows right after the sample was made."""

    def test_some_wait_for_hours_and_a_few_for_too_long(
        self, profile: Profile, now: datetime
    ) -> None:
        history = plan(profile, today=now.date(), now=now)
        waiting = [payment for payment in history.payments if payment.fate == "submitted"]
        late = [payment for payment in waiting if due_of(payment, profile) < now]
        assert 4 <= len(waiting) <= 20
        assert 1 <= len(late) <= 2
        assert now - max(payment.submitted_at for payment in waiting) < timedelta(hours=2)
        assert now - min(payment.submitted_at for payment in waiting) < timedelta(days=8)

    def test_most_were_decided_in_the_promised_time_but_not_all(
        self, profile: Profile, now: datetime
    ) -> None:
        history = plan(profile, today=now.date(), now=now)
        decided = [
            payment
            for payment in history.payments
            if payment.fate in ("verified", "rejected")
            and payment.decided_at > now - timedelta(days=30)
        ]
        kept = [each for each in decided if each.decided_at <= due_of(each, profile)]
        assert len(decided) >= 10
        assert 60 <= 100 * len(kept) // len(decided) <= 97

    def test_something_was_decided_lately_and_nothing_is_to_come(
        self, profile: Profile, now: datetime
    ) -> None:
        payments = plan(profile, today=now.date(), now=now).payments
        decided = [each.decided_at for each in payments if each.fate in ("verified", "rejected")]
        assert max(decided) < now
        assert sum(at > now - timedelta(hours=6) for at in decided) >= 1
        for each in payments:
            assert each.received_on <= each.submitted_at.date() <= now.date()


class TestDice:
    def test_are_the_same_on_every_machine(self) -> None:
        dice = Dice("a name")
        assert [dice.below(100) for _ in range(6)] == [84, 35, 25, 68, 22, 72]

    def test_weigh(self) -> None:
        dice = Dice("weights")
        rolled = Counter(dice.weighted((("often", 9), ("seldom", 1))) for _ in range(2000))
        assert 1700 < rolled["often"] < 1900

    def test_reach_both_ends(self) -> None:
        dice = Dice("ends")
        assert {dice.between(3, 5) for _ in range(100)} == {3, 4, 5}
