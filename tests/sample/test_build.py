"""The built sample: equal seeds make equal content, whole and settled."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from shared_apps.audit.models import Delivery
from shared_apps.platform_admin.sample.build import (
    NotTheSample,
    Recipe,
    build_organization,
    find_sample,
)
from shared_apps.platform_admin.sample.digest import content_counts, content_digest
from shared_apps.platform_admin.sample.plan import Size
from shared_apps.tenancy.context import use_tenant
from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.payments.review import queue_figures
from tests.organizations import found_organization
from tests.sample.conftest import NewProfile

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("fresh_tenant")]

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
RECIPE = Recipe(
    seed=1,
    today=date(2026, 11, 1),
    size=Size(clients=3, deals=7, payments=14),
    password="a long enough password 7",
)


class TestBuild:
    def test_the_same_seed_makes_the_same_digest_and_another_seed_another(
        self, new_profile: NewProfile
    ) -> None:
        digests = []
        for seed in (1, 1, 2):
            tenant = build_organization(new_profile(), recipe=replace(RECIPE, seed=seed), at=AT)
            with use_tenant(tenant):
                digests.append(content_digest())
        assert digests[0] == digests[1]
        assert digests[0] != digests[2]

    def test_makes_what_was_planned_through_the_services(self, new_profile: NewProfile) -> None:
        profile = new_profile()
        assert find_sample(profile) is None
        tenant = build_organization(profile, recipe=RECIPE, at=AT)
        assert find_sample(profile) == tenant
        with use_tenant(tenant):
            counts = content_counts()
            assert (counts["clients"], counts["deals"], counts["payments"]) == (3, 7, 14)
            assert counts["people"] == len(profile.people)
            statuses = Counter(_column("SELECT status FROM payments_payment"))
            assert set(statuses) == {
                "draft",
                "submitted",
                "changes_requested",
                "verified",
                "rejected",
                "withdrawn",
            }
            assert counts["invoices"] > 0
            assert counts["commission"] > 0
            debit, credit = _sums()
        assert debit == credit > 0

    def test_tells_people_of_the_last_two_weeks_alone(self, new_profile: NewProfile) -> None:
        tenant = build_organization(new_profile(), recipe=RECIPE, at=AT)
        with use_tenant(tenant):
            # the platform is told where people sign in and who administers, whenever they came
            to_platform = ("accounts.keep_login_hint", "access.tell_administrators")
            told = Delivery.objects.exclude(reaction__in=to_platform).exclude(
                # open pages fetch people and teams again, which tells nobody anything
                reaction="notifications.push_changed",
                event__name__regex=r"^(accounts|access|teams)\.",
            )
            owed = told.exclude(event__recorded_at__gte=AT)
            instants = list(owed.values_list("event__recorded_at", flat=True))
        assert instants
        assert min(instants) >= datetime(2026, 10, 18, tzinfo=UTC)

    def test_leaves_a_queue_as_of_now_and_decisions_within_the_promise(
        self, new_profile: NewProfile
    ) -> None:
        now = datetime(2026, 11, 1, 18, 20, tzinfo=UTC)
        size = Size(clients=5, deals=20, payments=40)
        profile = new_profile()
        recipe = replace(RECIPE, size=size, now=now)
        tenant = build_organization(profile, recipe=recipe, at=AT)
        with use_tenant(tenant):
            (vera, _viktor) = profile.with_role("verifier")
            verifier = find_person_by_email(profile.email_of(vera))
            assert verifier is not None
            figures = queue_figures(viewer=verifier, at=now)
        assert 0 < figures.overdue < figures.waiting
        assert figures.within_promise_percent is not None
        assert 50 <= figures.within_promise_percent < 100

    def test_a_killed_build_leaves_nothing_and_the_next_one_finishes(
        self, new_profile: NewProfile
    ) -> None:
        profile = new_profile()
        seen = 0

        def kill(_steps: int) -> None:
            nonlocal seen
            seen += 1
            if seen == 10:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            build_organization(profile, recipe=RECIPE, at=AT, advance=kill)
        assert find_sample(profile) is None
        tenant = build_organization(profile, recipe=RECIPE, at=AT)
        with use_tenant(tenant):
            assert content_counts()["payments"] == 14

    def test_an_organization_of_somebody_else_is_left_alone(self, new_profile: NewProfile) -> None:
        profile = new_profile()
        found_organization(slug=profile.slug, currency="USD", timezone="UTC", at=AT)
        foreign = replace(profile, mail_domain="elsewhere.example")
        with pytest.raises(NotTheSample):
            find_sample(foreign)


def _column(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def _sums() -> tuple[Decimal, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(debit), sum(credit) FROM ledger_posting")
        debit, credit = cursor.fetchall()[0]
    return debit, credit
